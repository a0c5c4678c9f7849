"""What persons decided of claims: which judgement holds for which claim, and what it makes of it.

A judgement names a claim by its hash. Newer rules may read the status or the date of the same words otherwise; then the hash
differs in its second part only, and the judgement holds on.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from kg.errors import DataError
from kg.model import CORE, Claim, Judgement, Verdict
from kg.schema import load_schema

ON_CLAIMS = (Verdict.RIGHT, Verdict.WRONG, Verdict.CHANGE)
_DATE = re.compile("[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")


class ClaimJudgements:
    """The judgements about claims, to be found by claim; the last word on a claim counts, others than on claims are left out."""

    def __init__(self, judgements: Iterable[Judgement] = ()) -> None:
        self._of_core: dict[str, dict[str, Judgement]] = defaultdict(dict)
        for judgement in judgements:
            if judgement.verdict in ON_CLAIMS:
                of_core = self._of_core[judgement.left[:CORE]]
                of_core.pop(judgement.left, None)
                of_core[judgement.left] = judgement

    def __iter__(self) -> Iterator[Judgement]:
        return (judgement for of_core in self._of_core.values() for judgement in of_core.values())

    def match(self, claims: Iterable[Claim]) -> Mapping[str, Judgement]:
        """The judgement on each of an article's claims that has one, by the claim's hash.

        A claim that nobody judged takes on what was decided of the same words, where the claim that was judged is there no more.
        """
        digests = {claim.digest for claim in claims}
        found = {}
        for digest in digests:
            of_core = self._of_core.get(digest[:CORE], {})
            bereft = [judgement for left, judgement in of_core.items() if left not in digests]
            if digest in of_core or bereft:
                found[digest] = of_core[digest] if digest in of_core else bereft[-1]
        return found


def change_claim(claim: Claim, judgement: Judgement) -> Claim:
    """The claim as a judgement has it; an empty date means that none is known. Raises DataError."""
    changes = parse_change(judgement)
    return replace(
        claim,
        predicate=changes.get("predicate", claim.predicate),
        status=changes.get("status", claim.status),
        date=(changes["date"] or None) if "date" in changes else claim.date,
    )


def parse_change(judgement: Judgement) -> dict[str, str]:
    """What a judgement puts: predicate, status, date by name. Raises DataError where that is not of the ontology."""
    if judgement.verdict not in (Verdict.CHANGE, Verdict.RIGHT):
        return {}
    pairs = (part.partition("=") for part in judgement.change.split("|") if part.strip())
    changes = {name.strip(): value.strip() for name, _, value in pairs}
    schema = load_schema()
    allowed = {"predicate": schema.predicates, "status": schema.statuses}
    for name, value in changes.items():
        if name in allowed and value not in allowed[name]:
            raise DataError(f"judgement on {judgement.left}: “{value}” is no {name}; there are: {', '.join(allowed[name])}")
        if name == "date" and value and not _DATE.fullmatch(value):
            raise DataError(f"judgement on {judgement.left}: “{value}” is no date: write 2024, 2024-05 or 2024-05-07")
        if name not in (*allowed, "date"):
            raise DataError(f"judgement on {judgement.left}: “{name}” cannot be changed; predicate, status and date can")
    return changes
