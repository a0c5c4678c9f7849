"""Every row of the tables proves itself by its own examples."""

import pytest

from kg.articles import article_from_text, folding, paragraphs, sentences
from kg.model import ParagraphKind
from kg.resources import Row, data_path, read_table

BOILERPLATE = paragraphs.patterns()
VARIANTS = read_table(data_path("seeds") / "repairs" / "variants.csv", folding.VARIANTS)
ABBREVIATIONS = read_table(data_path("seeds") / "abbreviations.csv", sentences.COLUMNS)


def test_the_tables_are_not_empty() -> None:
    assert (len(BOILERPLATE) >= 45, len(VARIANTS) >= 10, len(ABBREVIATIONS) >= 60) == (True, True, True)


@pytest.mark.parametrize("row", BOILERPLATE, ids=lambda row: row.id)
def test_a_boilerplate_pattern_finds_its_example_and_passes_over_its_near_miss(row: paragraphs.Pattern) -> None:
    match = row.pattern.fullmatch if row.where in ("whole", "opens") else row.pattern.search
    assert match(folding.fold(row.finds, "zh" if row.id.startswith("zh") else "en"))
    near = article_from_text(row.skips, id="near").paragraphs
    assert near[0].kind is not ParagraphKind.BOILERPLATE
    found = article_from_text(row.finds, id="found").paragraphs
    assert found[0].kind is ParagraphKind.BOILERPLATE


@pytest.mark.parametrize("row", VARIANTS, ids=lambda row: row["variant"])
def test_a_variant_reads_as_its_example_says(row: Row) -> None:
    assert folding.simplify(row["example"]) == row["reads"]


@pytest.mark.parametrize("row", ABBREVIATIONS, ids=lambda row: row["abbreviation"])
def test_an_abbreviation_does_not_end_the_sentence_of_its_example(row: Row) -> None:
    assert row["ends"] in ("no", "maybe", "number")
    assert row["abbreviation"] + "." in row["example"]
    assert len(article_from_text(row["example"], id="x", language="en").sentences) == 1
