"""Does the graph keep the rules of ontology/shapes.ttl, and is every quote in its article: what does not, with the sentence.

pySHACL looks at the articles' graphs a few hundred at a time, because each holds all that its shapes ask about; then at what is
derived, judged and reprinted, with the kinds of the nodes that these refer to. The shapes that are queries are put to the store,
over all graphs at once: a join over many edges is its craft, and takes pySHACL time that grows with the square of their number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kg.graph.articles import ArticleTable
from kg.graph.engine import Engine, FolderEngine, Term, select
from kg.graph.folder import LEDGER, STORE
from kg.graph.generations import ARTICLES, reading
from kg.graph.ledger import Ledger
from kg.graph.reading import local_id
from kg.graph.records import ArticleRecord
from kg.graph.terms import term
from kg.resources import data_path

if TYPE_CHECKING:
    import rdflib

# Articles looked at together: pySHACL's time goes with the triples, its memory too.
BATCH = 300
_GRAPHS = "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?article a coop:Article } } ORDER BY ?graph"
_GRAPH = "CONSTRUCT { ?s ?p ?o } WHERE { GRAPH ?graph { ?s ?p ?o } }"
_KINDS = "CONSTRUCT { ?o a ?kind } WHERE { GRAPH ?graph { ?s ?p ?o } ?o a ?kind }"
_PLACE = """SELECT ?node ?subject ?predicate ?object ?status ?exact ?article WHERE {
  ?node (coop:states|coop:denies|coop:rejected|prov:wasDerivedFrom|^rdf:subject|^rdf:object
    |(^coop:quote/(coop:states|coop:denies|coop:rejected)))? ?statement .
  ?statement rdf:subject ?subject ; rdf:predicate ?predicate ; rdf:object ?object .
  OPTIONAL { ?statement coop:status ?status }
  OPTIONAL { ?claim coop:states|coop:denies|coop:rejected ?statement ; coop:quote ?quote .
    ?quote oa:exact ?exact ; oa:hasSource/dcterms:identifier ?article } }
ORDER BY ?statement ?article ?exact LIMIT 1"""
_QUOTES = """SELECT ?article ?quote ?start ?end ?exact WHERE {
  ?quote oa:hasSource ?article ; oa:start ?start ; oa:end ?end ; oa:exact ?exact } ORDER BY ?quote"""
_LABELS = "SELECT ?node ?label WHERE { ?node skos:prefLabel|rdfs:label ?label }"

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True, order=True)
class Violation:
    """Something that does not conform: which shape (local name), on which node (IRI), and why, in both languages.

    `statement` is the fact in words, `quote` the sentence at fault, `article` its id; empty where the node has none.
    """

    shape: str
    node: str
    zh: str
    en: str
    statement: str = ""
    quote: str = ""
    article: str = ""


def validate(folder: Path, *, progress: Progress | None = None) -> list[Violation]:
    """What of a graph folder does not conform, sorted; nothing where all does."""
    engine = FolderEngine(folder)
    return sorted({*check_shapes(engine, progress=progress), *check_quotes(folder, engine)})


def check_shapes(engine: Engine, *, progress: Progress | None = None) -> Iterator[Violation]:
    """What the shapes object to."""
    from rdflib.namespace import SH

    graphs = [row[0] for row in select(engine, _GRAPHS, {}).rows if isinstance(row[0], ox.NamedNode)]
    whole = [engine.terms.graph(name) for name in ("derived", "judgements", "reprints")]
    batches = [graphs[start : start + BATCH] for start in range(0, len(graphs), BATCH)]
    ontology = _triples(engine, _GRAPH, engine.terms.graph("ontology"))
    for number, batch in enumerate(batches):
        if progress is not None:
            progress("shapes", number * BATCH, len(graphs))
        data = {triple for graph in batch for triple in _triples(engine, _GRAPH, graph)}
        for objection in _objections([*ontology, *data]):
            yield _violation(engine, objection)
    # Of the nodes that these graphs refer to only the kind is at hand, so only what they say themselves is looked at:
    # the nodes that they describe, and the edges that they hold.
    about = {triple for graph in whole for triple in _triples(engine, _GRAPH, graph)}
    kinds = {triple for graph in whole for triple in _triples(engine, _KINDS, graph)}
    own = {str(triple.subject)[1:-1] for triple in about if triple.predicate == term("rdf:type")}
    for objection in _objections([*ontology, *about, *kinds]):
        edge = (objection.shape, SH.targetSubjectsOf, None) in _shapes()
        if edge or objection.focus in own or objection.path == term("coop:reprint_of").value:
            yield _violation(engine, objection)
    for objection in _answers(engine):
        yield _violation(engine, objection)


def check_quotes(folder: Path, engine: Engine) -> Iterator[Violation]:
    """The quotes whose words do not stand in the article, as the ledger has it, at the place they name."""
    ledger = Ledger(folder / LEDGER)
    with (
        reading(folder / STORE, articles=True) as generation,
        ArticleTable(generation.path / ARTICLES, read_only=True) as table,
    ):
        for known in table:
            position = table.position(known.id)
            record = ledger.record_at(position) if position else None
            rows = select(engine, _QUOTES, {"article": engine.terms.article(known.id)}).rows
            for _, quote, start, end, exact in rows:
                place = slice(int(_value(start)), int(_value(end)))
                if not isinstance(record, ArticleRecord) or record.text[place] != _value(exact):
                    zh, en = "引文与文章原文在该位置的文字不符。", "The quote is not what the article says at that place."
                    yield Violation("quote_found", _value(quote), zh, en, "", _value(exact), known.id)


@dataclass(frozen=True, slots=True)
class _Objection:
    """A shape, what it looked at, along which property, and what it found there; IRIs, the last two empty where there is none."""

    shape: rdflib.term.Node
    focus: str
    path: str
    value: str


def _objections(triples: Sequence[ox.Triple]) -> Iterator[_Objection]:
    """The results of pySHACL, on the shapes that are no queries."""
    import pyshacl
    import rdflib
    from rdflib.namespace import SH

    data = rdflib.Graph().parse(data=ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES), format="nt")
    shapes = rdflib.Graph()
    shapes += (triple for triple in _shapes() if triple[1] != SH.sparql)
    _, report, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none", inplace=True)
    for result in report.objects(None, SH.result):
        focus, path, value = (report.value(result, p) for p in (SH.focusNode, SH.resultPath, SH.value))
        shape = report.value(result, SH.sourceShape)
        yield _Objection(shape, str(focus), str(path or ""), str(value or ""))


def _answers(engine: Engine) -> Iterator[_Objection]:
    """The answers of the store to the shapes that are queries."""
    from rdflib.namespace import SH

    for shape, constraint in _shapes().subject_objects(SH.sparql):
        target, sparql = _shapes().value(shape, SH.targetNode), _shapes().value(constraint, SH.select)
        found = select(engine, str(sparql), {"this": ox.NamedNode(str(target))})
        at_fault = found.variables.index("value")
        for row in found.rows:
            yield _Objection(shape, str(target), "", _value(row[at_fault]))


def _violation(engine: Engine, objection: _Objection) -> Violation:
    """An objection in words."""
    import rdflib
    from rdflib.namespace import SH

    shapes, shape = _shapes(), objection.shape
    # A shape that targets a term of the vocabulary is asked once for all that use the term: the value is the node at fault.
    node = objection.value if (shape, SH.targetNode, None) in shapes else objection.focus
    messages = shapes.objects(shapes.value(shape, SH.sparql) or shape, SH.message)
    said = {message.language: str(message) for message in messages if isinstance(message, rdflib.Literal)}
    return Violation(str(shape).rpartition("#")[2], node, said.get("zh", ""), said.get("en", ""), *_place(engine, node))


def _place(engine: Engine, node: str) -> tuple[str, str, str]:
    """The statement that a node belongs to in words, its sentence, and the article's id."""
    for _, subject, predicate, object_, status, exact, article in select(engine, _PLACE, {"node": ox.NamedNode(node)}).rows:
        words = " – ".join(_label(engine, part) for part in (subject, predicate, object_, status) if part is not None)
        return words, _value(exact), _value(article)
    return "", "", ""


def _label(engine: Engine, node: Term | None) -> str:
    """What people call a node: its label in Chinese, else in English, else its id."""
    if not isinstance(node, ox.NamedNode):
        return ""
    found = (label for _, label in select(engine, _LABELS, {"node": node}).rows if isinstance(label, ox.Literal))
    labels = {label.language: label.value for label in found}
    return labels.get("zh") or labels.get("en") or local_id(node)


def _triples(engine: Engine, sparql: str, graph: ox.NamedNode) -> list[ox.Triple]:
    answer = engine.evaluate(sparql, {"graph": graph})
    return answer if isinstance(answer, list) else []


def _value(term_: Term | None) -> str:
    return term_.value if isinstance(term_, ox.NamedNode | ox.Literal) else ""


@cache
def _shapes() -> rdflib.Graph:
    import rdflib

    return rdflib.Graph().parse(data_path("ontology") / "shapes.ttl", format="turtle")
