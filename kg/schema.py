"""What may be said: classes, predicates and statuses, read from ontology/cooperation.ttl.

The one place below graph/ that parses Turtle (pyoxigraph's parser, about 10 ms), because extraction and identity must know
domain, range and symmetry, and these are data of the ontology, never lists in code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

import pyoxigraph as ox

from kg.resources import data_path

NAMESPACE = "https://w3id.org/cooperation-kg/ontology#"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_RDFS = "http://www.w3.org/2000/01/rdf-schema#"
_OWL = "http://www.w3.org/2002/07/owl#"
_SKOS = "http://www.w3.org/2004/02/skos/core#"


@dataclass(frozen=True, slots=True)
class Predicate:
    """A predicate: its name, the leaf classes that may stand on either side, whether it is symmetric and whether it implies
    `cooperates_with`."""

    name: str
    domain: frozenset[str]
    range: frozenset[str]
    symmetric: bool
    cooperation: bool


@dataclass(frozen=True, slots=True)
class Schema:
    """The vocabulary: entity types (leaf classes) with their ancestors, predicates, statuses.

    `asserted` are the statuses that put a direct edge.
    """

    types: Mapping[str, frozenset[str]]
    predicates: Mapping[str, Predicate]
    statuses: tuple[str, ...]
    asserted: frozenset[str]

    def is_a(self, type_: str, ancestor: str) -> bool:
        """Whether the entity type is the class, or below it."""
        return type_ == ancestor or ancestor in self.types.get(type_, frozenset())

    def allows(self, subject: str, predicate: str, object_: str) -> bool:
        """Whether the predicate may join these entity types in this direction."""
        p = self.predicates[predicate]
        return subject in p.domain and object_ in p.range


@dataclass(frozen=True, slots=True)
class Term:
    """What people call a class, a predicate or a status: labels and definitions by language (`zh`, `en`)."""

    name: str
    labels: Mapping[str, str]
    definitions: Mapping[str, str]


@cache
def load_terms() -> Mapping[str, Term]:
    """Every labelled term of the shipped ontology by its name, in name order."""
    texts: dict[str, dict[str, dict[str, str]]] = {}
    for quad in ox.parse(path=str(data_path("ontology") / "cooperation.ttl"), format=ox.RdfFormat.TURTLE):
        term, text = quad.subject, quad.object
        if (
            isinstance(term, ox.NamedNode)
            and term.value.startswith(NAMESPACE)
            and isinstance(text, ox.Literal)
            and text.language
        ):
            of_term = texts.setdefault(term.value.removeprefix(NAMESPACE), {})
            of_term.setdefault(quad.predicate.value, {})[text.language] = text.value
    return {
        name: Term(name, found[_RDFS + "label"], found.get(_SKOS + "definition", {}))
        for name, found in sorted(texts.items())
        if _RDFS + "label" in found
    }


@cache
def load_schema() -> Schema:
    """The schema of the shipped ontology."""
    path = data_path("ontology") / "cooperation.ttl"
    triples = [(q.subject, q.predicate, q.object) for q in ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)]
    objects: dict[tuple[object, str], list[object]] = {}
    for s, p, o in triples:
        objects.setdefault((s, p.value), []).append(o)

    def local(term: object) -> str:
        return term.value.removeprefix(NAMESPACE) if isinstance(term, ox.NamedNode) else ""

    def ours(term: object) -> bool:
        return isinstance(term, ox.NamedNode) and term.value.startswith(NAMESPACE)

    def instances(class_: str) -> list[ox.NamedNode]:
        type_, wanted = _RDF + "type", ox.NamedNode(class_)
        return [s for s, p, o in triples if p.value == type_ and o == wanted and isinstance(s, ox.NamedNode) and ours(s)]

    def ancestors(node: object) -> frozenset[str]:
        found: set[str] = set()
        queue = [node]
        while queue:
            for parent in objects.get((queue.pop(), _RDFS + "subClassOf"), []):
                if ours(parent) and local(parent) not in found:
                    found.add(local(parent))
                    queue.append(parent)
        return frozenset(found)

    classes = {local(node): ancestors(node) for node in instances(_OWL + "Class")}
    inner = frozenset(a for above in classes.values() for a in above)
    leaves = {name: above for name, above in classes.items() if name not in inner and above & {"Actor", "Undertaking"}}

    def members(node: object) -> frozenset[str]:
        if ours(node):
            name = local(node)
            return frozenset(leaf for leaf, above in leaves.items() if leaf == name or name in above)
        heads = objects.get((node, _OWL + "unionOf"), [])
        found: frozenset[str] = frozenset()
        while heads and heads[0] != ox.NamedNode(_RDF + "nil"):
            cell = heads[0]
            for first in objects.get((cell, _RDF + "first"), []):
                found |= members(first)
            heads = objects.get((cell, _RDF + "rest"), [])
        return found

    symmetric = {local(node) for node in instances(_OWL + "SymmetricProperty")}
    predicates = {}
    for node in instances(NAMESPACE + "Predicate"):
        name = local(node)
        [domain], [range_] = objects[(node, _RDFS + "domain")], objects[(node, _RDFS + "range")]
        above = {local(parent) for parent in objects.get((node, _RDFS + "subPropertyOf"), [])}
        predicates[name] = Predicate(name, members(domain), members(range_), name in symmetric, "cooperates_with" in above)
    statuses = sorted(local(node) for node in instances(NAMESPACE + "Status"))
    yes = "true"
    flags = [(s, o) for s, p, o in triples if p.value == NAMESPACE + "asserts_edge" and isinstance(o, ox.Literal)]
    asserted = frozenset(local(s) for s, o in flags if o.value == yes)
    return Schema(leaves, predicates, tuple(statuses), asserted)
