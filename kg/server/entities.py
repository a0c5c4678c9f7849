"""What the page of a node shows: read from the graph inside a worker, as plain values for the template."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kg.graph.engine import Given, Solutions, select
from kg.graph.reading import Source, local_id, read_accounts, read_articles, read_derivations, read_entities
from kg.graph.terms import Terms
from kg.model import Claim, Entity
from kg.schema import load_schema, load_terms

# Everything that is said of a node, and of the statements, claims and quotes it stands in.
_ABOUT = """SELECT DISTINCT ?node ?about ?p ?o WHERE {
  { ?node ?p ?o . BIND(?node AS ?about) }
  UNION { ?about rdf:subject ?node ; ?p ?o } UNION { ?about rdf:object ?node ; ?p ?o }
  UNION { ?statement rdf:subject ?node . ?about coop:states ?statement ; ?p ?o }
  UNION { ?statement rdf:object ?node . ?about coop:states ?statement ; ?p ?o }
  UNION { ?statement rdf:subject ?node . ?claim coop:states ?statement ; coop:quote ?about . ?about ?p ?o }
  UNION { ?statement rdf:object ?node . ?claim coop:states ?statement ; coop:quote ?about . ?about ?p ?o }
} ORDER BY ?about ?p ?o"""
_PROPERTIES = "SELECT DISTINCT ?node ?p ?o WHERE { ?node ?p ?o } ORDER BY ?p ?o LIMIT 500"
_MOST = 300
Page = dict[str, object]


class StoreEngine:
    """An open store as the graph room asks it."""

    def __init__(self, store: ox.Store, terms: Terms) -> None:
        self.terms = terms
        self._store = store

    def evaluate(self, sparql: str, given: Given) -> Solutions | bool | list[ox.Triple]:
        """The answer to a query of the project's own."""
        substitutions = {ox.Variable(name): value for name, value in given.items()}
        result = self._store.query(sparql, prefixes=dict(self.terms.prefixes), substitutions=dict(substitutions))
        match result:
            case ox.QueryBoolean():
                return bool(result)
            case ox.QueryTriples():
                return list(result)
        return Solutions(tuple(v.value for v in result.variables), [tuple(row) for row in result])

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of every named graph."""
        return (quad for quad in self._store if not isinstance(quad.graph_name, ox.DefaultGraph))


def read_page(engine: StoreEngine, node: ox.NamedNode) -> Page | None:
    """What the page of a node shows; None where the graph says nothing of it."""
    rows = select(engine, _PROPERTIES, {"node": node}).rows
    if not rows:
        return None
    entities = read_entities(engine, node)
    page: Page = {"iri": node.value, "properties": [_property(engine.terms, predicate, value) for _, predicate, value in rows]}
    for id_, entity in entities.items():
        page |= {"entity": _entity(engine.terms, entity), "statements": _statements(engine, node, id_)}
    return page


def read_triples(engine: StoreEngine, node: ox.NamedNode) -> list[ox.Triple]:
    """What the graph says of a node, and of the statements, claims and quotes it stands in; in the order of their names."""
    return [
        ox.Triple(about, predicate, value)
        for _, about, predicate, value in select(engine, _ABOUT, {"node": node}).rows
        if isinstance(about, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and value is not None
    ]


def _entity(terms: Terms, entity: Entity) -> Page:
    return {
        "names": [{"tag": tag, "text": name, "gloss": tag in entity.glosses} for tag, name in entity.names.items()],
        "type": _labels(entity.type),
        "aliases": sorted(entity.aliases),
        "identifiers": [f"{scheme}:{value}" for scheme, value in entity.identifiers.items()],
        "parent": terms.entity(entity.parent).value if entity.parent else None,
    }


def _statements(engine: StoreEngine, node: ox.NamedNode, id_: str) -> list[Page]:
    """The statements the entity takes part in, the latest first, then what is derived; so many at most."""
    accounts = [account for account in read_accounts(engine, node) if account.statement.claims]
    accounts.sort(key=lambda a: (a.statement.date or "", a.id), reverse=True)
    sources: dict[str, Source] = {}
    others: dict[str, Page] = {}

    def other(subject: str, object_: str) -> Page:
        side = object_ if subject == id_ else subject
        if side not in others:
            found = read_entities(engine, engine.terms.entity(side))
            names: Mapping[str, str] = found[side].names if side in found else {}
            others[side] = {
                "iri": engine.terms.entity(side).value,
                "zh": names.get("zh", side),
                "en": names.get("en", side),
            }
        return others[side]

    def sentence(claim: Claim) -> Page:
        article = claim.quote.article
        if article not in sources:
            sources.update(read_articles(engine, engine.terms.article(article)))
        source = sources.get(article)
        return {
            "parts": list(_parts(claim)),
            "title": source.title if source else article,
            "publisher": source.publisher if source else "",
            "published": (source.published if source else None) or "",
            "url": _web(source.url if source else None),
            "article": engine.terms.article(article).value,
            "rule": claim.rule,
            "confidence": claim.confidence,
        }

    shown: list[Page] = []
    for account in accounts[:_MOST]:
        s = account.statement
        shown.append(
            {
                "other": other(s.subject, s.object),
                "direction": _direction(s.predicate, s.subject == id_),
                "predicate": _labels(s.predicate),
                "status": _labels(s.status),
                "state": s.status,
                "date": s.date or "",
                "sentences": [sentence(claim) for claim in s.claims],
            }
        )
    for derivation in read_derivations(engine, node)[:_MOST]:
        shown.append(
            {
                "other": other(derivation.subject, derivation.object),
                "direction": _direction(derivation.predicate, derivation.subject == id_),
                "predicate": _labels(derivation.predicate),
                "status": {"zh": "推断得出", "en": "derived"},
                "state": "derived",
                "date": "",
                "rule": derivation.rule,
                "sentences": [],
            }
        )
    return shown


def _direction(predicate: str, is_subject: bool) -> str:
    """`out` and `in` where the relation has a direction, else `both`."""
    known = load_schema().predicates.get(predicate)
    if known is None or known.symmetric:
        return "both"
    return "out" if is_subject else "in"


def _parts(claim: Claim) -> Iterator[tuple[str, str]]:
    """The sentence in pieces, each with what it is: `subject`, `object`, `cue` or nothing."""
    spans = [(claim.subject.start, claim.subject.end, "subject"), (claim.object.start, claim.object.end, "object")]
    spans += [(start, end, "cue") for start, end in claim.cues]
    here = claim.quote.start
    for start, end, kind in sorted((s, e, k) for s, e, k in spans if s is not None and e is not None):
        if start < here or end > claim.quote.end:
            continue
        yield claim.quote.text[here - claim.quote.start : start - claim.quote.start], ""
        yield claim.quote.text[start - claim.quote.start : end - claim.quote.start], kind
        here = end
    yield claim.quote.text[here - claim.quote.start :], ""


def _property(terms: Terms, predicate: object, value: object) -> Page:
    label = predicate.value if isinstance(predicate, ox.NamedNode) else ""
    shown: Page = {"predicate": _short(terms, label), "value": "", "iri": None, "tag": ""}
    match value:
        case ox.NamedNode():
            shown |= {"value": _short(terms, value.value), "iri": value.value}
        case ox.Literal():
            shown |= {"value": value.value, "tag": value.language or local_id(value.datatype)}
    return shown


def _short(terms: Terms, iri: str) -> str:
    for prefix, space in terms.prefixes.items():
        if iri.startswith(space) and len(iri) > len(space):
            return f"{prefix}:{iri[len(space) :]}"
    return iri


def _labels(name: str) -> dict[str, str]:
    term = load_terms().get(name)
    return dict(term.labels) if term else {"zh": name, "en": name}


def _web(url: str | None) -> str:
    """The address if a browser may go there, else nothing: an article can say `javascript:`."""
    return url if url and url.lower().startswith(("https://", "http://")) else ""
