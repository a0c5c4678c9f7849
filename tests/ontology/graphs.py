"""The example graphs of the ontology, as stores and as rdflib graphs."""

from functools import cache
from pathlib import Path

import pyoxigraph as ox
import rdflib

from kg.questions import Question, load_rules

ONTOLOGY = Path(__file__).resolve().parents[2] / "ontology"
BASE = "https://w3id.org/cooperation-kg/"
DERIVED = ox.NamedNode(BASE + "graph/derived")
PREFIXES = {
    "article": BASE + "id/article/",
    "coop": BASE + "ontology#",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "id": BASE + "id/",
    "kind": BASE + "agreement-kinds#",
    "oa": "http://www.w3.org/ns/oa#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "topic": BASE + "topics#",
}


def entity(name: str) -> ox.NamedNode:
    return ox.NamedNode(BASE + "id/" + name)


def construct(store: ox.Store, sparql: str, **given: ox.NamedNode) -> set[ox.Triple]:
    found = store.query(
        sparql,
        prefixes=PREFIXES,
        substitutions={ox.Variable(key): value for key, value in given.items()},
    )
    return set(found)  # type: ignore[arg-type]


@cache
def stated() -> ox.Store:
    """The golden graph and the ontology, without what rules derive."""
    store = ox.Store()
    store.load(path=str(ONTOLOGY / "examples/good/harbour.trig"), format=ox.RdfFormat.TRIG)
    for file in ("cooperation.ttl", "topics.ttl"):
        store.load(path=str(ONTOLOGY / file), format=ox.RdfFormat.TURTLE, to_graph=ox.NamedNode(BASE + "graph/ontology"))
    return _with_union(store)


@cache
def derived() -> ox.Store:
    """The golden graph with what the rules derive at every build."""
    store = ox.Store()
    store.extend(iter(stated()))
    for rule in load_rules().values():
        if not rule.on_request:
            store.extend(ox.Quad(*triple, DERIVED) for triple in construct(stated(), rule.sparql))
    return _with_union(store)


def _with_union(store: ox.Store) -> ox.Store:
    """The store with the union of its graphs as its default graph, as docs/data-shape.md asks for it."""
    store.extend([ox.Quad(q.subject, q.predicate, q.object) for q in store])
    return store


def ask(store: ox.Store, question: Question, **given: ox.NamedNode | ox.Literal) -> list[dict[str, str]]:
    """The rows of a question as texts by column, unbound columns left out."""
    found = store.query(
        question.sparql,
        prefixes=PREFIXES,
        substitutions={ox.Variable(key): value for key, value in given.items()},
    )
    assert isinstance(found, ox.QuerySolutions)
    columns = [variable.value for variable in found.variables]
    return [{column: row[column].value for column in columns if row[column] is not None} for row in found]


@cache
def names() -> dict[str, ox.NamedNode]:
    """Entities and concepts by every label they have."""
    skos = PREFIXES["skos"]
    quads = [q for p in ("prefLabel", "altLabel") for q in stated().quads_for_pattern(None, ox.NamedNode(skos + p), None)]
    return {quad.object.value: quad.subject for quad in quads}


def give(question: Question) -> dict[str, ox.NamedNode | ox.Literal]:
    """The example of a question as RDF terms."""
    kinds = {parameter.name: parameter.kind for parameter in question.parameters}
    return {
        key: names()[value]
        if kinds[key] in ("entity", "topic")
        else ox.Literal(int(value) if kinds[key] == "number" else value)
        for key, value in question.example.items()
    }


def union(store: ox.Store) -> rdflib.Graph:
    """All graphs of a store as one rdflib graph."""
    text = "\n".join(str(ox.Triple(q.subject, q.predicate, q.object)) + " ." for q in store)
    return rdflib.Graph().parse(data=text, format="nt")
