"""The answer to a question as rows of plain Python values, which show themselves in a terminal and in a notebook."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.errors import MissingExtra

if TYPE_CHECKING:
    import pandas as pd

Value = str | int | float | bool | None
_INTEGERS = frozenset(
    "integer long int short byte nonNegativeInteger positiveInteger nonPositiveInteger negativeInteger unsignedLong unsignedInt "
    "unsignedShort unsignedByte".split()
)
_REALS = frozenset({"decimal", "double", "float"})
_PANDAS: dict[type, str] = {int: "Int64", float: "float64", bool: "boolean"}


class Rows(list[dict[str, Value]]):
    """Rows by column name, in the order of the answer. `columns` are the names in order.

    An IRI is a string, a number an int or a float, a date a string as written, what is unbound None.
    """

    def __init__(self, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        self.columns = tuple(columns)
        super().__init__(dict(zip(self.columns, row, strict=True)) for row in rows)

    def without(self, columns: Iterable[str]) -> Rows:
        """The same rows without some columns."""
        kept = [column for column in self.columns if column not in set(columns)]
        return Rows(kept, ([row[column] for column in kept] for row in self))

    def df(self) -> pd.DataFrame:
        """The rows as a pandas DataFrame: a column of whole numbers stays one of whole numbers where some are missing.

        Raises MissingExtra where pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError as error:
            raise MissingExtra("pandas", "pandas") from error
        frame = pd.DataFrame(list(self), columns=list(self.columns))
        return frame.astype({column: kind for column in self.columns if (kind := self._kind(column))})

    def _kind(self, column: str) -> str | None:
        """The pandas type of a column whose values are all of one kind of number, or all yes or no."""
        kinds = {type(row[column]) for row in self} - {type(None)}
        return _PANDAS.get(kinds.pop()) if len(kinds) == 1 else None

    def __repr__(self) -> str:
        lines = ["\t".join(self.columns), *("\t".join(_shown(row[c]) for c in self.columns) for row in self[:20])]
        if len(self) > 20:
            lines.append(f"… {len(self) - 20} more")
        return "\n".join(lines)

    def _repr_html_(self) -> str:
        head = "".join(f"<th>{escape(column)}</th>" for column in self.columns)
        cells = ("".join(f"<td>{escape(_shown(row[column]))}</td>" for column in self.columns) for row in self)
        body = "".join(f"<tr>{row}</tr>" for row in cells)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def python_value(term: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple | None) -> Value:
    """A term as a plain value; a number whose text is none stays text."""
    if term is None:
        return None
    if not isinstance(term, ox.Literal):
        return term.value if isinstance(term, ox.NamedNode) else str(term)
    kind = term.datatype.value.rpartition("#")[2]
    try:
        if kind in _INTEGERS:
            return int(term.value)
        if kind in _REALS:
            return float(term.value)
    except ValueError:
        return term.value
    return term.value == "true" if kind == "boolean" else term.value


def _shown(value: Value) -> str:
    return "" if value is None else str(value)
