"""Quads as JSON-LD that a person can read: the terms of ontology/context.jsonld in the place of IRIs.

    {"id": "cn-shandong", "type": "Region", "name": {"zh": "山东省", "en": "Shandong"}, "agreement": "norway"}

Entities are relative to `@base`, values are written as short as their term's definition lets them (JSON-LD 1.1, §4.2.3 on type
coercion, §4.6 on language maps), so that any JSON-LD processor reads back the same quads.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Any

import pyoxigraph as ox

from kg.graph.terms import Terms
from kg.resources import data_path

_XSD = "http://www.w3.org/2001/XMLSchema#"
_STRING, _INTEGER, _BOOLEAN = _XSD + "string", _XSD + "integer", _XSD + "boolean"
_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
# What can stand in a relative reference without being taken for anything else (RFC 3986, §4.2).
_RELATIVE = re.compile(r"[\w~%-][\w.~%-]*(?:/[\w~%-][\w.~%-]*)*")
_WHOLE_NUMBER = re.compile(r"0|-?[1-9][0-9]{0,14}")


@dataclass(frozen=True)
class Term:
    """A term of the context: its name, and how its values are written (`@id`, `@vocab`, a datatype's IRI, or nothing)."""

    name: str
    coercion: str | None
    by_language: bool
    as_set: bool


@dataclass(frozen=True)
class Compaction:
    """How the IRIs of one graph are shortened."""

    terms: Terms

    @cached_property
    def context(self) -> dict[str, Any]:
        """The context of the document: that of the ontology, with where this graph's own IRIs begin."""
        shipped = json.loads((data_path("ontology") / "context.jsonld").read_text(encoding="utf-8"))["@context"]
        own = {"@base": f"{self.terms.base}id/"} if self._is_hierarchical else {}
        prefixes = {name: space for name, space in self.terms.prefixes.items() if name not in (*shipped, "id")}
        return {**own, **shipped, **prefixes}

    @property
    def _is_hierarchical(self) -> bool:
        """Whether a relative reference can be resolved against the base; behind a `#` it cannot."""
        return self.terms.base.endswith("/")

    @cached_property
    def _spaces(self) -> list[tuple[str, str]]:
        """Prefixes with their namespaces, the longest first."""
        found = [(k, v) for k, v in self.context.items() if isinstance(v, str) and not k.startswith("@") and v[-1:] in "/#"]
        return sorted(found, key=lambda item: (-len(item[1]), item[0]))

    @cached_property
    def _terms(self) -> Mapping[str, Term]:
        """The terms of the context by what they stand for."""
        found = {}
        for name, said in self.context.items():
            given = {"@id": said} if isinstance(said, str) else said
            if name.startswith("@") or not isinstance(given, dict) or given["@id"].startswith("@") or given["@id"][-1] in "/#":
                continue
            container = given.get("@container", ())
            coercion = given.get("@type")
            found[self._expand(given["@id"])] = Term(
                name,
                coercion if coercion is None or coercion.startswith("@") else self._expand(coercion),
                "@language" in container,
                "@set" in container,
            )
        return found

    @cached_property
    def _keywords(self) -> frozenset[str]:
        return frozenset(name for name, said in self.context.items() if isinstance(said, str) and said.startswith("@"))

    def _expand(self, compact: str) -> str:
        prefix, _, local = compact.partition(":")
        return str(self.context[prefix]) + local

    def node(self, quads: Iterable[ox.Quad]) -> dict[str, Any]:
        """The node that quads of one subject describe; they come sorted by predicate."""
        made: dict[str, Any] = {}
        for predicate, members in groupby(quads, key=lambda quad: quad.predicate.value):
            own = list(members)
            made.setdefault("id", self.reference(own[0].subject))
            values = [quad.object for quad in own]
            if predicate == _TYPE:
                made["type"] = _one([self._word(value) for value in values])
            elif (term := self._terms.get(predicate)) is None:
                made[self._word(ox.NamedNode(predicate))] = _one([self._value(value, None) for value in values])
            elif term.by_language and all(isinstance(value, ox.Literal) and value.language for value in values):
                made[term.name] = _by_language(values, as_set=term.as_set)
            else:
                made[term.name] = _one([self._value(value, term.coercion) for value in values])
        return made

    def reference(self, node: object) -> str:
        """A node as `id` writes it: relative to the base, else by a prefix, else whole."""
        if not isinstance(node, ox.NamedNode):
            return str(node)
        rest = node.value.removeprefix(f"{self.terms.base}id/")
        # A word for a keyword (`type`) is one wherever an IRI may stand (JSON-LD 1.1 API, §5.2.2, step 3).
        if self._is_hierarchical and rest != node.value and _RELATIVE.fullmatch(rest) and rest not in self._keywords:
            return rest
        return self._compact(node.value)

    def _word(self, node: object) -> str:
        """A class or property: by its term, else by a prefix, else whole."""
        if isinstance(node, ox.NamedNode) and (term := self._terms.get(node.value)):
            return term.name
        return self._compact(node.value) if isinstance(node, ox.NamedNode) else str(node)

    def _compact(self, iri: str) -> str:
        for prefix, space in self._spaces:
            rest = iri[len(space) :]
            if iri.startswith(space) and rest and not rest.startswith("//"):
                return f"{prefix}:{rest}"
        return iri

    def _value(self, value: object, coercion: str | None) -> Any:
        if not isinstance(value, ox.Literal):
            if coercion == "@vocab":
                return self._word(value)
            return self.reference(value) if coercion == "@id" else {"@id": self.reference(value)}
        datatype = value.datatype.value
        if value.language:
            return {"@value": value.value, "@language": value.language}
        if coercion == datatype == _INTEGER and _WHOLE_NUMBER.fullmatch(value.value):
            return int(value.value)
        if coercion == datatype == _BOOLEAN and value.value in ("true", "false"):
            return value.value == "true"
        if datatype == (coercion or _STRING):
            return value.value
        if datatype == _STRING:
            return {"@value": value.value}
        return {"@value": value.value, "@type": self._compact(datatype)}


def _by_language(values: Iterable[Any], *, as_set: bool) -> dict[str, Any]:
    found: dict[str, list[str]] = {}
    for value in values:
        found.setdefault(value.language, []).append(value.value)
    return {language: texts if as_set else _one(texts) for language, texts in found.items()}


def _one(values: list[Any]) -> Any:
    return values[0] if len(values) == 1 else values
