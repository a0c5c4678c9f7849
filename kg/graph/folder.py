"""A graph folder while it is written: one writer, who records articles in the ledger and then brings the store up to it.

cooperation.kg/
  ledger/            the truth
  store/             made from it
  judgements.csv     a person's decisions
  lock               names the process that writes, while it does
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType

from kg.errors import GraphError, KgError
from kg.graph.articles import ArticleTable, Known
from kg.graph.files import hold, writing
from kg.graph.generations import ARTICLES, CURRENT, Generation, check, current_name
from kg.graph.indexing import Progress, Recipe, bring_up
from kg.graph.ledger import START, Appender, Ledger, Position, recover_head
from kg.graph.records import ArticleRecord, BuildRecord, Removal
from kg.graph.terms import Terms

LEDGER, STORE, LOCK, JUDGEMENTS = "ledger", "store", "lock", "judgements.csv"
# A record counts once it is on disk; one write to disk for so many articles, or for so many seconds of them.
COMMIT_ARTICLES = 200
COMMIT_SECONDS = 1.0

MakeRecipe = Callable[[Terms, Path], Recipe]


class FolderWriter:
    """The one writer of a graph folder; a context manager, which brings the store up on leaving.

    `notes` are lines for the user about what was found and put right. `make_recipe` gets the folder's terms and the path of its
    judgements, which need not exist. `create` is the base for the IRIs of a folder that is not there yet; without it the folder
    must be there. `anew` makes the store from nothing.
    """

    def __init__(
        self,
        path: Path,
        make_recipe: MakeRecipe,
        *,
        create: str | None = None,
        anew: bool = False,
        progress: Progress | None = None,
    ) -> None:
        self.path, self.notes = path, list[str]()
        self._make_recipe, self._create, self._anew, self._progress = make_recipe, create, anew, progress
        self._tail: dict[str, tuple[Known, Position] | None] = {}
        self._closed = True
        self._judged = text_digest("")

    def __enter__(self) -> FolderWriter:
        with ExitStack() as stack:
            if self._create is not None:
                _prepare(self.path)
            elif not (self.path / LEDGER).is_dir():
                Ledger(self.path / LEDGER)
            stack.enter_context(hold(self.path / LOCK))
            if self._create is not None and not (self.path / LEDGER).exists():
                Ledger.create(self.path / LEDGER, self._create)
            self.ledger = self._open_ledger()
            self.terms = Terms(self.ledger.base)
            self.generation = None if self._anew else self._open_generation()
            self._table = None
            if self.generation is not None:
                self._table = stack.enter_context(ArticleTable(self.generation.path / ARTICLES, read_only=True))
            self._appender = stack.enter_context(Appender(self.ledger))
            if self._appender.cut:
                self.notes.append(f"{self._appender.cut} bytes of an unfinished append were cut off the ledger")
            self._read_tail()
            self._stack = stack.pop_all()
        self._waiting, self._since = 0, time.monotonic()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        with self._stack:
            # A source or a name that is not there is no reason to leave undone what was recorded.
            if kind is None or (issubclass(kind, KgError) and not issubclass(kind, GraphError)):
                self._finish()
            elif issubclass(kind, KeyboardInterrupt):
                self._appender.commit()

    def get(self, id_: str) -> Known | None:
        """What the folder knows of an article; None where it has none with this id."""
        if id_ in self._tail:
            found = self._tail[id_]
            return found[0] if found else None
        return self._table.get(id_) if self._table is not None else None

    def known(self) -> list[Known]:
        """What the folder knows of every article, in id order."""
        older = [known for known in self._table or () if known.id not in self._tail]
        newer = [found[0] for found in self._tail.values() if found is not None]
        return sorted([*older, *newer], key=lambda known: known.id)

    def records(self) -> Iterator[ArticleRecord]:
        """The record of every article, in id order; what is put meanwhile is not among them."""
        for known in self.known():
            found = self._tail.get(known.id)
            position = found[1] if found else self._table.position(known.id) if self._table is not None else None
            record = self.ledger.record_at(position) if position else None
            if isinstance(record, ArticleRecord):
                yield record

    def put(self, record: ArticleRecord) -> None:
        """Record an article, in the place of what was recorded of it. It is on disk within a second or so."""
        position = self._append(record)
        self._tail[record.id] = (Known(record.id, record.digest, record.extractor, record.source), position)

    def take_out(self, id_: str) -> None:
        """Record that an article is taken out."""
        self._append(Removal(id_))
        self._tail[id_] = None

    def _append(self, record: ArticleRecord | Removal | BuildRecord) -> Position:
        position = self._appender.append(record)
        self._closed = isinstance(record, BuildRecord)
        self._waiting += 1
        if self._waiting >= COMMIT_ARTICLES or time.monotonic() - self._since > COMMIT_SECONDS:
            self._appender.commit()
            self._waiting, self._since = 0, time.monotonic()
        return position

    def _finish(self) -> None:
        """Close the build in the ledger and bring the store up to it."""
        judgements = judgement_text(self.path / JUDGEMENTS)
        changed = text_digest(judgements) != self._judged
        if changed or not self._closed:
            self._append(BuildRecord(judgements if changed else None))
        self._appender.commit()
        latest = {id_: found[1] if found else None for id_, found in self._tail.items()}
        recipe = self._make_recipe(self.terms, self.path / JUDGEMENTS)
        bring_up(self.ledger, recipe, self.generation, latest, progress=self._progress)

    def _open_ledger(self) -> Ledger:
        if not self._anew:
            return Ledger(self.path / LEDGER)
        try:
            return Ledger(self.path / LEDGER)
        except GraphError as error:
            if not (self.path / LEDGER).is_dir():
                raise
            ledger = recover_head(self.path / LEDGER, _sealed_position(self.path / STORE))
            self.notes.append(f"{error}: the {ledger.head.records} records are whole, and HEAD was written anew")
            return ledger

    def _open_generation(self) -> Generation | None:
        """The generation to go on from; None where the store is not there, or speaks of another ledger."""
        store = self.path / STORE
        if not (store / CURRENT).exists():
            if any(store.glob("g*")):
                self.notes.append(f"{store / CURRENT} is missing: the store is made anew from the ledger")
            return None
        generation = check(store / current_name(store), articles=True)
        missing = generation.seal.position.records - self.ledger.head.records
        if missing > 0:
            raise GraphError(f"{self.path / LEDGER}: damaged: {missing} records behind the store are missing; put back a copy")
        return generation

    def _read_tail(self) -> None:
        """Learn what the ledger says that the generation does not show yet."""
        since, link = START, None
        if self.generation is not None:
            since, link = self.generation.seal.position, self.generation.seal.link
            self._judged = self.generation.seal.judgements
        for entry in self.ledger.entries(since, link):
            match entry.record:
                case ArticleRecord() as record:
                    known = Known(record.id, record.digest, record.extractor, record.source)
                    self._tail[record.id] = (known, entry.start)
                case Removal(id=id_):
                    self._tail[id_] = None
                case BuildRecord(judgements=text) if text is not None:
                    self._judged = text_digest(text)
            self._closed = not isinstance(entry.record, ArticleRecord | Removal)


def judgement_text(path: Path) -> str:
    """The text of a judgements file, empty where there is none. Raises GraphError."""
    try:
        return path.read_text(encoding="utf-8-sig") if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise GraphError(f"{path}: cannot be read ({error}); put that right, or put back a copy") from error


def text_digest(text: str) -> str:
    """The digest (hex) by which a seal knows the judgements it was made under."""
    return hashlib.sha256(text.encode()).hexdigest()


def _prepare(path: Path) -> None:
    """A folder that can become a graph: one that is not there, is empty, or holds judgements only."""
    with writing(path):
        if path.exists() and not path.is_dir():
            raise GraphError(f"{path}: is a file; give a folder for the graph with -o")
        path.mkdir(parents=True, exist_ok=True)
        ours = {LEDGER, f"{LEDGER}.new", STORE, LOCK, JUDGEMENTS}
        others = sorted(file.name for file in path.iterdir() if file.name not in ours)
        if others and not (path / LEDGER).exists():
            raise GraphError(f"{path}: is no graph folder and not empty ({', '.join(others[:3])}); give another with -o")
        if (path / STORE).exists() and not (path / LEDGER).exists():
            raise GraphError(f"{path / LEDGER}: is missing; put back a copy of it, or give another folder with -o")


def _sealed_position(store: Path) -> Position | None:
    try:
        return check(store / current_name(store)).seal.position
    except GraphError:
        return None
