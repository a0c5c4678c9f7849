"""The figures of extraction do not fall: floors are held on the project's own articles, and on the corpus where it is there."""

from pathlib import Path

import pytest

from benchmarks.extraction import evaluate
from benchmarks.extraction.floors import check_floors, raise_floors, read_floors
from kg.evaluation import Score, read_references, score_claims
from kg.schema import load_schema

CORPUS = Path(__file__).resolve().parents[3] / "shared" / "corpus"
SETS = [
    ("own", evaluate.OWN),
    *(
        pytest.param(name, CORPUS / name, marks=pytest.mark.skipif(not CORPUS.exists(), reason="the corpus is not there"))
        for name in ("dev", "train")
    ),
]


def scores_of(folder: Path) -> dict[str, Score]:
    return {language: score_claims(evaluate.claims_of(read_references(folder, language))) for language in evaluate.LANGUAGES}


@pytest.mark.parametrize(("name", "folder"), SETS)
def test_no_figure_is_below_its_floor(name: str, folder: Path) -> None:
    figures = evaluate.figures_of({(name, language): score for language, score in scores_of(folder).items()}, {})
    held = [key for key in read_floors() if key[0] == name]
    assert len(held) >= 8 and set(held) <= set(figures)
    assert not check_floors(figures)


def test_the_own_articles_have_every_predicate_and_status() -> None:
    schema = load_schema()
    for language in evaluate.LANGUAGES:
        relations = [r for reference in read_references(evaluate.OWN, language) for r in reference.relations.values()]
        assert {relation.predicate for relation in relations} == set(schema.predicates)
        assert {relation.status for relation in relations} == set(schema.statuses)


def test_own_annotations_keep_to_the_ontology() -> None:
    schema, checked = load_schema(), 0
    for reference in read_references(evaluate.OWN):
        for relation in reference.relations.values():
            kinds = reference.types[relation.subject], reference.types[relation.object]
            assert schema.allows(kinds[0], relation.predicate, kinds[1]), (reference.article.id, relation)
            assert reference.article.text.count(relation.evidence) == 1
            checked += 1
    assert checked > 80


def test_floors_only_rise(tmp_path: Path) -> None:
    path = tmp_path / "floors.csv"
    path.write_text("set,language,measure,floor\na,zh,f1,0.500\nb,zh,f1,0.500\nc,zh,f1,0.500\n")
    figures = {("a", "zh", "f1"): 0.4, ("b", "zh", "f1"): 0.6, ("d", "zh", "offsets_exact"): 1.0}
    assert check_floors(figures, path) == ["a zh f1: 0.4000 is below its floor 0.500"]
    raise_floors(figures, path)
    assert read_floors(path) == {
        ("a", "zh", "f1"): 0.5, ("b", "zh", "f1"): 0.595, ("c", "zh", "f1"): 0.5, ("d", "zh", "offsets_exact"): 1.0,
    }  # fmt: skip


def test_tables_read_well_as_they_stand() -> None:
    assert evaluate.table(["set", "F1"], [["own", "0.5"], ["a", "10"]]) == (
        "| set |  F1 |\n| --- | --: |\n| own | 0.5 |\n| a   |  10 |"
    )
    tables = evaluate.report({("own", "zh"): scores_of(evaluate.OWN)["zh"]}, {}, {})
    assert "| zh own |" in tables and "| signatory_of" in tables and "| planned" in tables
