"""The graph as RDF text, the same bytes for the same graph: quads sorted, with no more memory than a part of them needs."""

from __future__ import annotations

import heapq
import json
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack
from itertools import groupby, islice
from typing import IO

import pyoxigraph as ox

from kg.graph.engine import Engine
from kg.graph.jsonld import Compaction

# Lines that are sorted in memory at once; beyond that they are sorted in files and merged.
CHUNK = 500_000
# Quads in one INSERT DATA: what SPARQL servers take in one request.
UPDATE_QUADS = 10_000
_NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")

Writer = Callable[[Engine, IO[bytes]], None]


def write_rdf(engine: Engine, format_: str, stream: IO[bytes]) -> None:
    """Write the graph in one of `FORMATS`. `turtle` and `rdfxml` know no named graphs: they hold the union.

    RDF/XML cannot hold control characters; where a text as found has some, U+FFFD stands for them.
    """
    FORMATS[format_](engine, stream)


def sorted_lines(quads: Iterable[ox.Quad], key: Callable[[ox.Quad], str]) -> Iterator[str]:
    """The keys of the quads, sorted by code points, each once."""
    found = iter(quads)
    with ExitStack() as stack:
        runs: list[Iterable[str]] = []
        while batch := list(islice(found, CHUNK)):
            lines = sorted({key(quad) for quad in batch})
            if len(batch) < CHUNK and not runs:
                yield from lines
                return
            run = stack.enter_context(tempfile.TemporaryFile("w+", encoding="utf-8", newline="\n"))
            run.writelines(f"{line}\n" for line in lines)
            run.seek(0)
            runs.append(map(_unbroken, run))
        for line, _ in groupby(heapq.merge(*runs)):
            yield line


def _unbroken(line: str) -> str:
    return line[:-1]


def _nquads(engine: Engine, stream: IO[bytes]) -> None:
    for line in sorted_lines(engine.quads(), _line):
        stream.write(f"{line}\n".encode())


def _trig(engine: Engine, stream: IO[bytes]) -> None:
    quads = (_parse(line.partition("\t")[2]) for line in sorted_lines(engine.quads(), _line_by_graph))
    ox.serialize(quads, stream, ox.RdfFormat.TRIG, prefixes=dict(engine.terms.prefixes))


def _turtle(engine: Engine, stream: IO[bytes]) -> None:
    ox.serialize(_triples(engine), stream, ox.RdfFormat.TURTLE, prefixes=dict(engine.terms.prefixes))


def _rdfxml(engine: Engine, stream: IO[bytes]) -> None:
    ox.serialize(map(_for_xml, _triples(engine)), stream, ox.RdfFormat.RDF_XML, prefixes=dict(engine.terms.prefixes))


def _sparql(engine: Engine, stream: IO[bytes]) -> None:
    """An update that puts the graph into any SPARQL server, in requests of a size that servers take."""
    lines = sorted_lines(engine.quads(), _line_by_graph)
    first = True
    while batch := list(islice(lines, UPDATE_QUADS)):
        stream.write(b"" if first else b" ;\n")
        first = False
        stream.write(b"INSERT DATA {\n")
        for graph, members in groupby(batch, key=lambda line: line.partition("\t")[0]):
            stream.write(f"GRAPH {graph} {{\n".encode())
            for line in members:
                quad = _parse(line.partition("\t")[2])
                stream.write(f"{quad.subject} {quad.predicate} {quad.object} .\n".encode())
            stream.write(b"}\n")
        stream.write(b"}")
    stream.write(b"\n")


def _jsonld(engine: Engine, stream: IO[bytes]) -> None:
    """One object for each node of each graph, in the words of the ontology's context."""
    compaction = Compaction(engine.terms)
    stream.write(b'{"@context": ' + json.dumps(compaction.context, ensure_ascii=False).encode() + b',\n"@graph": [')
    quads = (_parse(line.partition("\t")[2]) for line in sorted_lines(engine.quads(), _line_by_graph))
    for number, (graph, members) in enumerate(groupby(quads, key=lambda quad: quad.graph_name)):
        stream.write(b",\n" if number else b"\n")
        head = json.dumps(compaction.reference(graph), ensure_ascii=False)
        stream.write(f'{{"id": {head}, "@graph": ['.encode())
        for place, (_, node) in enumerate(groupby(members, key=lambda quad: quad.subject)):
            stream.write(b",\n" if place else b"\n")
            stream.write(json.dumps(compaction.node(node), ensure_ascii=False).encode())
        stream.write(b"]}")
    stream.write(b"]}\n")


FORMATS: Mapping[str, Writer] = {
    "nquads": _nquads,
    "trig": _trig,
    "turtle": _turtle,
    "jsonld": _jsonld,
    "rdfxml": _rdfxml,
    "sparql": _sparql,
}


def _line(quad: ox.Quad) -> str:
    return f"{quad} ."


def _line_by_graph(quad: ox.Quad) -> str:
    return f"{quad.graph_name}\t{quad} ."


def _parse(line: str) -> ox.Quad:
    quad: ox.Quad = next(ox.parse(line, format=ox.RdfFormat.N_QUADS))
    return quad


def _triples(engine: Engine) -> Iterator[ox.Triple]:
    lines = sorted_lines(engine.quads(), lambda quad: f"{quad.triple} .")
    for quad in map(_parse, lines):
        yield quad.triple


def fit_for_xml(text: str) -> str:
    """The text with U+FFFD for the characters that XML 1.0 cannot hold."""
    return _NO_XML.sub("\ufffd", text)


def _for_xml(triple: ox.Triple) -> ox.Triple:
    value = triple.object
    if not isinstance(value, ox.Literal) or not _NO_XML.search(value.value):
        return triple
    text = fit_for_xml(value.value)
    plain = ox.Literal(text, language=value.language) if value.language else ox.Literal(text, datatype=value.datatype)
    return ox.Triple(triple.subject, triple.predicate, plain)
