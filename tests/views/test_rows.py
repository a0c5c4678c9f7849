"""Text broken over lines, and rows that fit a width: a table, a table without identifiers, or records."""

import io

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from kg.graph.rows import Rows
from kg.graph.terms import ontology_prefixes
from kg.questions import load_questions
from kg.views.tables import load_headings, print_rows
from kg.views.text import indented, one_line, wrap

TEXT = st.text(alphabet="山东与挪威（上合），。《》“”ab-c, (dòng)\t 1", max_size=80)


@given(TEXT, st.integers(2, 30))
def test_nothing_is_lost_and_no_line_is_too_wide(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert lines and all(cell_len(line) <= width for line in lines)


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("山东与挪威合作。", 16, ["山东与挪威合作。"]),
        ("山东与挪威合作。", 14, ["山东与挪威合", "作。"]),
        ("签署《协议》", 6, ["签署", "《协", "议》"]),
        ("signed an agreement", 10, ["signed an", "agreement"]),
        ("id:cn-shandong-qingdao", 8, ["id:cn-sh", "andong-q", "ingdao"]),
        ("", 8, [""]),
    ],
)
def test_lines_are_broken_as_punctuation_allows(text: str, width: int, lines: list[str]) -> None:
    assert wrap(text, width) == lines


def test_later_lines_hang() -> None:
    assert indented("［1］山东与挪威", 12, 2, hanging=2) == "  ［1］山\n    东与挪威"


def test_an_error_is_one_line_that_cannot_steer_the_terminal() -> None:
    assert one_line("a\nb\x1b[31m\u202ec") == "a b␛[31m‹202e›c"


ROWS = Rows(
    ("partner_zh", "partner_en", "predicate", "articles", "partner"),
    [
        ("生态环境部对外合作与交流中心", "Foreign Environmental Cooperation Center", "agreement", 12, "id:feco"),
        ("挪威", "Norway", "partners_with", 1, "id:norway"),
        (None, "Norway", "partners_with", 1, "id:x"),
    ],
)


def printed(rows: Rows, width: int) -> list[str]:
    stream = io.StringIO()
    print_rows(
        rows,
        lambda value: "" if value is None else str(value),
        Console(file=stream, width=width, highlight=False, markup=False),
    )
    lines = stream.getvalue().splitlines()
    assert max(map(cell_len, lines)) <= width
    return lines


def test_a_table_that_fits_has_a_line_for_each_row() -> None:
    lines = printed(ROWS, 200)
    assert len(lines) == 3 + len(ROWS)
    assert lines[4].split("  ")[0] == "挪威 Norway" and lines[4].endswith("id:norway")
    assert lines[5].startswith("Norway")


def test_identifiers_give_way_first_and_that_is_said() -> None:
    lines = printed(ROWS, 50)
    assert not [line for line in lines if "id:norway" in line]
    assert lines[-1] == "未显示 not shown: 伙伴 partner id (--format csv)"
    assert [line for line in lines if line.startswith("挪威 Norway  ") and line.endswith(" 1")]


def test_what_fits_no_table_is_shown_as_records() -> None:
    lines = printed(ROWS, 40)
    assert [line for line in lines if line.startswith("[2] ") and line.endswith("挪威 Norway")]
    assert [line for line in lines if line.endswith("id:norway")]


def test_rows_without_columns_or_cells_are_printed() -> None:
    assert printed(Rows(("a", "b"), []), 80)[0].split() == ["a", "b"]


def test_every_column_of_every_question_has_a_heading() -> None:
    checked = 0
    for question in load_questions().values():
        taken = {parameter.name for parameter in question.parameters}
        for variable in ox.Store().query(question.sparql, prefixes=ontology_prefixes()).variables:
            column = variable.value
            base = column.removesuffix("_zh").removesuffix("_en")
            assert column in taken or base in load_headings(), f"{question.name}: {column}"
            checked += 1
    assert checked > 100
