"""Which store the workers open: generations of a graph folder, one after the other, or a scratch store that can be written."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Protocol

import pyoxigraph as ox

from kg.errors import GraphError
from kg.graph.generations import RDF, current_name, reading


class Source(Protocol):
    """Where snapshots come from."""

    writable: bool

    def name(self) -> str:
        """The name of the newest snapshot; a new name means new data. Raises GraphError."""

    def open(self) -> AbstractContextManager[Path]:
        """Inside, the folder of the newest snapshot stays on disk. Raises GraphError."""


class Generations:
    """The read-only generations of a graph folder."""

    writable = False

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise GraphError(f"{folder}: there is no such graph folder; make one with: kg build SOURCE… -o {folder}")
        self._store = folder / "store"

    def name(self) -> str:
        """The name of the current generation."""
        return current_name(self._store)

    @contextmanager
    def open(self) -> Iterator[Path]:
        """The RDF store of the current generation, held against removal."""
        with reading(self._store) as generation:
            yield generation.path / RDF


class Scratch:
    """One store that its only worker writes to. What is written never reaches a ledger."""

    writable = True

    def __init__(self, path: Path) -> None:
        self._path = path

    def name(self) -> str:
        """Always the same: the one worker sees what it writes."""
        return "scratch"

    def open(self) -> AbstractContextManager[Path]:
        """The store's folder."""
        return nullcontext(self._path)


@contextmanager
def scratch(graph: Path | None, folder: Path | None) -> Iterator[Scratch]:
    """A scratch store in a folder, or in a temporary one that goes away at the end; a new one begins as a copy of the graph.

    Raises GraphError where the folder holds something else than a scratch store.
    """
    path = folder or Path(tempfile.mkdtemp(prefix="kg-scratch-"))
    try:
        _begin(path, graph)
        yield Scratch(path)
    finally:
        if folder is None:
            shutil.rmtree(path, ignore_errors=True)


def _begin(path: Path, graph: Path | None) -> None:
    if path.is_dir() and any(path.iterdir()):
        if not (path / "CURRENT").is_file() or (path / "ledger").exists():
            raise GraphError(f"{path}: is no scratch store; give an empty folder or one that does not exist")
        return
    if graph is None:
        ox.Store(str(path))
        return
    path.rmdir() if path.is_dir() else None
    with Generations(graph).open() as rdf:
        ox.Store.read_only(str(rdf)).backup(str(path))
