"""The process in which SPARQL from outside runs: one store, no network, little memory, and it may die at any moment.

It reads jobs from standard input and writes answers to standard output. A job ends with an answer, with a problem (the same
shape, `reason` and `detail`), or with the end of the process: the kernel ends one that takes too much memory or stack, an
alarm one that outlives its time and its parent. Run as `python -m kg.server.worker`.
"""

from __future__ import annotations

import io
import json
import os
import re
import signal
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any, BinaryIO

import pyoxigraph as ox

from kg.graph.guard import RefusedQuery, names_file, read_tokens, screen
from kg.graph.sandbox import deny_network
from kg.server.frames import Message, pack, read

if TYPE_CHECKING:
    from typing_extensions import Buffer

RETIRE_KIB = 256 * 1024
_NOT_XML = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]")


class Problem(Exception):
    """A job that is not done, and why: a reason of `kg.server.problems` and one line for a person."""

    def __init__(self, reason: str, detail: str) -> None:
        self.reason = reason
        super().__init__(detail)


@dataclass(frozen=True, slots=True)
class Bench:
    """What a worker works on: its store and the rules it was started with."""

    store: ox.Store
    writable: bool
    prefixes: Mapping[str, str]
    services: tuple[str, ...]
    max_query: int
    max_result: int


class _Bounded(io.RawIOBase):
    """A file in memory that takes so many bytes and no more."""

    def __init__(self, limit: int) -> None:
        self.content = bytearray()
        self._limit = limit

    def writable(self) -> bool:
        """Yes."""
        return True

    def write(self, data: Buffer, /) -> int:
        """Keep the data; raises Problem when the room is used up."""
        self.content += data
        if len(self.content) > self._limit:
            raise Problem("result-too-large", "the result is too large to be sent: add a LIMIT, or ask for less")
        return memoryview(data).nbytes


def _written(limit: int, write: Callable[[IO[bytes]], object]) -> bytes:
    """What `write` writes to the file it gets. The engine writes token by token, hence the buffer between."""
    sink = _Bounded(limit)
    with io.BufferedWriter(sink, 1 << 16) as buffer:
        write(buffer)
        buffer.flush()
        return bytes(sink.content)


def main() -> None:
    """Serve jobs until standard input ends."""
    source, sink = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    begun = read(source)
    if begun is None:
        return
    settings: dict[str, Any] = begun[0]
    _limit_process(int(settings["memory"]))
    denied = not settings["services"] and deny_network()
    try:
        store = ox.Store(settings["path"]) if settings["writable"] else ox.Store.read_only(settings["path"])
    except (OSError, RuntimeError, ValueError) as error:
        _send(sink, {"failed": _line(error)})
        return
    bench = Bench(
        store,
        settings["writable"],
        settings["prefixes"],
        tuple(settings["services"]),
        settings["max_query"],
        settings["max_result"],
    )
    _send(sink, {"ready": True, "network": not denied, "used": time.thread_time()})
    while (job := read(source)) is not None:
        _alarm(float(str(job[0].get("seconds", 0))))
        message, body = answer(bench, *job)
        _alarm(0)
        _send(sink, {**message, "retire": _has_grown(), "used": time.thread_time()}, body)
    if bench.writable:
        # What was written survives the death of the process as it is; this is for the machine's.
        bench.store.flush()


def answer(bench: Bench, job: Message, body: bytes) -> tuple[Message, bytes]:
    """What a job gives: a message with `type` and such and the body, or one with `reason` and `detail`."""
    try:
        return _JOBS[str(job["do"])](bench, job, body)
    except Problem as problem:
        reason, detail = problem.reason, str(problem)
    except RefusedQuery as refused:
        reason, detail = refused.reason.value, str(refused)
    except SyntaxError as error:
        reason, detail = "syntax", _line(error)
    except PermissionError:
        reason, detail = "remote-access", "the query tried to reach another machine; queries do not"
    except MemoryError:
        reason, detail = "out-of-memory", "the query needs more memory than one may have: ask for less"
    except (OSError, RuntimeError, ValueError) as error:
        reason, detail = "evaluation", _line(error)
    return {"reason": reason, "detail": detail}, b""


def _query(bench: Bench, job: Message, _: bytes) -> tuple[Message, bytes]:
    sparql = str(job["sparql"])
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [*_graphs(job, "default_graphs")]
    named: list[ox.NamedNode | ox.BlankNode] = [*_graphs(job, "named_graphs")]
    if not job.get("trusted"):
        screen(sparql, services=bench.services, max_bytes=bench.max_query)
    dataset = bool(default or named)
    result = bench.store.query(
        sparql,
        base_iri=_text(job, "base"),
        prefixes=_used(bench.prefixes, sparql),
        default_graph=default if dataset else None,
        named_graphs=named if dataset else None,
    )
    graph = isinstance(result, ox.QueryTriples)
    media = _text(job, "rdf" if graph else "results")
    if media is None:
        kind = "RDF: ask for Turtle, N-Triples, RDF/XML or JSON-LD" if graph else "rows: ask for JSON, XML, CSV or TSV"
        raise Problem("not-acceptable", f"the answer is {kind}")
    if isinstance(result, ox.QueryTriples):
        triples, rdf, prefixes = result, _rdf(media), dict(bench.prefixes)
        body = _written(bench.max_result, lambda sink: ox.serialize(triples, sink, format=rdf, prefixes=prefixes))
    else:
        rows, form = result, ox.QueryResultsFormat.from_media_type(media)
        body = _written(bench.max_result, lambda sink: rows.serialize(sink, form))
    return {"type": media}, _clean(media, body)


def _used(prefixes: Mapping[str, str], sparql: str) -> dict[str, str]:
    """The prefixes that a text may use: the engine reads each of them anew for every query."""
    return {prefix: space for prefix, space in prefixes.items() if f"{prefix}:" in sparql}


def _describe(bench: Bench, job: Message, _: bytes) -> tuple[Message, bytes]:
    """A node of the graph: as RDF where `rdf` is a format, else what its page shows."""
    # Imported by the first worker that is asked for a node: most never are.
    from kg.graph.terms import Terms
    from kg.server.entities import StoreEngine, read_page, read_triples

    engine, node, media = StoreEngine(bench.store, Terms(str(job["base"]))), _named(str(job["iri"])), _text(job, "rdf")
    if media is None:
        page = read_page(engine, node)
        if page is not None:
            return {"type": "application/json"}, json.dumps(page, ensure_ascii=False).encode("utf-8", "replace")
    elif triples := read_triples(engine, node):
        rdf, prefixes = _rdf(media), dict(bench.prefixes)
        body = _written(bench.max_result, lambda sink: ox.serialize(triples, sink, format=rdf, prefixes=prefixes))
        return {"type": media}, _clean(media, body)
    raise Problem("not-found", f"the graph does not speak of <{job['iri']}>")


def _update(bench: Bench, job: Message, _: bytes) -> tuple[Message, bytes]:
    sparql = str(job["sparql"])
    screen(sparql, update=True, services=bench.services, max_bytes=bench.max_result)
    default, named = _graphs(job, "using_graphs"), _graphs(job, "using_named_graphs")
    if default or named:
        sparql = insert_using(sparql, default, named)
    bench.store.update(sparql, base_iri=_text(job, "base"), prefixes=_used(bench.prefixes, sparql))
    return {"done": True}, b""


def insert_using(sparql: str, default: Iterable[ox.NamedNode], named: Iterable[ox.NamedNode]) -> str:
    """The update with `USING` clauses put before each WHERE, as the protocol's parameters ask.

    Raises Problem where it has clauses of its own.
    """
    clauses = "".join([f" USING {graph} " for graph in default] + [f" USING NAMED {graph} " for graph in named])
    parts, last, before = [], 0, ""
    for token in read_tokens(sparql):
        written = token.text.upper() if token.kind == "word" and token.depth == 0 else ""
        if written in {"USING", "WITH"}:
            raise Problem("bad-request", "USING or WITH in the update and using-graph-uri in the request: give one of them")
        if written.endswith("WHERE"):
            if written != "WHERE" or before == "DELETE":
                raise Problem("bad-request", "using-graph-uri does not go with DELETE WHERE: write DELETE { … } WHERE { … }")
            parts += [sparql[last : token.start], clauses]
            last = token.start
        before = written
    return "".join([*parts, sparql[last:]])


def _read_graph(bench: Bench, job: Message, _: bytes) -> tuple[Message, bytes]:
    graph, media = _graph(job), str(job["rdf"])
    if isinstance(graph, ox.NamedNode) and not bench.store.contains_named_graph(graph):
        raise Problem("not-found", f"there is no graph {graph}")
    if job.get("head"):
        return {"type": media}, b""
    form, prefixes = _rdf(media), dict(bench.prefixes)
    body = _written(bench.max_result, lambda sink: bench.store.dump(sink, form, from_graph=graph, prefixes=prefixes))
    return {"type": media}, _clean(media, body)


def _write_graph(bench: Bench, job: Message, body: bytes) -> tuple[Message, bytes]:
    """PUT (`replace`) or POST: everything is parsed before anything is changed."""
    graph = _graph(job)
    created = isinstance(graph, ox.NamedNode) and not bench.store.contains_named_graph(graph)
    quads: list[ox.Quad] = []
    for media, start, end in _parts(job, len(body)):
        data = body[start:end]
        if "xml" in media and (b"<!DOCTYPE" in data or b"<!ENTITY" in data):
            raise Problem("syntax", "RDF/XML with a DTD is not read: write the entities out")
        parsed = ox.parse(
            data, format=_rdf(media), base_iri=_text(job, "base"), without_named_graphs=True, rename_blank_nodes=True
        )
        quads += [ox.Quad(quad.subject, quad.predicate, quad.object, graph) for quad in parsed]
    if job.get("replace"):
        bench.store.clear_graph(graph)
    if isinstance(graph, ox.NamedNode):
        bench.store.add_graph(graph)
    bench.store.extend(quads)
    return {"created": created}, b""


def _drop_graph(bench: Bench, job: Message, _: bytes) -> tuple[Message, bytes]:
    graph = _graph(job)
    if isinstance(graph, ox.NamedNode) and not bench.store.contains_named_graph(graph):
        raise Problem("not-found", f"there is no graph {graph}")
    bench.store.remove_graph(graph)
    return {"done": True}, b""


_JOBS: dict[str, Callable[[Bench, Message, bytes], tuple[Message, bytes]]] = {
    "query": _query,
    "describe": _describe,
    "update": _update,
    "read-graph": _read_graph,
    "write-graph": _write_graph,
    "drop-graph": _drop_graph,
}


def _graph(job: Message) -> ox.NamedNode | ox.DefaultGraph:
    name = _text(job, "graph")
    return ox.DefaultGraph() if name is None else _named(name)


def _graphs(job: Message, key: str) -> list[ox.NamedNode]:
    value = job.get(key)
    return [_named(str(iri)) for iri in value] if isinstance(value, list) else []


def _named(iri: str) -> ox.NamedNode:
    if names_file(iri):
        raise Problem("remote-access", f"{iri[:60]} is a file: give the name of a graph")
    try:
        return ox.NamedNode(iri)
    except ValueError:
        raise Problem("bad-request", f"“{iri[:80]}” is not an absolute IRI") from None


def _text(job: Message, key: str) -> str | None:
    value = job.get(key)
    return value if isinstance(value, str) else None


def _parts(job: Message, length: int) -> list[tuple[str, int, int]]:
    """The RDF documents of a body: media type, start, end in bytes."""
    value = job.get("parts")
    return [(media, start, end) for media, start, end in value] if isinstance(value, list) else [(str(job["rdf"]), 0, length)]


def _rdf(media: str) -> ox.RdfFormat:
    found = ox.RdfFormat.from_media_type(media)
    if found is None:
        raise Problem("unsupported-media-type", f"{media[:60]} is no RDF format that is read here")
    return found


def _clean(media: str, body: bytes) -> bytes:
    """XML cannot hold control characters, however escaped: there they become U+FFFD."""
    return _NOT_XML.sub(b"\xef\xbf\xbd", body) if "xml" in media else body


def _limit_process(memory: int) -> None:
    """`memory` bytes of data, no core files; the priority is the parent's business."""
    if sys.platform != "win32":
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        # Not RLIMIT_AS: the store maps far more address space than it uses.
        resource.setrlimit(resource.RLIMIT_DATA, (memory, memory))


def _alarm(seconds: float) -> None:
    """Be ended by the kernel in so many seconds, even inside the engine; 0 takes it back."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _has_grown() -> bool:
    """Whether the process has ever held so much memory that a fresh one is better."""
    if sys.platform == "win32":
        return False
    import resource

    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak > (RETIRE_KIB if sys.platform == "linux" else RETIRE_KIB * 1024)


def _send(sink: BinaryIO, message: Message, body: bytes = b"") -> None:
    sink.write(pack(message, body))
    sink.flush()


def _line(error: BaseException) -> str:
    """The error in one line, without the address of anything."""
    return " ".join(str(error).split())[:500] or type(error).__name__


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent ends its workers itself
    main()
