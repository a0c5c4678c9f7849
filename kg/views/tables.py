"""Rows on a screen: a table where it fits, else one record below the other; no word and no name is torn.

A column `x_zh` and its `x_en` are shown as one, 挪威 Norway; `x`, their identifier, gives way first where room is short.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from kg.graph.rows import Rows, Value
from kg.resources import data_path, read_table
from kg.views.exports import load_columns
from kg.views.text import cell_width, longest_unit, wrap

if TYPE_CHECKING:
    from rich.console import Console

_GAP = 2
# A cell is at most this high, as long as the table fits.
_HEIGHT = 4
_NARROWEST = 12


@dataclass(frozen=True, slots=True)
class _Column:
    heading: str
    cells: list[str]
    numbers: bool = False
    spare: bool = False

    def titles(self) -> list[str]:
        """The heading, one line for each language."""
        return self.heading.split(" ", 1) if not self.heading.isascii() else [self.heading]

    def natural(self) -> int:
        """The width at which nothing is wrapped."""
        return max(map(cell_width, [*self.titles(), *self.cells]))

    def least(self) -> int:
        """The width below which words are torn or cells grow high."""
        return max(max(map(_least, self.cells), default=0), *map(longest_unit, self.heading.split()))


@cache
def load_headings() -> dict[str, str]:
    """The heading of every column that tables and questions have, in both languages."""
    rows = read_table(data_path("seeds") / "page" / "headings.csv", ("column", "zh", "en"), key="column")
    return {**load_columns(), **{row["column"]: f"{row['zh']} {row['en']}" for row in rows}}


def print_rows(rows: Rows, show: Callable[[Value], str], out: Console) -> None:
    """Rows with a heading in both languages for every column that has one; `show` makes the text of a cell."""
    columns = _columns(rows, show)
    if _width_of(columns) <= out.width or _fits(columns, out.width):
        _print_table(columns, out)
        return
    kept = [column for column in columns if not column.spare]
    if _fits(kept, out.width):
        _print_table(kept, out)
        left = ", ".join(column.heading for column in columns if column.spare)
        out.print("\n".join(wrap(f"未显示 not shown: {left} (--format csv)", out.width)), style="dim")
        return
    _print_records(columns, out)


def _columns(rows: Rows, show: Callable[[Value], str]) -> list[_Column]:
    headings = load_headings()
    names = {column.removesuffix("_zh") for column in rows.columns if f"{column.removesuffix('_zh')}_en" in rows.columns}
    found: dict[str, _Column] = {}
    for column in rows.columns:
        base = column[:-3] if column[-3:] in ("_zh", "_en") else ""
        if base in names:
            if base not in found:
                both = [dict.fromkeys(show(row[f"{base}_{language}"]) for language in ("zh", "en")) for row in rows]
                found[base] = _Column(headings.get(base, base), [" ".join(filter(None, pair)) for pair in both])
            continue
        numbers = bool(rows) and all(isinstance(row[column], int | float | None) for row in rows)
        cells = [show(row[column]) for row in rows]
        if column in names:
            found[f"{column} id"] = _Column(f"{headings.get(column, column)} id", cells, spare=True)
        else:
            found[column] = _Column(
                headings.get(column, column), cells, numbers, column in ("statement", "derivation", "claim")
            )
    return list(found.values())


def _width_of(columns: Sequence[_Column]) -> int:
    return sum(column.natural() + _GAP for column in columns) - _GAP


def _fits(columns: Sequence[_Column], width: int) -> bool:
    return sum(column.least() + _GAP for column in columns) - _GAP <= width


def _print_table(columns: Sequence[_Column], out: Console) -> None:
    widths = [column.natural() for column in columns]
    over = sum(widths) + _GAP * (len(columns) - 1) - out.width
    least = [column.least() for column in columns] if over > 0 else widths
    while over > 0:
        widest = max((n for n in range(len(columns)) if widths[n] > least[n]), key=widths.__getitem__)
        widths[widest] -= 1
        over -= 1
    head = [
        [line for title in column.titles() for line in wrap(title, width)]
        for column, width in zip(columns, widths, strict=True)
    ]
    _print_row(head, columns, widths, out, "bold", bottom=True)
    out.print("─" * min(out.width, sum(widths) + _GAP * (len(columns) - 1)))
    for number in range(len(columns[0].cells) if columns else 0):
        cells = [wrap(column.cells[number], width) for column, width in zip(columns, widths, strict=True)]
        _print_row(cells, columns, widths, out)


def _print_row(
    cells: list[list[str]],
    columns: Sequence[_Column],
    widths: list[int],
    out: Console,
    style: str = "",
    *,
    bottom: bool = False,
) -> None:
    height = max(map(len, cells), default=0)
    cells = [([""] * (height - len(cell)) + cell) if bottom else cell + [""] * (height - len(cell)) for cell in cells]
    for line in range(height):
        parts = []
        for cell, column, width in zip(cells, columns, widths, strict=True):
            room = " " * (width - cell_width(cell[line]))
            parts.append(room + cell[line] if column.numbers else cell[line] + room)
        out.print((" " * _GAP).join(parts).rstrip(), style=style)


def _print_records(columns: Sequence[_Column], out: Console) -> None:
    margin = len(str(len(columns[0].cells))) + 3
    head = max(cell_width(column.heading) for column in columns)
    for number in range(len(columns[0].cells)):
        lead = f"[{number + 1}]"
        for column in columns:
            if column.cells[number]:
                lines = wrap(column.cells[number], max(out.width - margin - head - _GAP, _NARROWEST))
                out.print(lead.ljust(margin) + column.heading + " " * (head - cell_width(column.heading) + _GAP) + lines[0])
                for line in lines[1:]:
                    out.print(" " * (margin + head + _GAP) + line)
                lead = ""
        out.print()


def _least(cell: str) -> int:
    """The width at which a cell is not torn, nor higher than need be."""
    wide = cell_width(cell)
    return max(longest_unit(cell), min(wide, max(_NARROWEST, -(-wide // _HEIGHT) + 2)))
