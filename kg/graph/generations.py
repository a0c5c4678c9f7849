"""The store as a row of generations: each is written once, sealed, and never touched again.

    store/CURRENT                      the name of the generation that readers open
    store/g000007/rdf/                 Oxigraph's files
    store/g000007/articles.sqlite      what the writer must know of every article; readers leave it alone
    store/g000007/SEAL                 sizes and SHA-256 of all these, and what they were made from
    store/g000007/readers              locked by everybody who reads this generation

A writer makes the next one beside, from hard links to the files of the last, and moves CURRENT in one step. Whatever kills it,
the last generation is whole. Nothing here is truth: the folder may be deleted, `kg rebuild` makes it from the ledger.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kg.errors import GraphError
from kg.graph.files import hold, is_held, replace_file, sync, sync_folder, writing
from kg.graph.ledger import Position

FORMAT = "cooperation-kg store 2"
RDF, ARTICLES, SEAL, READERS, CURRENT = "rdf", "articles.sqlite", "SEAL", "readers", "CURRENT"
# What is counted of a graph.
COUNTED = ("quads", "articles", "statements", "cooperations", "entities")
_AGAIN = "make the store anew with: kg rebuild -g {}"


@dataclass(frozen=True, slots=True)
class Seal:
    """What a generation was made from, and its files as they were then.

    `position` and `link` are the ledger's end it shows, `judgements` the digest of judgements.csv, `maker` the version of the
    code and data that made it, `counts` how many there are of what (`COUNTED`). `files` gives size in bytes and SHA-256 by name inside the generation.
    """

    position: Position
    link: str
    judgements: str
    maker: str
    counts: Mapping[str, int]
    files: Mapping[str, tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation: its folder and its seal."""

    path: Path
    seal: Seal

    @property
    def number(self) -> int:
        """1 for the first, and so on."""
        return int(self.path.name[1:])


def current_name(store: Path) -> str:
    """The name of the generation that CURRENT points to. Raises GraphError."""
    graph = store.parent
    try:
        name = (store / CURRENT).read_text(encoding="ascii").strip()
    except FileNotFoundError:
        raise GraphError(f"{store}: the store is not there; {_AGAIN.format(graph)}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise GraphError(f"{store / CURRENT}: cannot be read ({error}); {_AGAIN.format(graph)}") from error
    if len(name) != 7 or not name.startswith("g") or not name[1:].isdecimal():
        raise GraphError(f"{store / CURRENT}: damaged; {_AGAIN.format(graph)}")
    return name


@contextmanager
def reading(store: Path, *, articles: bool = False) -> Iterator[Generation]:
    """Inside, the current generation stays on disk, whatever a writer does. Raises GraphError when it is damaged.

    `articles` says that the writer's table is read too, and must be checked.
    """
    for _ in range(100):
        name = current_name(store)
        try:
            with hold(store / name / READERS, shared=True):
                if (store / name / SEAL).exists() or current_name(store) == name:
                    yield check(store / name, articles=articles)
                    return
        except GraphError:
            # A writer may have moved on and taken the generation away between the two looks.
            if current_name(store) == name:
                raise
    raise GraphError(f"{store}: changes too fast to be read; try again")


def check(path: Path, *, articles: bool = False, deep: bool = False) -> Generation:
    """The generation in a folder, after its seal was compared with its files.

    Sizes are compared always, and the content of small files, which the store itself does not protect; with `articles` also
    the content of the writer's table, with `deep` that of all. Raises GraphError that names the first file that differs.
    """
    seal = _read_seal(path)
    again = _AGAIN.format(path.parent.parent)
    for name, (size, digest) in seal.files.items():
        file = path / name
        try:
            found = file.stat().st_size
            if found != size:
                raise GraphError(f"{file}: damaged: {found} bytes, {size} were written; {again}")
            told = deep or (articles if name == ARTICLES else not name.endswith(".sst"))
            if told and _digest(file) != digest:
                raise GraphError(f"{file}: damaged: its checksum does not fit; {again}")
        except OSError as error:
            raise GraphError(f"{file}: damaged: {error.strerror}; {again}") from error
    return Generation(path, seal)


def open_rdf(path: Path) -> ox.Store:
    """The store of a generation, read-only. Raises GraphError when its files are damaged."""
    try:
        return ox.Store.read_only(str(path / RDF))
    except (OSError, RuntimeError, ValueError) as error:
        raise damaged(path, error) from error


def damaged(path: Path, error: Exception) -> GraphError:
    """The GraphError for what the engine found wrong with a generation's files."""
    return GraphError(f"{path / RDF}: damaged: {_first_line(error)}; {_AGAIN.format(path.parent.parent)}")


class Workshop:
    """Where the next generation is made: `rdf`, an open store, and `articles`, the path of the writer's table.

    A context manager; what is not published is thrown away. Only the holder of the folder's lock may have one.
    """

    def __init__(self, store: Path, base: Generation | None) -> None:
        """Begin from a generation, or from nothing."""
        self._store = store
        self._base = base
        self._work = store / "work"

    def __enter__(self) -> Workshop:
        with writing(self._store.parent):
            self._store.mkdir(exist_ok=True)
            shutil.rmtree(self._work, ignore_errors=True)
            self._work.mkdir()
            if self._base is not None:
                _link_store(self._base.path / RDF, self._work / RDF)
                shutil.copyfile(self._base.path / ARTICLES, self._work / ARTICLES)
        self.articles = self._work / ARTICLES
        try:
            self.rdf = ox.Store(str(self._work / RDF))
        except (OSError, RuntimeError, ValueError) as error:
            raise damaged(self._base.path if self._base else self._work, error) from error
        return self

    def __exit__(self, *_: object) -> None:
        self.__dict__.pop("rdf", None)
        shutil.rmtree(self._work, ignore_errors=True)

    def publish(self, position: Position, link: str, judgements: str, maker: str, counts: Mapping[str, int]) -> Generation:
        """Seal what was made, make it the current generation, and take away old ones that nobody reads."""
        number = 1 + max((int(path.name[1:]) for path in _generations(self._store)), default=0)
        path = self._store / f"g{number:06}"
        with writing(self._store.parent):
            beside = self._work / path.name
            beside.mkdir()
            # A backup is a set of hard links without the log of writes: everything is in checksummed, sorted files.
            self.rdf.backup(str(beside / RDF))
            self.articles.replace(beside / ARTICLES)
            (beside / READERS).touch()
            known = self._base.seal.files if self._base else {}
            files = {name: _seal_file(beside, name, known) for name in _names(beside)}
            seal = Seal(position, link, judgements, maker, counts, files)
            _write_seal(beside, seal)
            beside.rename(path)
            sync_folder(self._store)
            replace_file(self._store / CURRENT, path.name.encode("ascii") + b"\n")
        collect(self._store)
        return Generation(path, seal)


def collect(store: Path) -> None:
    """Take away every generation but the current one that nobody reads."""
    name = current_name(store)
    for path in _generations(store):
        if path.name != name and not is_held(path / READERS):
            # The seal goes first: what is half taken away is no generation.
            (path / SEAL).unlink(missing_ok=True)
            shutil.rmtree(path, ignore_errors=True)


def _generations(store: Path) -> list[Path]:
    return sorted(path for path in store.glob("g[0-9][0-9][0-9][0-9][0-9][0-9]") if path.is_dir())


def _link_store(source: Path, target: Path) -> None:
    """A second copy of a store that shares the files which are never changed."""
    target.mkdir()
    for path in sorted(source.iterdir()):
        if path.suffix == ".sst":
            try:
                os.link(path, target / path.name)
                continue
            except OSError:
                # A disk without hard links: a copy does as well, in more time and room.
                pass
        shutil.copyfile(path, target / path.name)


def _names(path: Path) -> list[str]:
    files = (file.relative_to(path).as_posix() for file in path.rglob("*") if file.is_file())
    return sorted(name for name in files if name not in (SEAL, READERS))


def _seal_file(path: Path, name: str, known: Mapping[str, tuple[int, str]]) -> tuple[int, str]:
    """Size and digest of a file, which is on disk then. Sorted files keep name and content over generations."""
    file = path / name
    size = file.stat().st_size
    if name.endswith(".sst") and name in known and known[name][0] == size:
        return known[name]
    with file.open("r+b") as stream:
        sync(stream)
    return size, _digest(file)


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _read_seal(path: Path) -> Seal:
    file = path / SEAL
    again = _AGAIN.format(path.parent.parent)
    try:
        stated, _, payload = file.read_bytes().partition(b" ")
    except OSError as error:
        raise GraphError(f"{file}: damaged: {error.strerror}; {again}") from error
    if stated.decode("ascii", "replace") != hashlib.sha256(payload).hexdigest():
        raise GraphError(f"{file}: damaged: its checksum does not fit; {again}")
    data: dict[str, Any] = json.loads(payload)
    if data.pop("format") != FORMAT:
        raise GraphError(f"{file}: was written by another version of this program; {again}")
    files = {name: (size, digest) for name, (size, digest) in data.pop("files").items()}
    return Seal(position=Position(**data.pop("position")), files=files, **data)


def _write_seal(path: Path, seal: Seal) -> None:
    payload = json.dumps({"format": FORMAT, **asdict(seal)}).encode("ascii") + b"\n"
    replace_file(path / SEAL, hashlib.sha256(payload).hexdigest().encode("ascii") + b" " + payload)


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__
