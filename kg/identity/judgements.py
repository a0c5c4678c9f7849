"""A person's decisions: judgements.csv read and written, and what they make of ids.

The last word on a pair counts. `same` holds across chains (a is b, b is c); a `different` between two that a chain makes one is
a contradiction, which is reported and undoes the chain's doing: those of the group stay apart until it is settled.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from kg.errors import DataError
from kg.identity.bodies import find_body
from kg.identity.ids import read_id, type_of
from kg.identity.registry import load_registry
from kg.model import Judgement, Verdict
from kg.resources import Row, read_table

COLUMNS = ("verdict", "left", "right", "change", "by", "when", "why")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_ABOUT_NAMES = (Verdict.SAME, Verdict.DIFFERENT)


@dataclass(frozen=True, slots=True)
class Contradiction:
    """Two entities judged different that chains of `same` make one. `chain` are the judgements of the chain."""

    left: str
    right: str
    different: Judgement
    chain: tuple[Judgement, ...]

    def __str__(self) -> str:
        steps = "; ".join(f"{j.left} = {j.right} ({j.by}, {j.when})" for j in self.chain)
        return f"{self.left} ≠ {self.right} ({self.different.by}, {self.different.when}), but {steps}"


@dataclass(frozen=True)
class Groups:
    """What judgements make of ids: `members` of each representative, pairs that are `different`, contradictions."""

    of: Mapping[str, str] = field(default_factory=dict)
    different: frozenset[frozenset[str]] = frozenset()
    contradictions: tuple[Contradiction, ...] = ()

    def representative(self, id_: str) -> str:
        """The id that stands for all that are the same as this one."""
        return self.of.get(id_, id_)


def read_judgements(path: Path) -> list[Judgement]:
    """The judgements of a file in order; none where there is no file. Raises DataError with file and line."""
    if not path.exists():
        return []
    found = []
    for row in read_table(path, COLUMNS):
        try:
            verdict = Verdict(row["verdict"])
        except ValueError:
            allowed = ", ".join(Verdict)
            raise row.fail(f"verdict “{row['verdict']}” is none of {allowed}") from None
        if not row["left"] or (verdict in _ABOUT_NAMES and not row["right"]):
            raise row.fail("the ids that are judged are missing")
        if row["when"] and not _DATE.fullmatch(row["when"]):
            raise row.fail(f"when “{row['when']}” is no date like 2025-02-12")
        if verdict in _ABOUT_NAMES:
            for id_ in (row["left"], row["right"]):
                _check(id_, row.place)
        found.append(_judgement(row, verdict))
    return found


def _judgement(row: Row, verdict: Verdict) -> Judgement:
    return Judgement(verdict, row["left"], row["right"], row["change"], row["by"], row["when"], row["why"])


def _check(id_: str, place: str) -> None:
    try:
        type_of(id_)
    except KeyError:
        raise DataError(f"{place}: “{id_}” is no id of an entity: take ids from kg review names") from None


def write_judgements(path: Path, judgements: Iterable[Judgement]) -> None:
    """Writes the file anew, in the order given."""
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows([j.verdict.value, j.left, j.right, j.change, j.by, j.when, j.why] for j in judgements)


def judge_names(path: Path, verdict: Verdict, left: str, right: str, *, by: str, when: str, why: str = "") -> Judgement:
    """Adds a decision on two entities to the file. `when` is an ISO date. Raises DataError for what is no id or verdict."""
    if verdict not in _ABOUT_NAMES:
        raise DataError(f"“{verdict}” is no verdict on names: same or different")
    for id_ in (left, right):
        _check(id_, path.name)
    if left == right:
        raise DataError(f"“{left}” is one entity already")
    judgement = Judgement(verdict, min(left, right), max(left, right), "", by, when, why)
    write_judgements(path, [*read_judgements(path), judgement])
    return judgement


def undo_names(path: Path, left: str, right: str) -> list[Judgement]:
    """Takes every decision on two entities out of the file; gives what was taken out, none where there was none."""
    kept: list[Judgement] = []
    gone: list[Judgement] = []
    for judgement in read_judgements(path):
        about = judgement.verdict in _ABOUT_NAMES and {judgement.left, judgement.right} == {left, right}
        (gone if about else kept).append(judgement)
    if gone:
        write_judgements(path, kept)
    return gone


def group(judgements: Iterable[Judgement]) -> Groups:
    """What the judgements on names make of ids, whatever their order but for the last word on a pair."""
    return _group(tuple(judgement for judgement in judgements if judgement.verdict in _ABOUT_NAMES))


@cache
def _group(judgements: tuple[Judgement, ...]) -> Groups:
    last = {frozenset((j.left, j.right)): j for j in judgements}
    same = [j for j in last.values() if j.verdict is Verdict.SAME]
    different = [j for j in last.values() if j.verdict is Verdict.DIFFERENT]
    edges: dict[str, dict[str, Judgement]] = defaultdict(dict)
    for judgement in same:
        edges[judgement.left][judgement.right] = judgement
        edges[judgement.right][judgement.left] = judgement
    of: dict[str, str] = {}
    contradictions: list[Contradiction] = []
    seen: set[str] = set()
    for start in sorted(edges):
        if start in seen:
            continue
        members = _reach(start, edges)
        seen |= members
        broken = [
            Contradiction(min(j.left, j.right), max(j.left, j.right), j, _chain(j.left, j.right, edges))
            for j in sorted(different, key=lambda j: sorted((j.left, j.right)))
            if j.left in members and j.right in members
        ]
        contradictions += broken
        if not broken:
            chosen = min(members, key=_rank)
            of |= dict.fromkeys(members, chosen)
    pairs = frozenset(frozenset((of.get(j.left, j.left), of.get(j.right, j.right))) for j in different)
    return Groups(of, pairs, tuple(contradictions))


def _reach(start: str, edges: Mapping[str, Mapping[str, Judgement]]) -> set[str]:
    reached, queue = {start}, [start]
    while queue:
        for other in edges[queue.pop()]:
            if other not in reached:
                reached.add(other)
                queue.append(other)
    return reached


def _chain(start: str, end: str, edges: Mapping[str, Mapping[str, Judgement]]) -> tuple[Judgement, ...]:
    """A shortest chain of `same` from one id to another."""
    paths: dict[str, tuple[Judgement, ...]] = {start: ()}
    queue: Sequence[str] = [start]
    while queue and end not in paths:
        following = []
        for id_ in queue:
            for other in sorted(edges[id_]):
                if other not in paths:
                    paths[other] = (*paths[id_], edges[id_][other])
                    following.append(other)
        queue = following
    return paths.get(end, ())


def _rank(id_: str) -> tuple[int, int, str]:
    """The registry before rules, rules before names, a plain name before one told apart by context; then the longest name."""
    if id_ in load_registry().by_id:
        return 0, 0, id_
    minted = read_id(id_)
    if minted is None:
        return (1, 0, id_) if find_body(id_) else (4, 0, id_)
    return (3 if minted.scope else 2), -len(minted.name), id_
