"""The scorer: cases by hand, and where the corpus is there the same figures as its own score.py."""

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kg.errors import SourceError
from kg.evaluation import ATTRIBUTES, Reference, Tally, fold_name, make_reference, read_references, score_claims
from kg.extraction import extract_article
from kg.model import Claim, Mention, Quote
from kg.views.sheets import write_claims

CORPUS = Path(__file__).resolve().parent.parent.parent / "shared" / "corpus"
TEXT = "甲市与乙国签署《海港协议》。\n丙公司没有表态。"
DATA: dict[str, Any] = {
    "id": "d", "lang": "zh", "title": "", "publisher": "", "published": "2024-05-01", "text": TEXT,
    "entities": [
        {"id": "e1", "name": "甲市", "type": "Region", "mentions": ["甲市", "甲"]},
        {"id": "e2", "name": "乙国", "type": "Country", "mentions": ["乙国"]},
        {"id": "e3", "name": "海港协议", "type": "Agreement", "mentions": ["《海港协议》"]},
    ],
    "relations": [
        {"subject": "e1", "predicate": "agreement", "object": "e2", "status": "realised", "date": None, "evidence": TEXT[:14]},
        {"subject": "e1", "predicate": "signatory_of", "object": "e3", "status": "planned", "date": "2024", "evidence": TEXT[:14]},
    ],
}  # fmt: skip
SIGNED = Claim(
    Mention("甲", "甲", "Region"), "agreement", Mention("乙国", "乙国", "Country"), "realised", None, Quote("d", 0, 14, TEXT[:14]), "r", 1.0
)  # fmt: skip


@pytest.fixture
def reference() -> Reference:
    return make_reference(DATA)


def test_what_is_right_found_and_wanted(reference: Reference) -> None:
    wrong = replace(SIGNED, object=Mention("丙公司", "丙公司", "Company"))
    turned = replace(SIGNED, subject=SIGNED.object, object=Mention("甲市", "甲市", "Company"), status="ongoing")
    score = score_claims([(reference, [SIGNED, turned, wrong, wrong])])
    assert score.relations == Tally(right=1, found=2, wanted=2)
    assert score.pairs == Tally(1, 2, 2)
    assert dict(score.predicates) == {"agreement": Tally(1, 2, 1), "signatory_of": Tally(0, 0, 1)}
    assert dict(score.statuses) == {"realised": Tally(1, 2, 1), "planned": Tally(0, 0, 1)}
    assert [score.accuracy(attribute) for attribute in ATTRIBUTES] == [1.0] * 5
    assert [claim for _, claim in score.wrong] == [wrong]
    assert [relation.object for _, relation in score.missed] == ["e3"]
    assert (score.relations.precision, score.relations.recall, score.relations.f1) == (0.5, 0.5, 0.5)


@pytest.mark.parametrize(
    ("attribute", "change"),
    [
        ("status", {"status": "planned"}),
        ("date", {"date": "2024"}),
        ("type", {"object": Mention("乙国", "乙国", "Company")}),
        ("evidence", {"quote": Quote("d", 15, 23, TEXT[15:23])}),
        ("offsets_exact", {"quote": Quote("d", 1, 15, TEXT[:14])}),
    ],
)
def test_each_attribute_is_judged_by_itself(reference: Reference, attribute: str, change: dict[str, Any]) -> None:
    score = score_claims([(reference, [replace(SIGNED, **change)])])
    assert {name for name in ATTRIBUTES if score.accuracy(name) < 1} == {attribute}
    assert score.statuses["realised"].right == (attribute != "status")


def test_a_direction_counts_unless_the_predicate_is_symmetric(reference: Reference) -> None:
    text = Mention("海港协议", "《海港协议》", "Agreement")
    signatory = replace(SIGNED, predicate="signatory_of", object=text)
    turned = replace(signatory, subject=text, object=signatory.subject)
    assert score_claims([(reference, [signatory])]).relations.right == 1
    assert score_claims([(reference, [turned])]).relations.right == 0


@pytest.mark.parametrize(("one", "other"), [("《海港 协议》", "海港协议"), ("The World Bank", "world bank"), ("ＡＢＣ", "abc")])
def test_names_are_compared_folded(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


def test_a_folder_without_annotated_articles_is_said(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="no annotated article"):
        read_references(tmp_path)
    (tmp_path / "x.json").write_text('{"id": "x"}')
    with pytest.raises(SourceError, match=r"x\.json"):
        read_references(tmp_path)


@pytest.mark.skipif(not CORPUS.exists(), reason="the annotated corpus is not there")
def test_the_figures_are_those_of_the_scorer_of_the_corpus(tmp_path: Path) -> None:
    references = read_references(CORPUS / "train", "zh")[::6]
    gold, predicted = tmp_path / "gold", tmp_path / "predicted.jsonl"
    gold.mkdir()
    for reference in references:
        name = f"{reference.article.id}.json"
        (gold / name).write_bytes((CORPUS / "train" / name).read_bytes())
    claims = {reference.article.id: extract_article(reference.article).claims for reference in references}
    with predicted.open("w", encoding="utf-8") as stream:
        write_claims((claim for found in claims.values() for claim in found), stream)
    command = [sys.executable, CORPUS / "score.py", gold, predicted, "--json"]
    theirs = json.loads(subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout)
    score = score_claims((reference, claims[reference.article.id]) for reference in references)
    ours = {
        "documents": score.articles, "gold": score.relations.wanted, "predicted": score.relations.found, "right": score.relations.right,
        "precision": round(score.relations.precision, 4), "recall": round(score.relations.recall, 4), "f1": round(score.relations.f1, 4),
        "pair_precision": round(score.pairs.precision, 4), "pair_recall": round(score.pairs.recall, 4), "pair_f1": round(score.pairs.f1, 4),
        **{f"{name}_accuracy": round(score.accuracy(name), 4) for name in ATTRIBUTES},
        "per_predicate": {
            name: [round(x, 3) for x in (tally.precision, tally.recall, tally.f1)] + [tally.wanted]
            for name, tally in sorted(score.predicates.items())
        },
    }  # fmt: skip
    assert ours == theirs
    assert ours["gold"] > 100 and ours["right"] > 50
