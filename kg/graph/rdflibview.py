"""The graph for those who live in rdflib: a Dataset over the same store, read-only, and without a network like every other query."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import chain
from typing import Any, NoReturn

import pyoxigraph as ox
import rdflib
from rdflib.graph import DATASET_DEFAULT_GRAPH_ID
from rdflib.query import Result

from kg.errors import GraphError, MissingExtra, QueryError
from kg.graph.engine import Engine, FolderEngine, ask
from kg.graph.guard import screen
from kg.graph.sandbox import run_offline

try:
    from oxrdflib import OxigraphStore
except ImportError as error:
    raise MissingExtra("oxrdflib", "rdflib") from error

Ask = Callable[[Callable[[], Result]], Result]


class ReadOnlyStore(OxigraphStore):
    """Oxigraph's store for rdflib, which answers and is never changed.

    The default graph is the union of all graphs; quads are those of the named graphs, so that none is seen twice.
    """

    def __init__(self, rdf: ox.Store, ask: Ask) -> None:
        """A view of an open store; `ask` runs what may fail in the engine, and keeps the store open."""
        super().__init__(store=rdf)
        self._ask = ask

    def triples(self, triple_pattern: Any, context: rdflib.Graph | None = None) -> Iterator[tuple[Any, Iterator[Any]]]:
        """The triples of a graph; without one, those of every named graph, each with its graph."""
        for triple, graphs in super().triples(triple_pattern, context):
            kept = [
                graph
                for graph in graphs
                if context is not None or (graph is not None and graph.identifier != DATASET_DEFAULT_GRAPH_ID)
            ]
            if kept:
                yield triple, iter(kept)

    def query(
        self, query: Any, initNs: Mapping[str, Any], initBindings: Mapping[str, Any], queryGraph: str, **more: Any
    ) -> Result:
        """The answer to SPARQL as text. Raises QueryError."""
        if not isinstance(query, str):
            # rdflib would run a prepared query by itself, and that one reads files and calls servers.
            raise QueryError("a prepared query is not run here: give its text, and values as initBindings")
        screen(query)
        answer = super().query

        def fetch() -> Result:
            result = answer(query, initNs, initBindings, queryGraph, **more)
            if result.type == "SELECT":
                len(result.bindings)  # the engine's iterator belongs to this thread
            return result

        return self._ask(lambda: run_offline(fetch))

    def add_graph(self, graph: rdflib.Graph) -> None:
        """Nothing: rdflib calls this for every graph that is asked for by name."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise GraphError(
            "the graph is not changed through rdflib: build it from articles, or copy it into a Dataset of your own"
        )

    add = addN = remove = update = remove_graph = open = destroy = _refuse


def open_dataset(engine: Engine) -> rdflib.Dataset:
    """The newest generation of a folder as a Dataset; of a graph elsewhere, a copy in memory. Raises GraphError, EndpointError."""
    if isinstance(engine, FolderEngine):
        opened = engine.open()
        store = ReadOnlyStore(opened.rdf, opened.ask)
    else:
        store = ReadOnlyStore(_copy(engine), ask)
    dataset = rdflib.Dataset(store)
    for prefix, space in engine.terms.prefixes.items():
        dataset.bind(prefix, space)
    return dataset


def _copy(engine: Engine) -> ox.Store:
    """Every quad, and each triple once more in the default graph."""
    store = ox.Store()
    store.bulk_extend(chain.from_iterable((quad, ox.Quad(*quad.triple)) for quad in engine.quads()))
    return store
