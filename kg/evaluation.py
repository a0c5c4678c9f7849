"""Claims against annotated articles: what was found, what was missed, and how exact the right ones are.

    annotated articles (JSON) ──▶ Reference ─┐
                                             ├──▶ Score
    the same articles ──▶ extraction ──▶ Claims ┘

An annotated article is JSON with `text`, `lang`, `entities` (`id`, `name`, `type`, `mentions`) and `relations` (`subject`, `predicate`,
`object`, `status`, `date`, `evidence`); extraction never looks at the last two. An entity of a claim is an annotated one when its name
or its form is one of that entity's forms; a relation is right when subject, predicate and object are, either way round where the
predicate is symmetric.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from kg.articles import article_from_text
from kg.errors import SourceError
from kg.model import Article, Claim
from kg.schema import load_schema

Key = tuple[str, str, str]
ATTRIBUTES = ("status", "date", "type", "evidence", "offsets_exact")
_LEFT_OUT = re.compile(r"[\s《》〈〉「」『』“”‘’\"'·•.,,]")


@dataclass(frozen=True, slots=True)
class Relation:
    """An annotated relation; `subject` and `object` are ids of annotated entities, `evidence` is a part of the text as found."""

    subject: str
    predicate: str
    object: str
    status: str
    date: str | None
    evidence: str

    @property
    def key(self) -> Key:
        """What makes it distinct."""
        return relation_key(self.subject, self.predicate, self.object)


@dataclass(frozen=True)
class Reference:
    """An annotated article: `forms` leads from a folded form to the ids that bear it, `names` and `types` go by id."""

    article: Article
    forms: Mapping[str, tuple[str, ...]]
    names: Mapping[str, str]
    types: Mapping[str, str]
    relations: Mapping[Key, Relation]

    def match(self, subject: Sequence[str], predicate: str, object_: Sequence[str]) -> Key:
        """The key of what is said of two entities, each given by its names, the first that is known counting.

        It is that of an annotated relation where there is one, and else in no annotation.
        """
        keys = [relation_key(s, predicate, o) for s in self.bearers(subject) for o in self.bearers(object_)]
        return next((key for key in keys if key in self.relations), keys[0])

    def bearers(self, names: Sequence[str]) -> tuple[str, ...]:
        """The ids that the first known of these names may stand for, or one that no annotated entity has."""
        found = (self.forms.get(fold_name(name)) for name in names)
        return next((ids for ids in found if ids), (f"?{fold_name(names[0])}",))


@dataclass(slots=True)
class Tally:
    """How many were right, of how many found and how many wanted."""

    right: int = 0
    found: int = 0
    wanted: int = 0

    @property
    def precision(self) -> float:
        """The share of what was found that is right."""
        return self.right / self.found if self.found else 0.0

    @property
    def recall(self) -> float:
        """The share of what was wanted that was found."""
        return self.right / self.wanted if self.wanted else 0.0

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.right / (self.found + self.wanted) if self.found + self.wanted else 0.0


@dataclass(slots=True)
class Score:
    """Figures over articles: relations in all, by predicate, by status (a right one has the right status too), pairs of entities
    whatever the predicate; of the right ones the shares whose attributes are right; and the errors themselves."""

    articles: int = 0
    relations: Tally = field(default_factory=Tally)
    pairs: Tally = field(default_factory=Tally)
    predicates: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    statuses: dict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    attributes: Counter[str] = field(default_factory=Counter)
    wrong: list[tuple[str, Claim]] = field(default_factory=list)
    missed: list[tuple[str, Relation]] = field(default_factory=list)

    def accuracy(self, attribute: str) -> float:
        """The share of the right relations whose status, date, type, evidence or offsets_exact is right."""
        return self.attributes[attribute] / self.relations.right if self.relations.right else 0.0


def fold_name(name: str) -> str:
    """A name as names are compared: NFKC, lower case, without spaces, quotes and a leading article."""
    return _LEFT_OUT.sub("", unicodedata.normalize("NFKC", name)).lower().removeprefix("the")


def relation_key(subject: str, predicate: str, object_: str) -> Key:
    """What makes a relation distinct: the same either way round where the predicate is symmetric."""
    if load_schema().predicates[predicate].symmetric:
        return min(subject, object_), predicate, max(subject, object_)
    return subject, predicate, object_


def read_references(folder: Path, language: str | None = None) -> list[Reference]:
    """The annotated articles of a folder in the order of their file names. Raises SourceError where there is none."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            data = json.loads(path.read_text(encoding="utf-8"))
            if language in (None, data["lang"]):
                found.append(make_reference(data))
        except (ValueError, KeyError, TypeError) as error:
            raise SourceError(f"{path}: no annotated article: {type(error).__name__} {error}") from error
    if not found:
        raise SourceError(f"{folder}: holds no annotated article (*.json)")
    return found


def make_reference(data: Mapping[str, Any], article: Article | None = None) -> Reference:
    """An annotated article from its JSON object, read as the program reads it unless `article` is given."""
    forms: dict[str, set[str]] = defaultdict(set)
    for entity in data["entities"]:
        for form in (entity["name"], *entity["mentions"]):
            forms[fold_name(form)].add(entity["id"])
    relations = [
        Relation(row["subject"], row["predicate"], row["object"], row["status"], row["date"] or None, row["evidence"])
        for row in data["relations"]
    ]
    return Reference(
        article
        or article_from_text(
            data["text"],
            id=data["id"],
            title=data["title"],
            publisher=data["publisher"],
            published=data["published"],
            language=data["lang"],
        ),
        {form: tuple(sorted(ids)) for form, ids in forms.items()},
        {entity["id"]: entity["name"] for entity in data["entities"]},
        {entity["id"]: entity["type"] for entity in data["entities"]},
        {relation.key: relation for relation in relations},
    )


def score_claims(read: Iterable[tuple[Reference, Iterable[Claim]]]) -> Score:
    """The figures over annotated articles and what was claimed of each; of claims that say the same the first counts."""
    score = Score()
    for reference, claims in read:
        found: dict[Key, Claim] = {}
        for claim in claims:
            found.setdefault(claim_key(reference, claim), claim)
        _count(score, reference, found)
    return score


def claim_key(reference: Reference, claim: Claim) -> Key:
    """The key of what a claim says, by the annotation."""
    return reference.match(_names(claim.subject), claim.predicate, _names(claim.object))


def _names(mention: Any) -> tuple[str, str]:
    return mention.name, mention.form


def _count(score: Score, reference: Reference, found: Mapping[Key, Claim]) -> None:
    wanted = reference.relations
    score.articles += 1
    pairs = [{frozenset((key[0], key[2])) for key in keys} for keys in (found, wanted)]
    _add(score.pairs, len(pairs[0] & pairs[1]), len(pairs[0]), len(pairs[1]))
    for key, relation in wanted.items():
        hit = found.get(key)
        _add(score.relations, 0, 0, 1)
        _add(score.predicates[relation.predicate], 0, 0, 1)
        _add(score.statuses[relation.status], hit is not None and hit.status == relation.status, 0, 1)
        if hit is None:
            score.missed.append((reference.article.id, relation))
        else:
            score.attributes.update(_right_attributes(reference, relation, hit))
    for key, claim in found.items():
        right = key in wanted
        _add(score.relations, right, 1, 0)
        _add(score.predicates[claim.predicate], right, 1, 0)
        _add(score.statuses[claim.status], 0, 1, 0)
        if not right:
            score.wrong.append((reference.article.id, claim))


def _add(tally: Tally, right: int, found: int, wanted: int) -> None:
    tally.right += right
    tally.found += found
    tally.wanted += wanted


def _right_attributes(reference: Reference, relation: Relation, claim: Claim) -> list[str]:
    """Which attributes of a right claim are right as well."""
    text, quote = reference.article.text, claim.quote
    start = text.find(relation.evidence)
    kinds = {reference.types.get(id_) for side in (claim.subject, claim.object) for id_ in reference.bearers(_names(side))}
    # Evidence that is not in the text is the title's.
    overlaps = quote.start < start + len(relation.evidence) and quote.end > start if start >= 0 else bool(quote.text)
    held = {
        "status": claim.status == relation.status,
        "date": claim.date == relation.date,
        "type": claim.subject.type in kinds and claim.object.type in kinds,
        "evidence": overlaps,
        "offsets_exact": text[quote.start : quote.end] == quote.text != "",
    }
    return [name for name in ATTRIBUTES if held[name]]
