"""What the service says of itself: SPARQL 1.1 Service Description, and VoID for its data."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pyoxigraph as ox
from starlette.requests import Request
from starlette.responses import Response

from kg.server.frames import Message
from kg.server.negotiation import RDF, RESULTS
from kg.server.pool import Answer
from kg.server.service import Service, of, respond_with

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
DCTERMS = "http://purl.org/dc/terms/"
FORMATS = "http://www.w3.org/ns/formats/"
_RDF_TYPE = ox.NamedNode("http://www.w3.org/1999/02/22-rdf-syntax-ns#type")
_XSD_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")
_LICENSE = ox.NamedNode("https://www.apache.org/licenses/LICENSE-2.0")
# W3C's IRIs for the formats, https://www.w3.org/ns/formats/
_NAMES = {
    "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML",
    "csv": "SPARQL_Results_CSV",
    "tsv": "SPARQL_Results_TSV",
    "turtle": "Turtle",
    "ntriples": "N-Triples",
    "rdfxml": "RDF_XML",
    "jsonld": "JSON-LD",
    "n3": "N3",
}
_COUNTS = {
    "triples": "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }",
    "properties": "SELECT ?of (COUNT(*) AS ?n) { ?s ?of ?o } GROUP BY ?of ORDER BY ?of",
    "classes": "SELECT ?of (COUNT(*) AS ?n) { ?s a ?of } GROUP BY ?of ORDER BY ?of",
}

Node = ox.NamedNode | ox.BlankNode
Value = Node | ox.Literal


async def describe(request: Request, media: str) -> Response:
    """The description in an RDF format."""
    service = of(request)
    endpoint = f"{request.url.scheme}://{request.url.netloc}/sparql"
    counts = {} if service.settings.writable else await _counts(service)
    prefixes = {"sd": SD, "void": VOID, "formats": FORMATS, "dcterms": DCTERMS}
    body = ox.serialize(_triples(service, endpoint, counts), format=ox.RdfFormat.from_media_type(media), prefixes=prefixes)
    return respond_with(Answer(body=body or b"", media=media))


def _triples(service: Service, endpoint: str, counts: dict[str, dict[str, int]]) -> Iterator[ox.Triple]:
    node, dataset, graph = (ox.NamedNode(f"{endpoint}#{name}") for name in ("service", "dataset", "default-graph"))
    yield _triple(node, _RDF_TYPE, _sd("Service"))
    yield _triple(node, _sd("endpoint"), ox.NamedNode(endpoint))
    for language in ("SPARQL10Query", "SPARQL11Query", *(("SPARQL11Update",) if service.settings.writable else ())):
        yield _triple(node, _sd("supportedLanguage"), _sd(language))
    yield _triple(node, _sd("feature"), _sd("EmptyGraphs"))
    for name in (*RESULTS.values(), *RDF.values()):
        yield _triple(node, _sd("resultFormat"), ox.NamedNode(FORMATS + _NAMES[name]))
    if service.settings.writable:
        for name in RDF.values():
            yield _triple(node, _sd("inputFormat"), ox.NamedNode(FORMATS + _NAMES[name]))
    yield _triple(node, _sd("defaultDataset"), dataset)
    yield _triple(dataset, _RDF_TYPE, _sd("Dataset"))
    yield _triple(dataset, _RDF_TYPE, _void("Dataset"))
    yield _triple(dataset, _sd("defaultGraph"), graph)
    yield _triple(dataset, _void("sparqlEndpoint"), ox.NamedNode(endpoint))
    yield _triple(graph, _RDF_TYPE, _sd("Graph"))
    if service.settings.writable:
        return
    yield _triple(dataset, ox.NamedNode(DCTERMS + "title"), ox.Literal("Who cooperates with whom", language="en"))
    yield _triple(dataset, ox.NamedNode(DCTERMS + "title"), ox.Literal("谁与谁合作", language="zh"))
    yield _triple(dataset, _void("uriSpace"), ox.Literal(f"{service.terms.base}id/"))
    for space in sorted(set(service.terms.prefixes.values())):
        yield _triple(dataset, _void("vocabulary"), ox.NamedNode(space))
    for total in counts.get("triples", {}).values():
        yield _triple(dataset, _void("triples"), _number(total))
    for kind, part, key, number in (
        ("properties", "propertyPartition", "property", "triples"),
        ("classes", "classPartition", "class", "entities"),
    ):
        for place, (iri, total) in enumerate(sorted(counts.get(kind, {}).items())):
            partition = ox.NamedNode(f"{endpoint}#{key}-{place}")
            yield _triple(dataset, _void(part), partition)
            yield _triple(partition, _void(key), ox.NamedNode(iri))
            yield _triple(partition, _void(number), _number(total))


async def _counts(service: Service) -> dict[str, dict[str, int]]:
    """How many triples there are in all, of each property and of each class; what takes too long is left out."""
    generation = service.pool.generation
    if generation not in service.counts:
        found: dict[str, dict[str, int]] = {}
        for name, sparql in _COUNTS.items():
            job: Message = {"do": "query", "sparql": sparql, "results": "application/sparql-results+json", "trusted": True}
            answer = await service.pool.run(job)
            if not answer.reason:
                rows = json.loads(answer.body)["results"]["bindings"]
                found[name] = {row.get("of", {"value": ""})["value"]: int(row["n"]["value"]) for row in rows}
        service.counts.clear()
        service.counts[generation] = found
    return service.counts[generation]


def _triple(subject: Node, predicate: ox.NamedNode, object_: Value) -> ox.Triple:
    return ox.Triple(subject, predicate, object_)


def _number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=_XSD_INTEGER)


def _sd(name: str) -> ox.NamedNode:
    return ox.NamedNode(SD + name)


def _void(name: str) -> ox.NamedNode:
    return ox.NamedNode(VOID + name)
