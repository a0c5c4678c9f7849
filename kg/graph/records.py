"""What the ledger says, as values and as JSON: an article with its claims, a removal, the end of a build."""

from __future__ import annotations

import base64
import hashlib
import json
from bisect import bisect_left
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from kg.graph.reprints import sketch
from kg.model import Article, Claim, Mention, Quote

FORMAT = "cooperation-kg ledger 1"


@dataclass(frozen=True, slots=True)
class Opening:
    """The first record: the base under which the graph's IRIs are minted."""

    base: str


@dataclass(frozen=True, slots=True)
class ArticleRecord:
    """What was read of an article and what it claims.

    `clean` are the quoted words repaired, by start and end in the text as found, where they differ from the words as found.
    `sketch` is what near-duplicates are told by. `extractor` is the version of the rules that found the claims. `gaps` are the
    sentences with a cue that gave no claim: start, end (in the text as found) and the reason.
    """

    id: str
    title: str
    publisher: str
    published: str | None
    language: str
    url: str | None
    source: str
    text: str
    sketch: bytes
    extractor: str
    claims: tuple[Claim, ...]
    clean: Mapping[tuple[int, int], str] = field(default_factory=dict)
    gaps: tuple[tuple[int, int, str], ...] = ()

    @property
    def digest(self) -> str:
        """Hash of everything that was read, the place apart: what changes when the article does."""
        return reading_digest(self)

    @property
    def text_digest(self) -> str:
        """SHA-256 (hex) of the text as found."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True)
class Removal:
    """The article with this id was taken out."""

    id: str


@dataclass(frozen=True, slots=True)
class BuildRecord:
    """The end of a build: a state of the graph that can be asked for later.

    `judgements` is the text of judgements.csv then, None where it is as at the build before.
    """

    judgements: str | None


Record = Opening | ArticleRecord | Removal | BuildRecord


def reading_digest(article: Article | ArticleRecord) -> str:
    """Hash (hex) of everything that was read of an article, the place it was read at apart."""
    read = (article.id, article.title, article.publisher, article.published, article.language, article.url, article.text)
    return hashlib.sha256(json.dumps(read).encode("ascii")).hexdigest()


def file_article(
    article: Article, claims: Iterable[Claim], extractor: str, gaps: Iterable[tuple[int, int, str]] = ()
) -> ArticleRecord:
    """The record of an article, its claims and its gaps."""
    kept = tuple(claims)
    clean: dict[tuple[int, int], str] = {}
    for quote in {claim.quote for claim in kept}:
        words = article.clean[slice(*_clean_span(article, quote))]
        if words != quote.text:
            clean[quote.start, quote.end] = words
    return ArticleRecord(
        article.id,
        article.title,
        article.publisher,
        article.published,
        article.language,
        article.url,
        article.source,
        article.text,
        sketch(article),
        extractor,
        kept,
        clean,
        tuple(gaps),
    )


def _clean_span(article: Article, quote: Quote) -> tuple[int, int]:
    """Where the clean characters of a quote stand: those that begin inside it."""
    return bisect_left(article.offsets, quote.start), bisect_left(article.offsets, quote.end)


def to_json(record: Record) -> bytes:
    """The record as one line of JSON (UTF-8, without its line break)."""
    match record:
        case Opening():
            data: dict[str, Any] = {"kind": FORMAT, "base": record.base}
        case ArticleRecord():
            data = _article_data(record)
        case Removal():
            data = {"kind": "removal", "id": record.id}
        case BuildRecord():
            data = {"kind": "build", "judgements": record.judgements}
    return json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")


def from_json(line: bytes) -> Record:
    """The record of a line. Raises ValueError where it is none."""
    data: dict[str, Any] = json.loads(line.decode("utf-8", "surrogatepass"))
    try:
        match data["kind"]:
            case kind if kind == FORMAT:
                return Opening(data["base"])
            case "article":
                return _article(data)
            case "removal":
                return Removal(data["id"])
            case "build":
                return BuildRecord(data["judgements"])
            case kind:
                raise ValueError(f"a record of kind “{kind}” is not known")
    except (KeyError, TypeError, IndexError) as error:
        raise ValueError(f"a record lacks {error}") from error


def _article_data(record: ArticleRecord) -> dict[str, Any]:
    quotes = sorted({(claim.quote.start, claim.quote.end) for claim in record.claims})
    number = {span: i for i, span in enumerate(quotes)}
    return {
        "kind": "article",
        "id": record.id,
        "title": record.title,
        "publisher": record.publisher,
        "published": record.published,
        "language": record.language,
        "url": record.url,
        "source": record.source,
        "extractor": record.extractor,
        "sketch": base64.b64encode(record.sketch).decode("ascii"),
        "quotes": [[start, end, record.clean.get((start, end))] for start, end in quotes],
        "claims": [
            [
                number[claim.quote.start, claim.quote.end],
                _mention_data(claim.subject),
                claim.predicate,
                _mention_data(claim.object),
                claim.status,
                claim.date,
                claim.rule,
                claim.confidence,
                claim.cues,
                claim.denied,
            ]
            for claim in record.claims
        ],
        "gaps": record.gaps,
        "text": record.text,
    }


def _article(data: dict[str, Any]) -> ArticleRecord:
    text: str = data["text"]
    quotes = [Quote(data["id"], start, end, text[start:end]) for start, end, _ in data["quotes"]]
    claims = [
        Claim(
            _mention(subject),
            predicate,
            _mention(object_),
            status,
            date,
            quotes[number],
            rule,
            confidence,
            tuple((start, end) for start, end in cues),
            denied,
        )
        for number, subject, predicate, object_, status, date, rule, confidence, cues, denied in data["claims"]
    ]
    return ArticleRecord(
        data["id"],
        data["title"],
        data["publisher"],
        data["published"],
        data["language"],
        data["url"],
        data["source"],
        text,
        base64.b64decode(data["sketch"]),
        data["extractor"],
        tuple(claims),
        {(start, end): clean for start, end, clean in data["quotes"] if clean is not None},
        tuple((start, end, reason) for start, end, reason in data["gaps"]),
    )


def _mention_data(mention: Mention) -> list[str | int | None]:
    return [mention.form, mention.name, mention.type, mention.start, mention.end]


def _mention(data: list[Any]) -> Mention:
    return Mention(*data)
