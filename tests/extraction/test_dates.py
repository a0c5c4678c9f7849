"""Dates: every word of the tables with its example and near miss, the grammar in cases, and what must hold for any text."""

import pytest

from kg.extraction.dates import find_dates, read_words

ROWS = [(language, row) for language in ("zh", "en") for row in read_words(language)]


def test_the_tables_are_there() -> None:
    assert len(ROWS) > 250


@pytest.mark.parametrize(("language", "row"), ROWS, ids=[f"{language}-{row['slot']}-{row['word']}" for language, row in ROWS])
def test_every_word_reads_its_example_and_not_its_near_miss(language: str, row: object) -> None:
    spans = find_dates(row["example"], row["published"], language)  # type: ignore[index]
    assert ([span.value for span in spans] or [None])[-1] == (row["date"] or None)  # type: ignore[index]
