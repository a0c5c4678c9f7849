"""The words of the project as frozen values. They know nothing of files, RDF or screens.

    Article ──▶ Claim (Mention, Quote) ──▶ Entity, Statement            Judgement

Positions are code points, 0-based, end exclusive. `text` is the article as found; `clean` is the same, repaired and in
simplified characters, made for matching only. Every quote is cut out of `text`.
"""

from __future__ import annotations

import hashlib
import json
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property

# How many hex digits of a claim's hash say what it claims; the others say when, and whether it holds.
CORE = 20


def content_hash(*parts: str | int | bool | None) -> str:
    """The hash (32 hex digits) that names a node by what it says; the same on every machine."""
    said = json.dumps(parts, ensure_ascii=True, separators=(",", ":"))
    return hashlib.sha256(said.encode("ascii")).hexdigest()[:32]


class ParagraphKind(StrEnum):
    """What a paragraph is; boilerplate states nothing."""

    HEADLINE = "headline"
    PROSE = "prose"
    LIST_ITEM = "list_item"
    BOILERPLATE = "boilerplate"


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of the clean text: `clean[start:end]`, without its line break."""

    start: int
    end: int
    kind: ParagraphKind


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the clean text: `clean[start:end]`, inside one paragraph."""

    start: int
    end: int
    paragraph: int


@dataclass(frozen=True, slots=True)
class Repair:
    """A place of the text as found, `text[start:end]`, that was damaged and reads differently in the clean text.

    `kind` is `reading`, `bytes`, `markup`, `entity`, `control` or `composed`.
    """

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Article:
    """One document read.

    `offsets[i]` is where `clean[i]` begins in `text`, and `offsets[len(clean)] == len(text)`; offsets never decrease, and
    characters of `text` that the repair dropped belong to the clean character before them.
    `offsets` is a tuple, or a range where nothing was dropped or put in.
    `published` is an ISO date (`2025-02-12`) or None. `language` is `zh` or `en`. `source` is where it was read from, as given.
    """

    id: str
    title: str
    publisher: str
    published: str | None
    language: str
    url: str | None
    source: str
    text: str
    clean: str
    offsets: Sequence[int] = field(repr=False)
    clean_title: str
    paragraphs: tuple[Paragraph, ...] = field(repr=False)
    sentences: tuple[Sentence, ...] = field(repr=False)
    repairs: tuple[Repair, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        if len(self.offsets) != len(self.clean) + 1:
            raise ValueError(f"article {self.id}: {len(self.offsets)} offsets for {len(self.clean)} clean characters")

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) of the text as found."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()

    def quote(self, start: int, end: int) -> Quote:
        """The quote of `clean[start:end]`, cut out of the text as found."""
        first, last = self.found(start, end)
        return Quote(self.id, first, last, self.text[first:last])

    def found(self, start: int, end: int) -> tuple[int, int]:
        """Where `clean[start:end]` stands in the text as found."""
        return self.offsets[start], self.offsets[end]

    def sentence_at(self, position: int) -> int:
        """The number of the last sentence that begins at or before a clean position."""
        return bisect_right(self.sentences, position, key=lambda sentence: sentence.start) - 1


@dataclass(frozen=True, slots=True)
class Quote:
    """A span of an article as found: `article.text[start:end] == text`, always."""

    article: str
    start: int
    end: int
    text: str

    def __post_init__(self) -> None:
        if self.end - self.start != len(self.text) or self.start < 0:
            raise ValueError(f"quote {self.start}–{self.end} of {self.article} does not hold {len(self.text)} characters")


@dataclass(frozen=True, slots=True)
class Mention:
    """What stands for an entity in one claim.

    `form` is the name used in or for this sentence (clean), `name` the entity's fullest name in the article (clean), `type`
    a class of the ontology. `start`/`end` say where in the text as found the words stand that name it: the form itself, or
    the pronoun that stands for it; None where it is left out and carried over from before.
    """

    form: str
    name: str
    type: str
    start: int | None = None
    end: int | None = None


@dataclass(frozen=True, slots=True)
class Claim:
    """What one sentence of one article says: subject, predicate, object, with status, date and the quote that says so.

    `date` is `2024`, `2024-05`, `2024-05-07` or None. `rule` names what found it, `confidence` (0–1) is that rule's measured
    precision. `cues` are the spans in the text as found of the words that state it. A `denied` claim says that the fact of this
    status is not so.
    """

    subject: Mention
    predicate: str
    object: Mention
    status: str
    date: str | None
    quote: Quote
    rule: str
    confidence: float
    cues: tuple[tuple[int, int], ...] = ()
    denied: bool = False

    @property
    def digest(self) -> str:
        """Content hash (32 hex digits), by which a judgement refers to the claim: `core`, then a hash of status and date.

        It covers neither the rule nor where the words stand, so that a judgement survives newer rules and an article that grew.
        """
        return self.core + content_hash(self.status, self.date)[CORE:]

    @property
    def core(self) -> str:
        """Content hash (20 hex digits) of what is said of whom, and where: the article, the words of the sentence (white space
        apart), both forms, the predicate and denial. Rules that read status or date otherwise leave it as it is.
        """
        words = "".join(self.quote.text.split())
        said = (self.quote.article, words, self.subject.form, self.predicate, self.object.form, self.denied)
        return content_hash(*said)[:CORE]


@dataclass(frozen=True)
class Entity:
    """Who or what the mentions name.

    `id` is the local part of its IRI, a pure function of resolved name, type and registry. `names` are preferred labels by
    language tag (`zh`, `en`, …); `glosses` the tags whose label is the project's own gloss, not a name in use. `aliases` are
    other forms; `identifiers` by scheme (`iso3166-1`, `wikidata`, `geonames`, …).
    """

    id: str
    type: str
    names: Mapping[str, str]
    aliases: frozenset[str] = frozenset()
    identifiers: Mapping[str, str] = field(default_factory=dict)
    glosses: frozenset[str] = frozenset()
    parent: str | None = None


@dataclass(frozen=True)
class Statement:
    """A resolved fact and all the claims that state it. `subject` and `object` are entity ids.

    For a symmetric predicate subject and object are in sorted order. One statement has one status; the same fact once
    planned and later done is two statements.
    """

    subject: str
    predicate: str
    object: str
    status: str
    date: str | None
    claims: tuple[Claim, ...]


class Verdict(StrEnum):
    """What a person decided."""

    SAME = "same"
    DIFFERENT = "different"
    RIGHT = "right"
    WRONG = "wrong"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Judgement:
    """A person's decision about two names (same, different) or one claim (right, wrong, change).

    `left` and `right` are entity ids for names; for a claim `left` is its content hash and `right` is empty. `change` holds
    what is to be put (`predicate=…|status=…|date=…`), with `right` the status and date that were found right. `when` is an
    ISO date.
    """

    verdict: Verdict
    left: str
    right: str
    change: str
    by: str
    when: str
    why: str
