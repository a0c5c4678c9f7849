"""Where ontology/ and seeds/ are, in a checkout and in a wheel, and how their tables are read.

A table is a UTF-8 CSV file with a header row. Rows are data that a person may edit, so each is checked when it is read: an
unknown or missing column, a short row or a doubled key is a DataError that names the file and the line.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from kg.errors import DataError


@cache
def data_path(folder: str) -> Path:
    """The folder `ontology`, `seeds` or `notebooks`: inside the wheel (`kg/_data/…`), or beside `kg/` in a checkout."""
    package = Path(__file__).resolve().parent
    for candidate in (package / "_data" / folder, package.parent / folder):
        if candidate.is_dir():
            return candidate
    raise DataError(f"the folder {folder}/ is missing beside {package}: reinstall cooperation-kg")


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table: its cells by column name, stripped, and where it stands (`names/countries.csv:12`)."""

    cells: dict[str, str]
    place: str

    def __getitem__(self, column: str) -> str:
        return self.cells[column]

    def many(self, column: str) -> tuple[str, ...]:
        """The cell split at `|`, empty parts left out."""
        return tuple(part.strip() for part in self.cells[column].split("|") if part.strip())

    def fail(self, why: str) -> DataError:
        """A DataError that names this row; the caller raises it."""
        return DataError(f"{self.place}: {why}")


def read_table(path: Path, columns: Sequence[str], key: str | None = None) -> list[Row]:
    """The rows of a CSV table whose header is exactly `columns`.

    Lines that start with `#` are comments. With `key`, two rows with the same cell in that column are an error.
    Raises DataError with file and line.
    """
    return list(_rows(path, columns, key))


def _rows(path: Path, columns: Sequence[str], key: str | None) -> Iterator[Row]:
    seen: dict[str, str] = {}
    try:
        stream = path.open(encoding="utf-8-sig", newline="")
    except OSError as error:
        raise DataError(f"{path}: cannot be read: {error.strerror}") from error
    with stream:
        reader = csv.reader(line for line in stream)
        header: list[str] | None = None
        for cells in reader:
            if not cells or cells[0].startswith("#"):
                continue
            place = f"{path.parent.name}/{path.name}:{reader.line_num}"
            if header is None:
                header = [cell.strip() for cell in cells]
                if header != list(columns):
                    raise DataError(f"{place}: the columns are {', '.join(header)}; expected {', '.join(columns)}")
                continue
            if len(cells) != len(header):
                raise DataError(f"{place}: {len(cells)} cells, expected {len(header)}")
            row = Row(dict(zip(header, (cell.strip() for cell in cells), strict=True)), place)
            if key is not None:
                if row[key] in seen:
                    raise row.fail(f"{key} “{row[key]}” is already at {seen[row[key]]}")
                seen[row[key]] = place
            yield row
