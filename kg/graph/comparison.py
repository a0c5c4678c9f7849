"""What two graphs state, or one at two times: the statements that came, went or changed status, and what caused it.

Both sides are made from their ledgers, by this version and under the judgements of their time, so that nothing differs but
what was read, by which rules, and what was judged.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kg.errors import InputError
from kg.graph.assembly import resolve_claims
from kg.graph.folder import JUDGEMENTS, LEDGER, MakeRecipe, judgement_text
from kg.graph.ledger import Ledger, Position
from kg.graph.records import ArticleRecord, BuildRecord, Removal
from kg.graph.terms import Terms
from kg.model import Entity

Fact = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Reading:
    """How an article was read: digest of what was read, version of the rules, names of the rules that found a statement."""

    digest: str
    extractor: str
    rules: frozenset[str] = frozenset()


@dataclass(frozen=True)
class State:
    """What a graph states at one time: for every fact (subject, predicate, object) and status the articles that state it.

    `entities` are those that the facts name, `articles` all that were read.
    """

    stated: Mapping[Fact, Mapping[str, Mapping[str, Reading]]]
    entities: Mapping[str, Entity]
    articles: Mapping[str, Reading]


@dataclass(frozen=True, slots=True, order=True)
class Change:
    """A statement that came (`old` is None), went (`new` is None) or changed from one status to another, and why."""

    fact: Fact
    old: str | None
    new: str | None
    causes: tuple[str, ...]


def parse_place(text: str) -> tuple[Path, int | None]:
    """A graph folder, or one as it was after a build: `cooperation.kg@3`."""
    folder, _, number = text.rpartition("@")
    return (Path(folder), int(number)) if folder and number.isdecimal() and not Path(text).exists() else (Path(text), None)


def read_state(folder: Path, make_recipe: MakeRecipe, build: int | None = None) -> State:
    """What a graph folder states, now or after its build of this number. Raises GraphError and InputError."""
    ledger = Ledger(folder / LEDGER)
    positions, judgements = _positions(folder, ledger, build)
    stated: dict[Fact, dict[str, dict[str, Reading]]] = defaultdict(lambda: defaultdict(dict))
    entities: dict[str, Entity] = {}
    articles: dict[str, Reading] = {}
    with TemporaryDirectory() as beside:
        path = Path(beside, JUDGEMENTS)
        if judgements:
            path.write_text(judgements, encoding="utf-8")
        recipe = make_recipe(Terms(ledger.base), path)
        for record in _records(ledger, positions):
            articles[record.id] = Reading(record.digest, record.extractor)
            for fact in resolve_claims(record, recipe.resolve(record), recipe.judgements):
                if fact.link == "states":
                    key = (fact.subject.id, fact.claim.predicate, fact.object.id)
                    found = stated[key][fact.claim.status]
                    rules = found[record.id].rules if record.id in found else frozenset()
                    found[record.id] = Reading(record.digest, record.extractor, rules | {fact.claim.rule})
                    entities |= {fact.subject.id: fact.subject, fact.object.id: fact.object}
    return State(stated, entities, articles)


def compare(old: State, new: State) -> list[Change]:
    """The changes from one state to another, sorted."""
    return sorted(change for fact in {**old.stated, **new.stated} for change in _changes(fact, old, new))


def _changes(fact: Fact, old: State, new: State) -> Iterator[Change]:
    before, after = old.stated.get(fact, {}), new.stated.get(fact, {})
    gone, come = sorted(before.keys() - after.keys()), sorted(after.keys() - before.keys())
    if len(gone) == len(come) == 1:
        causes = {*_causes(before[gone[0]], old, new), *_causes(after[come[0]], old, new)}
        yield Change(fact, gone[0], come[0], tuple(sorted(causes)))
        return
    for status in gone:
        yield Change(fact, status, None, tuple(sorted(_causes(before[status], old, new))))
    for status in come:
        yield Change(fact, None, status, tuple(sorted(_causes(after[status], old, new))))


def _causes(readings: Mapping[str, Reading], old: State, new: State) -> Iterator[str]:
    """Why these articles state a fact on one side only."""
    for id_, reading in readings.items():
        before, after = old.articles.get(id_), new.articles.get(id_)
        if before is None:
            yield f"article {id_} added"
        elif after is None:
            yield f"article {id_} removed"
        elif before.digest != after.digest:
            yield f"article {id_} changed"
        elif before.extractor != after.extractor:
            rules = ", ".join(sorted(reading.rules))
            yield f"rules {before.extractor} → {after.extractor} ({rules} in {id_})"
        else:
            yield f"judgements on {id_}"


def _positions(folder: Path, ledger: Ledger, build: int | None) -> tuple[dict[str, Position], str]:
    """Where the record of every article stands, and the judgements, now or after a build."""
    positions: dict[str, Position] = {}
    judgements, builds = "", 0
    for entry in ledger.entries():
        match entry.record:
            case ArticleRecord(id=id_):
                positions[id_] = entry.start
            case Removal(id=id_):
                positions.pop(id_, None)
            case BuildRecord(judgements=text):
                judgements, builds = judgements if text is None else text, builds + 1
                if builds == build:
                    return positions, judgements
    if build is not None:
        raise InputError(f"{folder}: has no build {build}; its builds are 1 to {builds}")
    return positions, judgement_text(folder / JUDGEMENTS)


def _records(ledger: Ledger, positions: Mapping[str, Position]) -> Iterable[ArticleRecord]:
    for position in sorted(positions.values()):
        record = ledger.record_at(position)
        if isinstance(record, ArticleRecord):
            yield record
