"""A graph on a SPARQL server elsewhere, asked like one in a folder: `kg query -g http://host/sparql …`, `kg.open("http://…")`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from urllib.parse import urlencode

import pyoxigraph as ox

from kg.errors import EndpointError, QueryError
from kg.graph.engine import Given, Solutions, Term
from kg.graph.guard import Token, read_tokens
from kg.graph.store import Graph
from kg.graph.store import open_graph as open_folder
from kg.graph.terms import BASE, Terms
from kg.server.transport import Response, Transport, split_credentials

_RESULTS, _RDF = "application/sparql-results+json", "application/n-triples, text/turtle;q=0.8"
_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_PARSED = {"application/n-triples", "text/turtle", "text/plain", "text/n3", "application/rdf+xml"}
_BOOLEAN = "http://www.w3.org/2001/XMLSchema#boolean"
_FORM = "application/x-www-form-urlencoded"
# Headers by which a server says that it did not send everything (Virtuoso).
_CUT_OFF = ("x-sparql-maxrows", "x-sql-state")
# Graphs that a push keeps beside the data: the union where the server makes none, and what was pushed.
UNION, PUSHED = "union", "pushed"
_GENID = ".well-known/genid/"
_ANY_ARTICLE = "SELECT ?article WHERE { ?article a coop:Article } LIMIT 1"
_GRAPHS = "SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?s ?p ?o } }"


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a kind of server has its endpoints, as paths below one common base."""

    query: str
    update: str
    graphs: str


# The first whose query and update endpoints are there is taken; ours asks for least and comes after its like.
LAYOUTS: Mapping[str, Layout] = {
    "virtuoso": Layout("/sparql", "/sparql-auth", "/sparql-graph-crud-auth"),
    "oxigraph": Layout("/query", "/update", "/store"),
    "fuseki": Layout("/sparql", "/update", "/data"),
    "fuseki, query": Layout("/query", "/update", "/data"),
    "cooperation-kg": Layout("/sparql", "/sparql", "/graphs"),
    "rdf4j": Layout("", "/statements", "/rdf-graphs/service"),
}


@dataclass(frozen=True, slots=True)
class Endpoints:
    """The addresses of one server; empty where it has none."""

    query: str
    update: str
    graphs: str


def open_graph(place: str | os.PathLike[str]) -> Graph:
    """The graph of a folder, or of an endpoint where the place is a web address. Raises GraphError and EndpointError."""
    if is_address(place):
        return Graph(connect(str(place)))
    return open_folder(place)


def is_address(place: str | os.PathLike[str]) -> bool:
    """Whether a place is a web address rather than a folder."""
    return str(place).startswith(("http://", "https://"))


def connect(url: str, *, base: str | None = None, timeout: float = 120.0) -> RemoteEngine:
    """The graph behind an endpoint. `base` is where its IRIs begin; found out from the data if left out.

    Raises EndpointError where nobody answers there in SPARQL.
    """
    plain, user, password = split_credentials(url)
    transport = Transport(user, password, timeout)
    engine = RemoteEngine(transport, discover(transport, plain), Terms(base or BASE))
    terms = engine.terms if base else Terms(_find_base(engine))
    # Where a push has put the union as a graph of its own, that is the default graph.
    union = terms.graph(UNION)
    found = engine.evaluate(f"ASK {{ GRAPH {union} {{ ?s ?p ?o }} }}", {}) is True
    return RemoteEngine(transport, engine.endpoints, terms, union if found else None)


def discover(transport: Transport, url: str) -> Endpoints:
    """The endpoints of the server at an address: that of the server, or of any of its endpoints. Raises EndpointError."""
    url = url.rstrip("/")
    candidates = [layout for layout in LAYOUTS.values() if any(url.endswith(path) for path in _paths(layout) if path)]
    for layout in [*candidates, *LAYOUTS.values()]:
        ends = [path for path in _paths(layout) if path and url.endswith(path)]
        stem = url.removesuffix(max(ends, key=len)) if ends else url
        found = Endpoints(stem + layout.query, stem + layout.update, stem + layout.graphs)
        if _answers(transport, found.query) and _exists(transport, found.update):
            return found
    if _answers(transport, url):
        return Endpoints(url, url, "")
    raise EndpointError(f"{url}: nobody answers there in SPARQL; give the address of a query endpoint")


class RemoteEngine:
    """The graph behind a query endpoint, as the graph room asks it. What is sent to it is read there, not here."""

    def __init__(self, transport: Transport, endpoints: Endpoints, terms: Terms, default: ox.NamedNode | None = None) -> None:
        self.endpoints = endpoints
        self.terms = terms
        self._transport = transport
        self._default = default

    def evaluate(self, sparql: str, given: Given) -> Solutions | bool | list[ox.Triple]:
        """The answer to a query. Raises QueryError where the server refuses it, EndpointError where it does not answer."""
        text = with_prefixes(with_values(sparql, given), self.terms.prefixes)
        # Virtuoso knows no graph by its name where the default graph is given.
        return self._ask(text, None if names_graph(sparql) else self._default)

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of the named graphs under the base, graph by graph."""
        for name in self.graphs():
            for triple in self.triples(name):
                subject, object_ = (_unname(term, self.terms.base) for term in (triple.subject, triple.object))
                yield ox.Quad(subject, triple.predicate, object_, name)

    def graphs(self) -> list[ox.NamedNode]:
        """The names of the graphs under the base, but for what a push keeps for itself."""
        found = self._ask(_GRAPHS, None)
        assert isinstance(found, Solutions)
        own = {self.terms.graph(UNION).value, self.terms.graph(PUSHED).value}
        start = self.terms.graph("").value
        names = {row[0] for row in found.rows if isinstance(row[0], ox.NamedNode)}
        return sorted((n for n in names if n.value.startswith(start) and n.value not in own), key=lambda node: node.value)

    def triples(self, graph: ox.NamedNode | None) -> list[ox.Triple]:
        """Everything in one graph; None is the server's default graph."""
        pattern = f"GRAPH {graph} {{ ?s ?p ?o }}" if graph else "?s ?p ?o"
        found = self._ask(f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", None)
        assert isinstance(found, list)
        return found

    def _ask(self, sparql: str, default: ox.NamedNode | None) -> Solutions | bool | list[ox.Triple]:
        parameters = {"query": sparql, **({"default-graph-uri": default.value} if default else {})}
        headers = {"Content-Type": _FORM, "Accept": _RDF if gives_rdf(sparql) else _RESULTS}
        response = self._transport.send("POST", self.endpoints.query, urlencode(parameters).encode(), headers)
        return _read(self.endpoints.query, response)


def name_blank_nodes(triple: ox.Triple, base: str) -> ox.Triple:
    """The triple with names under the base for blank nodes, as RDF 1.1 § 3.5 has it; `quads` of an endpoint takes them back."""
    subject, object_ = (
        ox.NamedNode(f"{base}{_GENID}{term.value}") if isinstance(term, ox.BlankNode) else term
        for term in (triple.subject, triple.object)
    )
    return ox.Triple(subject, triple.predicate, object_)  # type: ignore[arg-type]  # a subject is no literal


def _unname(term: Any, base: str) -> Any:
    if isinstance(term, ox.NamedNode) and term.value.startswith(base + _GENID):
        return ox.BlankNode(term.value[len(base + _GENID) :])
    return term


def _find_base(engine: RemoteEngine) -> str:
    """Where the IRIs begin, as an article's tells."""
    found = engine.evaluate(_ANY_ARTICLE, {})
    articles = [row[0] for row in found.rows] if isinstance(found, Solutions) else []
    for article in articles:
        if isinstance(article, ox.NamedNode) and "id/article/" in article.value:
            return article.value.partition("id/article/")[0]
    return BASE


def gives_rdf(sparql: str) -> bool:
    """Whether a query is a CONSTRUCT or DESCRIBE. A server that is asked for either kind of answer may give the wrong one."""
    words = (token.text.upper() for token in read_tokens(sparql) if token.kind == "word" and token.depth == 0)
    return next((word for word in words if word in _FORMS), "") in ("CONSTRUCT", "DESCRIBE")


def names_graph(sparql: str) -> bool:
    """Whether a query looks into a graph that it names, with GRAPH and an IRI."""
    return any(word.text.upper() == "GRAPH" and after.kind in ("iri", "name") for word, after in pairwise(read_tokens(sparql)))


def with_prefixes(sparql: str, prefixes: Mapping[str, str]) -> str:
    """The query with a declaration for each of our prefixes that it uses and does not declare."""
    tokens = read_tokens(sparql)
    names = {token.text.partition(":")[0] for token in tokens if token.kind == "name"}
    declared = {
        after.text.partition(":")[0]
        for word, after in pairwise(tokens)
        if word.kind == "word" and word.text.upper() == "PREFIX"
    }
    wanted = sorted(name for name in names - declared if name in prefixes)
    return "".join(f"PREFIX {name}: {ox.NamedNode(prefixes[name])}\n" for name in wanted) + sparql


def with_values(sparql: str, given: Given) -> str:
    """The query with the values put, as VALUES, into each group that speaks of the variable, and into the outermost one.

    The protocol has no place for values beside the text. A term of the engine writes itself in the syntax of SPARQL, so
    nothing in it can end it.
    """
    if not given:
        return sparql
    tokens = read_tokens(sparql)
    cuts: list[tuple[int, str]] = []
    for place, names in _groups(tokens):
        rows = [f"VALUES ?{name} {{ {value} }}" for name, value in given.items() if name in names or place == _first(tokens)]
        if rows:
            cuts.append((place, f" {' '.join(rows)} "))
    parts, last = [], 0
    for place, text in sorted(cuts):
        parts += [sparql[last:place], text]
        last = place
    return "".join([*parts, sparql[last:]])


def _groups(tokens: list[Token]) -> Iterator[tuple[int, set[str]]]:
    """The group patterns: where their inside begins, and the variables that stand in them directly."""
    open_: list[tuple[Token, set[str], list[Token]]] = []
    for token in tokens:
        if open_:
            open_[-1][2].append(token)
        if token.kind == "open":
            # What stands in parentheses and brackets stands in the group around them.
            names = set[str]() if token.text == "{" or not open_ else open_[-1][1]
            open_.append((token, names, []))
        elif token.kind == "close" and open_:
            opening, names, inside = open_.pop()
            begins_subquery = bool(inside) and inside[0].text.upper() == "SELECT"
            if opening.text == "{" and not opening.data and not begins_subquery:
                yield opening.start + 1, names
        elif token.kind == "variable" and open_:
            open_[-1][1].add(token.text[1:])


def _first(tokens: list[Token]) -> int:
    """Where the inside of the outermost group begins."""
    return next((t.start + 1 for t in tokens if t.kind == "open" and t.text == "{" and not t.data and t.depth == 0), -1)


def _paths(layout: Layout) -> tuple[str, str, str]:
    return layout.query, layout.update, layout.graphs


def _answers(transport: Transport, url: str) -> bool:
    """Whether somebody at the address answers a yes-or-no question in SPARQL."""
    body = urlencode({"query": "ASK {}"}).encode()
    headers = {"Content-Type": _FORM, "Accept": "application/sparql-results+json"}
    response = transport.send("POST", url, body, headers, repeat=False)
    try:
        return response.status == 200 and json.loads(response.body).get("boolean") is True
    except (ValueError, AttributeError):
        return False


def _exists(transport: Transport, url: str) -> bool:
    return transport.send("GET", url, repeat=False).status != 404


def _read(url: str, response: Response) -> Solutions | bool | list[ox.Triple]:
    if response.status in (400, 403, 406, 413, 422):
        raise QueryError(f"{url} refuses the query: {refusal_of(response)}")
    if response.status != 200:
        raise EndpointError(f"{url}: HTTP {response.status}: {refusal_of(response)}")
    if any(name in response.headers for name in _CUT_OFF):
        raise EndpointError(f"{url}: sends only a part of the answer: raise its limits (Virtuoso: [SPARQL] in virtuoso.ini)")
    try:
        if response.media in _PARSED:
            media = "application/n-triples" if response.media == "text/plain" else response.media
            parsed = ox.parse(response.body, format=ox.RdfFormat.from_media_type(media))
            return [quad.triple for quad in parsed]
        results = ox.parse_query_results(response.body, format=ox.QueryResultsFormat.JSON)
        if isinstance(results, ox.QuerySolutions):
            return Solutions(tuple(v.value for v in results.variables), [tuple(map(_plain, row)) for row in results])
        return bool(results)
    except (SyntaxError, ValueError) as error:
        raise EndpointError(f"{url}: the answer ({response.media}) cannot be read: {_line(str(error))}") from error


def refusal_of(response: Response) -> str:
    """What a server says is wrong, in one line."""
    text = response.body[:2000].decode("utf-8", "replace")
    if response.media == "application/problem+json":
        try:
            return str(json.loads(response.body)["detail"])
        except (ValueError, KeyError):
            pass
    return _line(text)


def _line(text: str) -> str:
    return " ".join(text.split())[:300] or "no reason given"


def _plain(term: Term | None) -> Term | None:
    """A term as every engine writes it: some write yes and no as 1 and 0."""
    if isinstance(term, ox.Literal) and term.datatype.value == _BOOLEAN and term.value in "10":
        return ox.Literal("true" if term.value == "1" else "false", datatype=term.datatype)
    return term
