"""Claims in files that people work in: a CSV sheet to fill in verdicts, JSON lines to evaluate with."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import TextIO

from kg.errors import DataError, InputError
from kg.graph.judging import change_claim, parse_change
from kg.graph.review import Review, judge_claim
from kg.model import Claim, Judgement, Mention, Verdict
from kg.views.output import disarm, placing

# What a person sees of a claim, and what they fill in.
_HEAD = ("claim", "article", "title", "published")
_FACT = ("subject", "predicate", "object", "status", "date", "quote", "rule", "confidence")
_FILLED = ("verdict", "new_predicate", "new_status", "new_date", "by", "when", "why")
_NO_DATE = "none"


def write_sheet(reviews: Iterable[Review], path: Path) -> int:
    """Write claims to a CSV file with columns to fill in; how many. Raises InputError where it cannot be written."""
    count = 0
    with placing(path) as beside, beside.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([*_HEAD, *_FACT, *_FILLED])
        for review in reviews:
            writer.writerow(map(disarm, _row(review)))
            count += 1
    return count


def read_sheet(path: Path, *, by: str, when: str) -> list[Judgement]:
    """The decisions in a sheet: the rows whose verdict is filled in, `right`, `wrong` or `change`.

    A change has the new value in `new_predicate`, `new_status` or `new_date` (`none` for no date). `by` and `when` stand where
    the row names nobody and no day. Raises InputError and DataError that name the line.
    """
    found = []
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = sorted({"claim", *_FILLED} - set(reader.fieldnames or ()))
            if missing:
                raise InputError(f"{path}: lacks the columns {', '.join(missing)}; write a sheet with: kg review --csv")
            for row in reader:
                cells = {name: (value or "").strip() for name, value in row.items() if name}
                if cells["verdict"]:
                    found.append(_judgement(cells, f"{path}:{reader.line_num}", by, when))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read: {error}") from error
    return found


def write_claims(claims: Iterable[Claim], stream: TextIO) -> None:
    """Claims as JSON, one a line; a denied fact is no relation and is left out."""
    for claim in claims:
        if not claim.denied:
            stream.write(json.dumps(claim_data(claim), ensure_ascii=False) + "\n")


def write_judged(reviews: Iterable[Review], stream: TextIO) -> None:
    """The judged claims as JSON, one a line, as they were extracted, with the verdict; a changed one also as it should be."""
    for review in reviews:
        if review.judgement is None:
            continue
        judgement = review.judgement
        said = {"verdict": judgement.verdict.value, "by": judgement.by, "when": judgement.when, "why": judgement.why}
        line = claim_data(review.claim) | {"claim": review.claim.digest, "judgement": said}
        if judgement.verdict is Verdict.CHANGE:
            changed = change_claim(review.claim, judgement)
            line["should_be"] = {"predicate": changed.predicate, "status": changed.status, "date": changed.date}
        stream.write(json.dumps(line, ensure_ascii=False) + "\n")


def claim_data(claim: Claim) -> dict[str, object]:
    """A claim as the JSON of `kg extract`."""
    quote = claim.quote
    return {
        "doc": quote.article,
        "subject": _side(claim.subject),
        "predicate": claim.predicate,
        "object": _side(claim.object),
        "status": claim.status,
        "date": claim.date,
        "evidence": {"text": quote.text, "start": quote.start, "end": quote.end},
        "rule": claim.rule,
        "confidence": claim.confidence,
    }


def _side(mention: Mention) -> dict[str, str]:
    return {"name": mention.name, "mention": mention.form, "type": mention.type}


def _judgement(cells: Mapping[str, str], place: str, by: str, when: str) -> Judgement:
    date = {"": None, _NO_DATE: ""}.get(cells["new_date"], cells["new_date"])
    try:
        judgement = judge_claim(
            cells["claim"],
            Verdict(cells["verdict"].lower()),
            predicate=cells["new_predicate"],
            status=cells["new_status"],
            date=date,
            by=cells["by"] or by,
            when=cells["when"] or when,
        )
    except (ValueError, DataError) as error:
        raise DataError(f"{place}: {error}") from error
    return replace(judgement, why=cells["why"])


def _row(review: Review) -> list[str]:
    claim, judgement = review.claim, review.judgement
    shown = [claim.digest, claim.quote.article, review.title, review.published or ""]
    shown += [claim.subject.name, claim.predicate, claim.object.name, claim.status, claim.date or "", claim.quote.text]
    shown += [claim.rule, f"{claim.confidence:g}"]
    if judgement is None:
        return [*shown, *("" for _ in _FILLED)]
    put = parse_change(judgement)
    date = (put["date"] or _NO_DATE) if "date" in put else ""
    filled = [judgement.verdict.value, put.get("predicate", ""), put.get("status", ""), date]
    return [*shown, *filled, judgement.by, judgement.when, judgement.why]
