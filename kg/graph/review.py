"""Claims put before a person: what is decided goes to judgements.csv, by the claim's hash, and is applied at the next build."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.errors import DataError
from kg.graph.articles import ArticleTable
from kg.graph.folder import JUDGEMENTS, LEDGER, STORE
from kg.graph.generations import ARTICLES, reading
from kg.graph.judging import ON_CLAIMS, ClaimJudgements, parse_change
from kg.graph.ledger import Ledger
from kg.graph.records import ArticleRecord
from kg.identity import read_judgements, write_judgements
from kg.model import Claim, Judgement, Verdict


@dataclass(frozen=True, slots=True)
class Review:
    """A claim as it was extracted, the head of its article, and what was decided of it so far."""

    claim: Claim
    title: str
    published: str | None
    judgement: Judgement | None


def read_reviews(folder: Path) -> Iterator[Review]:
    """Every claim of a graph folder, in the order of article ids and of their text."""
    judgements = ClaimJudgements(read_judgements(folder / JUDGEMENTS))
    for record in read_records(folder):
        judged = judgements.match(record.claims)
        seen: set[str] = set()
        for claim in sorted(record.claims, key=lambda claim: (claim.quote.start, claim.digest)):
            if claim.digest not in seen:
                yield Review(claim, record.title, record.published, judged.get(claim.digest))
            seen.add(claim.digest)


def read_records(folder: Path) -> Iterator[ArticleRecord]:
    """The record of every article that the store shows, in id order."""
    ledger = Ledger(folder / LEDGER)
    with (
        reading(folder / STORE, articles=True) as generation,
        ArticleTable(generation.path / ARTICLES, read_only=True) as table,
    ):
        for known in table:
            position = table.position(known.id)
            record = ledger.record_at(position) if position else None
            if isinstance(record, ArticleRecord):
                yield record


def judge_claim(
    claim: str,
    verdict: Verdict,
    *,
    predicate: str = "",
    status: str = "",
    date: str | None = None,
    by: str,
    when: str,
    why: str = "",
) -> Judgement:
    """A decision about a claim, by its hash; `change` with what is to be put, `right` with the status and date that are right, so
    that they hold when newer rules read them otherwise. `date` "" means that none is known.

    Raises DataError where the verdict is none on claims, or what is put is not of the ontology.
    """
    if verdict not in ON_CLAIMS:
        raise DataError(f"“{verdict}” is no verdict on a claim: {', '.join(ON_CLAIMS)}")
    changes = [f"predicate={predicate}"] * bool(predicate) + [f"status={status}"] * bool(status)
    changes += [] if date is None else [f"date={date}"]
    judgement = Judgement(verdict, claim, "", "|".join(changes), by, when, why)
    put = parse_change(judgement)
    if (verdict is Verdict.CHANGE and not put) or (verdict is Verdict.WRONG and changes):
        raise DataError("a change says what is to be put, a predicate, a status or a date; a claim that is wrong gets nothing")
    return judgement


def record_judgements(folder: Path, judgements: Iterable[Judgement]) -> int:
    """Write decisions about claims to judgements.csv, each in the place of an earlier one; how many were new or other."""
    path = folder / JUDGEMENTS
    new = {judgement.left: judgement for judgement in judgements}
    old = read_judgements(path)
    kept = [j for j in old if j.verdict not in ON_CLAIMS or new.get(j.left, j) == j]
    added = [judgement for judgement in new.values() if judgement not in kept]
    if added:
        beside = path.with_suffix(".csv.new")
        write_judgements(beside, [*kept, *added])
        beside.replace(path)
    return len(added)
