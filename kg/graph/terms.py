"""The one door to IRIs: every name that the graph mints, and every term of the ontology it uses, comes from here.

The ontology's namespaces are fixed; the base under which data is named is configurable, once for a graph folder.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import pyoxigraph as ox

from kg.errors import InputError
from kg.model import Quote, content_hash
from kg.resources import data_path
from kg.schema import NAMESPACE

BASE = "https://w3id.org/cooperation-kg/"
_BASE = re.compile(r"https?://[^\s<>\"{}|\\^`?#]+[/#]", re.IGNORECASE)


@dataclass(frozen=True)
class Terms:
    """The IRIs of one graph, under a base that ends in `/` or `#`. Ids are percent-encoded where an IRI asks for it."""

    base: str = BASE

    def __post_init__(self) -> None:
        if not _BASE.fullmatch(self.base):
            raise InputError(f"“{self.base}” cannot be a base for IRIs: give one like {BASE}")

    def entity(self, id_: str) -> ox.NamedNode:
        """The IRI of an entity, by its id."""
        return ox.NamedNode(f"{self.base}id/{encode(id_)}")

    def article(self, id_: str) -> ox.NamedNode:
        """The IRI of an article, by its id."""
        return ox.NamedNode(f"{self.base}id/article/{encode(id_)}")

    def article_graph(self, id_: str) -> ox.NamedNode:
        """The graph that holds everything one article contributes."""
        return ox.NamedNode(f"{self.base}graph/article/{encode(id_)}")

    def quote(self, quote: Quote) -> ox.NamedNode:
        """The IRI of a quote: article, start, end."""
        return ox.NamedNode(f"{self.base}id/quote/{content_hash(quote.article, quote.start, quote.end)}")

    def claim(self, core: str, occurrence: int = 0) -> ox.NamedNode:
        """The IRI of a claim, by the core of its hash. `occurrence` (0 for the first) tells apart those of an article that share it."""
        return ox.NamedNode(f"{self.base}id/claim/{core}{f'-{occurrence}' if occurrence else ''}")

    def statement(self, subject: str, predicate: str, object_: str, status: str) -> ox.NamedNode:
        """The IRI of a statement; subject and object are entity ids, in sorted order where the predicate is symmetric."""
        return ox.NamedNode(f"{self.base}id/statement/{content_hash(subject, predicate, object_, status)}")

    def judgement(self, *cells: str) -> ox.NamedNode:
        """The IRI of a judgement, by the cells of its row."""
        return ox.NamedNode(f"{self.base}id/judgement/{content_hash(*cells)}")

    def graph(self, name: str) -> ox.NamedNode:
        """A graph of the whole: `derived`, `reprints`, `judgements`, `ontology`, `dataset`."""
        return ox.NamedNode(f"{self.base}graph/{name}")

    def dataset(self, part: str = "") -> ox.NamedNode:
        """The graph as a dataset that describes itself, or a part of that description."""
        return ox.NamedNode(f"{self.base}dataset{f'/{part}' if part else ''}")

    @cached_property
    def prefixes(self) -> Mapping[str, str]:
        """Every prefix that a query may use without declaring it: the ontology's, `id:` and `graph:`."""
        return ontology_prefixes() | {"id": f"{self.base}id/", "graph": f"{self.base}graph/"}


@cache
def ontology_prefixes() -> dict[str, str]:
    """The prefixes that the Turtle files of the ontology declare, in name order."""
    found: dict[str, str] = {}
    for path in sorted(data_path("ontology").glob("*.ttl")):
        parser = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
        for _ in parser:
            pass
        found |= parser.prefixes
    return dict(sorted(found.items()))


@cache
def term(name: str) -> ox.NamedNode:
    """A term by its prefixed name, `coop:Claim` or `rdf:type`. Raises KeyError where the ontology declares no such prefix."""
    prefix, _, local = name.partition(":")
    return ox.NamedNode((NAMESPACE if prefix == "coop" else ontology_prefixes()[prefix]) + local)


@lru_cache(maxsize=65_536)
def encode(id_: str) -> str:
    """An id as one segment of an IRI: letters and digits of every script and `-._~` stay, the rest is percent-encoded."""
    if id_.strip(".") == "":
        return id_.replace(".", "%2E")
    return "".join(
        char if char in "-._~" or (char.isalnum() and not _unsafe(char)) else _percent(char)
        for char in unicodedata.normalize("NFC", id_)
    )


def _unsafe(char: str) -> bool:
    """Whether a letter or digit must not stand in an IRI (RFC 3987 `ucschar`), or would look like an ASCII one."""
    code = ord(char)
    return code > 0x7F and (code < 0xA0 or 0xD800 <= code <= 0xF8FF or 0xFFF0 <= code <= 0xFFFF or code >= 0xE0000)


def _percent(char: str) -> str:
    return "".join(f"%{byte:02X}" for byte in char.encode("utf-8", "replace"))
