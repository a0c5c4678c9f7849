"""The tables of words: every row has an example that holds its word, no row stands twice, every class is one that is asked for."""

import pytest

from kg.extraction.lexicon import word_class
from kg.resources import data_path, read_table

FOLDER = data_path("seeds") / "lexicon"
ROWS = read_table(FOLDER / "words.zh.csv", ("word", "class", "example"))
CLASSES = ("with", "by", "from", "to", "at", "object", "arrival", "owner", "jointly", "fund", "each", "light", "speech", "pivot", "particle", "own", "currency", "former", "ownership", "delegation", "all", "spokesman", "about")  # fmt: skip


def test_the_rows_hold_their_word() -> None:
    assert len(ROWS) >= 90 and all(row["word"] in row["example"] for row in ROWS)
    assert len({(row["word"], row["class"]) for row in ROWS}) == len(ROWS)


def test_the_classes_are_those_that_the_grammar_asks_for() -> None:
    assert {row["class"] for row in ROWS} == set(CLASSES)


@pytest.mark.parametrize("name", CLASSES)
def test_a_class_is_read(name: str) -> None:
    assert word_class("zh", name) == {row["word"] for row in ROWS if row["class"] == name}


def test_offices_know_their_bodies() -> None:
    rows = read_table(FOLDER / "titles.zh.csv", ("word", "of", "ends"), key="word")
    assert len(rows) > 300 and sum(bool(row["of"]) for row in rows) > 60
