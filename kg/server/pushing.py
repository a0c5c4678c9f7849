"""`kg push`: put a graph on a SPARQL server elsewhere, and see that it arrived.

    named graphs ──▶ which differ from what the server was given? ──▶ batches ──▶ read back: counts, digests
                          │                                            │
              graph/pushed on the server:                 every batch may be sent twice
              graph → digest, written last

What was pushed before and did not change is not sent again, so a push that was stopped goes on where it was. Queries expect the
union of all graphs as the default graph. A server that does not make it gets it as its default graph; one that counts a triple
once for each of its graphs gets it as `graph/union`. Nothing but graphs under the base of the IRIs is ever replaced.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby, islice
from typing import Protocol
from urllib.parse import quote

import pyoxigraph as ox

from kg.errors import EndpointError
from kg.graph.engine import Engine, Solutions, select
from kg.graph.serialization import sorted_lines
from kg.server.remote import PUSHED, UNION, Endpoints, RemoteEngine, discover, name_blank_nodes, refusal_of
from kg.server.transport import Response, Transport, split_credentials

# Virtuoso's compiler takes about 4,900 triples in one request, and sends 10,000 rows unless it is told otherwise.
BATCH = 1_000
READ_BACK = 5_000
_CHECKSUM = ox.NamedNode("http://spdx.org/rdf/terms#checksumValue")
_COUNTS = "SELECT ?graph (COUNT(*) AS ?n) WHERE { GRAPH ?graph { ?s ?p ?o } } GROUP BY ?graph"
_NOTES = "SELECT ?graph ?digest WHERE { GRAPH ?ledger { ?graph ?checksum ?digest } }"

Progress = Callable[[str, int, int], None]
Name = ox.NamedNode
Target = ox.NamedNode | None  # None is the default graph


@dataclass(slots=True)
class Report:
    """What a push did, in graphs and triples, and whether the server now holds what was sent.

    `digest` is the SHA-256 over the names and digests of all graphs. `differences` are lines for a person; none is good.
    """

    graphs: int = 0
    triples: int = 0
    sent: int = 0
    unchanged: int = 0
    removed: int = 0
    digest: str = ""
    differences: list[str] = field(default_factory=list)


class Writer(Protocol):
    """A way to write. Every call may be repeated with the same result. Triples are lines without the final dot."""

    def replace(self, graphs: Sequence[tuple[Name, Sequence[str]]]) -> None:
        """Put these triples in the place of what the graphs hold."""

    def add(self, target: Target, triples: Sequence[str]) -> None:
        """Put these triples too."""

    def remove(self, target: Target, triples: Sequence[str]) -> None:
        """Take these triples out."""

    def drop(self, graphs: Sequence[Name]) -> None:
        """Take the graphs out."""


def push(engine: Engine, url: str, *, graph_store: bool = False, progress: Progress | None = None) -> Report:
    """Put every named graph of an engine on the server at an address, by updates or by the graph store protocol.

    Raises EndpointError where the server cannot be reached or refuses. What was sent by then stays; the next push goes on.
    """
    plain, user, password = split_credentials(url)
    transport = Transport(user, password)
    try:
        endpoints = discover(transport, plain)
        by_graphs = graph_store or plain.rstrip("/") == endpoints.graphs
        remote = RemoteEngine(transport, endpoints, engine.terms)
        writer = GraphStoreWriter(transport, endpoints, remote) if by_graphs else UpdateWriter(transport, endpoints)
        return _Push(engine, remote, writer, progress or (lambda what, done, of: None)).run()
    finally:
        transport.close()


class _Push:
    """One push under way."""

    def __init__(self, engine: Engine, remote: RemoteEngine, writer: Writer, progress: Progress) -> None:
        self._engine, self._remote, self._writer, self._progress = engine, remote, writer, progress
        self._ledger = engine.terms.graph(PUSHED)
        self._digests: dict[Name, str] = {}
        self._sizes: dict[Name, int] = {}

    def run(self) -> Report:
        for name, lines in _by_graph(self._engine):
            self._digests[name], self._sizes[name] = digest_of(lines), len(lines)
        noted, there = self._noted(), self._counted()
        changed = [n for n, digest in self._digests.items() if noted.get(n) != [digest] or there.get(n) != self._sizes[n]]
        gone = [name for name in noted if name not in self._digests]
        if changed or gone:
            target = self._find_target()
            self._forget(noted, [*changed, *gone])
            if target is not _MADE_THERE:
                self._clean(target, [name for name in [*changed, *gone] if there.get(name)])
            self._writer.drop(gone)
            self._send(set(changed), target)
        report = Report(len(self._digests), sum(self._sizes.values()), len(changed), removed=len(gone))
        report.unchanged = report.graphs - report.sent
        report.digest = digest_of([f"{name} {digest}" for name, digest in sorted(self._digests.items(), key=str)])
        report.differences = list(self._compare(changed))
        return report

    def _noted(self) -> dict[Name, list[str]]:
        """The graphs that were pushed before, with their digests; one with two was being pushed."""
        found: dict[Name, list[str]] = {}
        for name, value in _pairs(self._remote, _NOTES, {"ledger": self._ledger, "checksum": _CHECKSUM}):
            found.setdefault(name, []).append(value)
        return found

    def _counted(self) -> dict[Name, int]:
        return {name: int(value) for name, value in _pairs(self._remote, _COUNTS, {})}

    def _find_target(self) -> Target | object:
        """Where the union has to be put: tried with one triple in two graphs, and what the default graph makes of it."""
        union, probe = self._engine.terms.graph(UNION), _note(self._ledger, "probe")
        for graph in (self._ledger, union):
            self._writer.add(graph, [probe])
        seen = len(select(self._remote, f"SELECT ?s ?o WHERE {{ ?s {_CHECKSUM} ?o FILTER(?o = 'probe') }}", {}).rows)
        for graph in (self._ledger, union):
            self._writer.remove(graph, [probe])
        return None if seen == 0 else _MADE_THERE if seen == 1 else union

    def _forget(self, noted: dict[Name, list[str]], names: Iterable[Name]) -> None:
        """Take back the notes of what is about to change, so that a push that stops here is not mistaken for a whole one."""
        lines = [_note(name, digest) for name in names for digest in noted.get(name, [])]
        for part in _parts(lines):
            self._writer.remove(self._ledger, part)

    def _clean(self, target: Target | object, names: Iterable[Name]) -> None:
        """Take out of the union what only the old versions of these graphs say."""
        stale = {line for name in names for line in _lines(self._remote.triples(name))}
        if not stale:
            return
        for _, lines in _by_graph(self._engine):
            stale.difference_update(lines)
        for part in _parts(sorted(stale)):
            self._writer.remove(_as_target(target), part)

    def _send(self, names: set[Name], target: Target | object) -> None:
        batch: list[tuple[Name, list[str]]] = []
        size = done = 0
        for name, lines in _by_graph(self._engine):
            if name not in names:
                continue
            if batch and size + len(lines) > BATCH:
                self._send_batch(batch, target)
                batch, size = [], 0
            batch.append((name, lines))
            size, done = size + len(lines), done + 1
            self._progress("push", done, len(names))
        if batch:
            self._send_batch(batch, target)

    def _send_batch(self, batch: Sequence[tuple[Name, list[str]]], target: Target | object) -> None:
        """Graphs, then their part of the union, and last the note that they are there."""
        self._writer.replace(batch)
        if target is not _MADE_THERE:
            for part in _parts(sorted({line for _, lines in batch for line in lines})):
                self._writer.add(_as_target(target), part)
        self._writer.add(self._ledger, [_note(name, self._digests[name]) for name, _ in batch])

    def _compare(self, changed: Sequence[Name]) -> Iterator[str]:
        """Lines about what is not on the server as it is here: counts of all graphs, digests of those that were sent."""
        there = self._counted()
        own, start = {self._ledger, self._engine.terms.graph(UNION)}, self._engine.terms.graph("").value
        for name, size in self._sizes.items():
            if there.get(name, 0) != size:
                yield f"{name}: {there.get(name, 0)} triples on the server, {size} here"
        for name in there:
            if name.value.startswith(start) and name not in self._sizes and name not in own:
                yield f"{name}: on the server only"
        same_size = [name for name in changed if there.get(name) == self._sizes[name]]
        for name, lines in self._read_back(same_size):
            if digest_of(lines) != self._digests[name]:
                yield f"{name}: as many triples on the server as here, but not the same"

    def _read_back(self, names: Sequence[Name]) -> Iterator[tuple[Name, list[str]]]:
        batch: list[Name] = []
        for name in [*names, None]:
            if batch and (name is None or sum(self._sizes[n] for n in batch) + self._sizes[name] > READ_BACK):
                found: dict[Name, list[str]] = {member: [] for member in batch}
                rows = " ".join(str(member) for member in batch)
                query = f"SELECT ?graph ?s ?p ?o WHERE {{ VALUES ?graph {{ {rows} }} GRAPH ?graph {{ ?s ?p ?o }} }}"
                for graph, *triple in select(self._remote, query, {}).rows:
                    if isinstance(graph, ox.NamedNode) and graph in found:
                        found[graph].append(" ".join(map(str, triple)))
                yield from found.items()
                batch = []
            if name is not None:
                batch.append(name)


_MADE_THERE = object()


class UpdateWriter:
    """Writes by SPARQL Update."""

    def __init__(self, transport: Transport, endpoints: Endpoints) -> None:
        self._transport, self._url = transport, endpoints.update

    def replace(self, graphs: Sequence[tuple[Name, Sequence[str]]]) -> None:
        """Small graphs in one request, a large one in several."""
        drops = [f"DROP SILENT GRAPH {name}" for name, _ in graphs]
        if sum(len(lines) for _, lines in graphs) <= BATCH:
            data = " ".join(f"GRAPH {name} {{ {_block(lines)} }}" for name, lines in graphs)
            self._run(" ;\n".join([*drops, f"INSERT DATA {{ {data} }}"]))
            return
        self._run(" ;\n".join(drops))
        for name, lines in graphs:
            for part in _parts(lines):
                self.add(name, part)

    def add(self, target: Target, triples: Sequence[str]) -> None:
        """INSERT DATA."""
        if triples:
            self._run(f"INSERT DATA {{ {_inside(target, triples)} }}")

    def remove(self, target: Target, triples: Sequence[str]) -> None:
        """DELETE DATA."""
        if triples:
            self._run(f"DELETE DATA {{ {_inside(target, triples)} }}")

    def drop(self, graphs: Sequence[Name]) -> None:
        """DROP SILENT GRAPH."""
        for part in _parts(graphs):
            self._run(" ;\n".join(f"DROP SILENT GRAPH {name}" for name in part))

    def _run(self, update: str) -> None:
        headers = {"Content-Type": "application/sparql-update", "Accept": "*/*"}
        _check(self._url, self._transport.send("POST", self._url, update.encode(), headers))


class GraphStoreWriter:
    """Writes by the graph store protocol: whole graphs, and what is to be taken out of one by putting the rest."""

    def __init__(self, transport: Transport, endpoints: Endpoints, remote: RemoteEngine) -> None:
        if not endpoints.graphs:
            raise EndpointError(f"{endpoints.query}: no graph store is known there; push by update")
        self._transport, self._url, self._remote = transport, endpoints.graphs, remote

    def replace(self, graphs: Sequence[tuple[Name, Sequence[str]]]) -> None:
        """PUT."""
        for name, lines in graphs:
            self._send("PUT", name, lines)

    def add(self, target: Target, triples: Sequence[str]) -> None:
        """POST."""
        if triples:
            self._send("POST", target, triples)

    def remove(self, target: Target, triples: Sequence[str]) -> None:
        """GET and PUT."""
        if triples:
            left = set(_lines(self._remote.triples(target))) - set(triples)
            self._send("PUT", target, sorted(left))

    def drop(self, graphs: Sequence[Name]) -> None:
        """DELETE; one that is not there is gone already."""
        for name in graphs:
            response = self._transport.send("DELETE", self._address(name))
            if response.status != 404:
                _check(self._url, response)

    def _send(self, method: str, target: Target, lines: Sequence[str]) -> None:
        body = "".join(f"{line} .\n" for line in lines).encode()
        headers = {"Content-Type": "application/n-triples", "Accept": "*/*"}
        _check(self._url, self._transport.send(method, self._address(target), body, headers))

    def _address(self, target: Target) -> str:
        return f"{self._url}?default" if target is None else f"{self._url}?graph={quote(target.value, safe='')}"


def digest_of(lines: Iterable[str]) -> str:
    """SHA-256 of lines, whatever their order."""
    return hashlib.sha256("\n".join(sorted(lines)).encode()).hexdigest()


def _by_graph(engine: Engine) -> Iterator[tuple[Name, list[str]]]:
    """Every named graph with its triples as lines, both in order.

    Blank nodes get names: two requests could not speak of the same one.
    """
    base = engine.terms.base
    lines = sorted_lines(engine.quads(), lambda quad: f"{quad.graph_name}\t{name_blank_nodes(quad.triple, base)}")
    for name, members in groupby(lines, key=lambda line: line.partition("\t")[0]):
        yield ox.NamedNode(name[1:-1]), [line.partition("\t")[2] for line in members]


def _lines(triples: Iterable[ox.Triple]) -> list[str]:
    return [str(triple) for triple in triples]


def _parts(items: Sequence[object]) -> Iterator[list[str]]:
    found = iter(items)
    while part := list(islice(found, BATCH)):
        yield [str(item) for item in part]


def _note(name: Name, digest: str) -> str:
    return f"{name} {_CHECKSUM} {ox.Literal(digest)}"


def _block(lines: Iterable[str]) -> str:
    return " .\n".join(lines)


def _inside(target: Target, lines: Sequence[str]) -> str:
    return _block(lines) if target is None else f"GRAPH {target} {{ {_block(lines)} }}"


def _as_target(target: Target | object) -> Target:
    return target if isinstance(target, ox.NamedNode) else None


def _pairs(remote: RemoteEngine, sparql: str, given: dict[str, ox.NamedNode]) -> Iterator[tuple[Name, str]]:
    solutions: Solutions = select(remote, sparql, given)
    for row in solutions.rows:
        name, value = row[0], row[1]
        if isinstance(name, ox.NamedNode) and isinstance(value, ox.Literal):
            yield name, value.value


def _check(url: str, response: Response) -> None:
    if response.status in (401, 403):
        raise EndpointError(
            f"{url}: refuses writing (HTTP {response.status}: {refusal_of(response)}); give user and password in the address, "
            "or a token in KG_ENDPOINT_TOKEN"
        )
    if not 200 <= response.status < 300:
        raise EndpointError(f"{url}: HTTP {response.status}: {refusal_of(response)}; push again to go on")
