"""What a graph says of itself: VoID, DCAT and schema.org from ontology/dataset.ttl, how much there is of what, and the questions
and rules as queries that can be run (SHACL-AF §9: SPARQL executables), in the form in which public endpoints publish examples.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, cast

import pyoxigraph as ox

from kg.graph.terms import BASE, Terms, ontology_prefixes, term
from kg.model import content_hash
from kg.questions import LANGUAGES, Question, Rule, load_questions, load_rules
from kg.resources import data_path

_XSD = "http://www.w3.org/2001/XMLSchema#"
_CLASSES = "SELECT ?of (COUNT(*) AS ?n) { ?s a ?of } GROUP BY ?of"
_PROPERTIES = "SELECT ?of (COUNT(*) AS ?n) { ?s ?of ?o } GROUP BY ?of"


@cache
def describe_dataset(terms: Terms) -> frozenset[ox.Quad]:
    """What a graph under this base says of itself, whatever it holds."""
    graph, node = terms.graph("dataset"), terms.dataset()
    parsed = ox.parse(path=str(data_path("ontology") / "dataset.ttl"), format=ox.RdfFormat.TURTLE)
    shipped = [(_rebase(q.subject, terms), q.predicate, _rebase(q.object, terms)) for q in parsed]
    own = [(node, term("void:uriSpace"), ox.Literal(f"{terms.base}id/")), *_executables(terms)]
    return frozenset(ox.Quad(*triple, graph) for triple in (*shipped, *own))


def count_dataset(rdf: ox.Store, terms: Terms) -> set[ox.Quad]:
    """How many articles, triples, and things of each class and property a store's default graph holds."""
    return describe_counts(_tally(rdf, _CLASSES), _tally(rdf, _PROPERTIES), terms)


def describe_counts(classes: Mapping[str, int], properties: Mapping[str, int], terms: Terms) -> set[ox.Quad]:
    """What a graph says of how much it holds, by the numbers of things of each class and of triples of each property."""
    graph, node = terms.graph("dataset"), terms.dataset()
    totals = {
        "documents": classes.get(term("coop:Article").value, 0),
        "triples": sum(properties.values()),
        "classes": len(classes),
        "properties": len(properties),
    }
    found = {ox.Quad(node, term(f"void:{name}"), _number(total), graph) for name, total in totals.items()}
    for kind, counts, number in (("class", classes, "entities"), ("property", properties, "triples")):
        for iri, total in counts.items():
            part = terms.dataset(f"{kind}/{_local(iri)}")
            found.add(ox.Quad(node, term(f"void:{kind}Partition"), part, graph))
            found.add(ox.Quad(part, term(f"void:{kind}"), ox.NamedNode(iri), graph))
            found.add(ox.Quad(part, term(f"void:{number}"), _number(total), graph))
    return found


def read_counts(rdf: ox.Store, terms: Terms) -> tuple[Mapping[str, int], Mapping[str, int]]:
    """The numbers by class and by property that `describe_counts` put into a store; none where it did not yet."""
    return _told(rdf, terms, "class", "entities"), _told(rdf, terms, "property", "triples")


def _told(rdf: ox.Store, terms: Terms, kind: str, number: str) -> Mapping[str, int]:
    graph = terms.graph("dataset")
    found = {}
    for quad in rdf.quads_for_pattern(None, term(f"void:{kind}"), None, graph):
        for said in rdf.quads_for_pattern(quad.subject, term(f"void:{number}"), None, graph):
            found[cast(ox.NamedNode, quad.object).value] = int(cast(ox.Literal, said.object).value)
    return found


def _executables(terms: Terms) -> Iterator[tuple[ox.NamedNode, ox.NamedNode, ox.NamedNode | ox.Literal]]:
    """Every question as a SELECT and every rule as a CONSTRUCT that can be run."""
    texts: list[Question | Rule] = [*load_questions().values(), *load_rules().values()]
    for text in texts:
        kind, does = ("query", "select") if isinstance(text, Question) else ("rule", "construct")
        node = terms.dataset(f"{kind}/{text.name}")
        yield node, term("rdf:type"), term("sh:SPARQLExecutable")
        yield node, term("rdf:type"), term(f"sh:SPARQL{does.title()}Executable")
        yield node, term("dcterms:isPartOf"), terms.dataset()
        yield node, term(f"sh:{does}"), ox.Literal(_with_prefixes(text.sparql, terms))
        for language in LANGUAGES:
            yield node, term("rdfs:label"), ox.Literal(text.titles[language], language=language)
            yield node, term("rdfs:comment"), ox.Literal(text.descriptions[language], language=language)


def _with_prefixes(sparql: str, terms: Terms) -> str:
    """The query with the prefixes that it uses, so that it runs anywhere."""
    used = sorted(name for name in terms.prefixes if re.search(rf"(?<![\w?:]){name}:", sparql))
    return "".join(f"PREFIX {name}: <{terms.prefixes[name]}>\n" for name in used) + sparql


def _rebase(node: Any, terms: Terms) -> Any:
    """A term of dataset.ttl: what is the graph's own goes under its base."""
    if isinstance(node, ox.NamedNode) and node.value.startswith((f"{BASE}dataset", f"{BASE}graph/")):
        return ox.NamedNode(terms.base + node.value.removeprefix(BASE))
    return node


def _tally(rdf: ox.Store, sparql: str) -> Mapping[str, int]:
    rows = cast(ox.QuerySolutions, rdf.query(sparql))
    counted = [(row["of"], row["n"]) for row in rows]
    return {of.value: int(n.value) for of, n in counted if isinstance(of, ox.NamedNode) and isinstance(n, ox.Literal)}


def _local(iri: str) -> str:
    """A class or property as a segment of an IRI: coop-Region, or a hash where no prefix is known."""
    for prefix, space in ontology_prefixes().items():
        if iri.startswith(space) and re.fullmatch(r"\w+", iri.removeprefix(space)):
            return f"{prefix}-{iri.removeprefix(space)}"
    return content_hash(iri)[:16]


def _number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=ox.NamedNode(_XSD + "integer"))
