"""Pairs of names that are one or are not one: no wrong merge at all, and few that are missed."""

import csv
from pathlib import Path

import pytest

from kg.identity import resolve
from tests.identity.articles import article, claim

PAIRS = Path(__file__).parent / "pairs.csv"
LEAST_RECALL = 0.95


def read_pairs() -> list[dict[str, str]]:
    with PAIRS.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(line for line in stream if not line.startswith("#")))


def ids(row: dict[str, str]) -> tuple[str, str]:
    """The ids of both names, each in an article of its own."""
    found = []
    for side in ("left", "right"):
        name, context = row[side], row[f"{side}_context"]
        language = "en" if name.isascii() else "zh"
        source = article(side, f"{context}: {name}", publisher=context, language=language)
        own = claim(source, (name, row["type"]), "partners_with", ("长桥大学", "ResearchOrganization"))
        resolution = resolve([own], articles=[source])
        found.append(resolution.entity(source.id, own.subject).id)
    return found[0], found[1]


def test_there_are_pairs_enough_of_both_kinds() -> None:
    rows = read_pairs()
    assert len(rows) >= 380
    assert {row["same"] for row in rows} == {"yes", "no"}
    assert sum(row["same"] == "no" for row in rows) >= 130


@pytest.mark.parametrize("row", [row for row in read_pairs() if row["same"] == "no"], ids=lambda r: f"{r['left']}≠{r['right']}")
def test_what_is_not_one_stays_apart(row: dict[str, str]) -> None:
    left, right = ids(row)
    assert left != right


def test_what_is_one_is_mostly_found() -> None:
    rows = [row for row in read_pairs() if row["same"] == "yes"]
    missed = [(row["left"], row["right"], *ids(row)) for row in rows if len(set(ids(row))) == 2]
    assert 1 - len(missed) / len(rows) >= LEAST_RECALL, missed
