"""Names → entities of a graph: any form that the graph or the registry knows, in any script and case, never guessed."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from contextlib import suppress
from difflib import get_close_matches

import pyoxigraph as ox

from kg.articles.folding import simplify
from kg.errors import AmbiguousName, NotFound
from kg.graph.engine import Engine, Given, select
from kg.graph.reading import read_entities
from kg.names import load_names

_LANGUAGES = (None, "zh", "en", "zh-Latn-pinyin", "zh-Hant")
_ENTITY = "?node a ?class . ?class rdfs:subClassOf+ ?top . VALUES ?top { coop:Actor coop:Undertaking } }"
_BEARING = (
    "SELECT DISTINCT ?name ?node WHERE { VALUES ?property { skos:prefLabel skos:altLabel } ?node ?property ?name . " + _ENTITY
)
_IDENTIFIED = "SELECT DISTINCT ?name ?node WHERE { ?node dcterms:identifier ?name . " + _ENTITY
_CALLED = """SELECT DISTINCT ?name ?node WHERE {
  { ?claim coop:subject_form ?name ; coop:states/rdf:subject ?node } UNION
  { ?claim coop:object_form ?name ; coop:states/rdf:object ?node } }"""
_TYPED = "SELECT DISTINCT ?node ?class WHERE { " + _ENTITY
_LABELS = "SELECT ?node ?class ?label WHERE { ?node skos:prefLabel ?label . " + _ENTITY


def find_entity(engine: Engine, name: str) -> ox.NamedNode:
    """The entity that a name stands for: a label or other form, an id, an identifier (`iso3166-1:NO`) or an IRI.

    Forms are tried as written, then in simplified characters, then what articles call it, then in any case and width. Raises
    NotFound, and AmbiguousName with the candidates where several entities bear the name.
    """
    name = name.strip().encode("utf-8", "replace").decode("utf-8")
    for found in _ways(engine, name):
        if len(found) == 1:
            return found[0]
        if found:
            raise AmbiguousName(name, [_line(engine, node) for node in found])
    close = get_close_matches(_fold(name), [_fold(label.value) for _, label in _labels(engine)], n=3)
    hint = f"; similar: {', '.join(dict.fromkeys(close))}" if close else ""
    raise NotFound(f"“{name}” is not in the graph{hint}")


def _ways(engine: Engine, name: str) -> Iterator[list[ox.NamedNode]]:
    """What each way of reading the name finds, the surest first."""
    for form in dict.fromkeys([name, simplify(name)]):
        yield _bearers(engine, _BEARING, form, _LANGUAGES)
    yield [node for node in _addresses(engine, name) if _nodes(engine, _TYPED, {"node": node})]
    yield _bearers(engine, _IDENTIFIED, name, [None])
    registered = [
        engine.terms.entity(known.id) for known in load_names() if name in (known.zh, known.zh_hant, known.en, *known.aliases)
    ]
    yield [node for node in registered if _nodes(engine, _TYPED, {"node": node})]
    for form in dict.fromkeys([name, simplify(name)]):
        yield _bearers(engine, _CALLED, form, [None])
    yield sorted({node for node, label in _labels(engine) if _fold(label.value) == _fold(name)}, key=str)


def _addresses(engine: Engine, name: str) -> Iterator[ox.NamedNode]:
    """The name read as an id or an IRI."""
    yield engine.terms.entity(name.removeprefix("id:"))
    if name.startswith(engine.terms.base):
        with suppress(ValueError):
            yield ox.NamedNode(name)


def _bearers(engine: Engine, query: str, form: str, languages: Iterable[str | None]) -> list[ox.NamedNode]:
    names = [ox.Literal(form, language=tag) if tag else ox.Literal(form) for tag in languages]
    return sorted({node for name in names for node in _nodes(engine, query, {"name": name})}, key=str)


def _nodes(engine: Engine, query: str, given: Given) -> set[ox.NamedNode]:
    solutions = select(engine, query, given)
    place = solutions.variables.index("node")
    return {node for row in solutions.rows if isinstance(node := row[place], ox.NamedNode)}


def _labels(engine: Engine) -> list[tuple[ox.NamedNode, ox.Literal]]:
    return [
        (node, label)
        for node, _, label in select(engine, _LABELS, {}).rows
        if isinstance(node, ox.NamedNode) and isinstance(label, ox.Literal)
    ]


def _line(engine: Engine, node: ox.NamedNode) -> str:
    """An entity as a candidate is shown: 山东省 · Shandong (Region, cn-shandong)."""
    [entity] = read_entities(engine, node).values()
    names = dict.fromkeys(entity.names[language] for language in ("zh", "en") if language in entity.names)
    return f"{' · '.join(names)} ({entity.type}, {entity.id})"


def _fold(name: str) -> str:
    return simplify(" ".join(unicodedata.normalize("NFKC", name).split())).casefold()
