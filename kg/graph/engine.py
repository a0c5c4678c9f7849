"""Who answers SPARQL: the store of a graph folder, or anything else that can do these three things."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol, TypeVar

import pyoxigraph as ox

from kg.errors import QueryError
from kg.graph.generations import current_name, damaged, open_rdf, reading
from kg.graph.ledger import Ledger
from kg.graph.sandbox import run_offline
from kg.graph.terms import Terms

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Given = Mapping[str, ox.NamedNode | ox.Literal]
Result = TypeVar("Result")


@dataclass(frozen=True, slots=True)
class Solutions:
    """The answer to a SELECT: the variables in order, and for every solution its terms in that order (None where unbound)."""

    variables: tuple[str, ...]
    rows: Sequence[tuple[Term | None, ...]]


class Engine(Protocol):
    """What a graph needs of whoever holds its quads.

    `given` are values for variables of the query; they are handed over beside the text, never written into it.
    """

    @property
    def terms(self) -> Terms:
        """The IRIs of the graph."""
        ...

    def evaluate(self, sparql: str, given: Given) -> Solutions | bool | list[ox.Triple]:
        """The answer to a SELECT, an ASK, and a CONSTRUCT or DESCRIBE. Raises QueryError."""
        ...

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of every named graph."""
        ...


def select(engine: Engine, sparql: str, given: Given) -> Solutions:
    """The solutions of a query that is a SELECT."""
    solutions = engine.evaluate(sparql, given)
    if not isinstance(solutions, Solutions):
        raise QueryError("a SELECT is expected here")
    return solutions


class FolderEngine:
    """The store of a graph folder, read-only: always its newest generation, and for one query the same one throughout."""

    def __init__(self, folder: Path) -> None:
        """Open the folder. Raises GraphError where it is none or is damaged."""
        self.folder = folder
        self.terms = Terms(Ledger(folder / "ledger").base)
        self._lock = threading.Lock()
        self._newest = Opened(folder / "store")

    def evaluate(self, sparql: str, given: Given) -> Solutions | bool | list[ox.Triple]:
        """The answer to a query, from the newest generation. Raises QueryError and GraphError."""
        substitutions: dict[ox.Variable, Term] = {ox.Variable(name): value for name, value in given.items()}
        opened = self.open()

        def answer() -> Solutions | bool | list[ox.Triple]:
            result = opened.rdf.query(sparql, prefixes=dict(self.terms.prefixes), substitutions=substitutions)
            match result:
                case ox.QueryBoolean():
                    return bool(result)
                case ox.QueryTriples():
                    return list(result)
                case ox.QuerySolutions():
                    return Solutions(tuple(v.value for v in result.variables), [tuple(row) for row in result])

        return opened.ask(lambda: run_offline(answer))

    def quads(self) -> Iterator[ox.Quad]:
        """Every quad of every named graph, of one generation throughout."""
        opened = self.open()
        found = iter(opened.rdf)
        while quads := opened.ask(lambda: list(islice(found, 10_000))):
            yield from (quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph))

    def counts(self) -> Mapping[str, int]:
        """How many quads, articles, statements, cooperations and entities the newest generation holds."""
        return self.open().generation.seal.counts

    def open(self) -> Opened:
        """The newest generation, open for reading."""
        with self._lock:
            if current_name(self.folder / "store") != self._newest.generation.path.name:
                self._newest = Opened(self.folder / "store")
            return self._newest


class Opened:
    """A generation that is open for reading; it stays on disk as long as this value lives."""

    def __init__(self, store: Path) -> None:
        with ExitStack() as stack:
            self.generation = stack.enter_context(reading(store))
            self.rdf = open_rdf(self.generation.path)
            weakref.finalize(self, stack.pop_all().close)

    def ask(self, call: Callable[[], Result]) -> Result:
        """What the call returns; what the engine raises becomes a QueryError or a GraphError."""
        return ask(call, self.generation.path)


def ask(call: Callable[[], Result], place: Path | None = None) -> Result:
    """What the call returns; what the engine raises becomes a QueryError, or a GraphError that names the place on the disk."""
    try:
        return call()
    except SyntaxError as error:
        raise QueryError(f"the SPARQL is not valid: {_one_line(error)}") from error
    except ValueError as error:
        raise QueryError(f"the query cannot be run: {_one_line(error)}") from error
    except PermissionError as error:
        raise QueryError("the query tried to reach another machine; queries do not") from error
    except (OSError, RuntimeError) as error:
        if place is not None and ("orruption" in str(error) or isinstance(error, OSError)):
            raise damaged(place, error) from error
        raise QueryError(f"the query cannot be run: {_one_line(error)}") from error


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:300]
