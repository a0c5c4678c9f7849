"""The stages in order: read → extract → record in the ledger → resolve, assemble and index in the store.

    sources ──▶ Article ──▶ Claims ──▶ ledger ──▶ store
                 │ known?      │                    │
                 └─ unchanged  └─ one record        └─ what changed, or everything

An article is taken up again when what was read of it changed, or the rules that read it. What is recorded is kept, whatever
happens after: the next run goes on from there.
"""

from __future__ import annotations

import hashlib
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain, islice
from pathlib import Path

from kg.articles import article_from_text, iter_articles
from kg.errors import GraphError, NotFound, SourceError
from kg.extraction import Gap, extract_articles
from kg.extraction.tracing import Trace, trace_article
from kg.graph.assembly import describe_judgements
from kg.graph.comparison import Change, compare, parse_place, read_state
from kg.graph.folder import JUDGEMENTS, FolderWriter, judgement_text, text_digest
from kg.graph.indexing import Recipe
from kg.graph.judging import ON_CLAIMS, ClaimJudgements, parse_change
from kg.graph.records import ArticleRecord, file_article, reading_digest
from kg.graph.review import read_records
from kg.graph.store import Graph, open_graph
from kg.graph.terms import BASE, Terms
from kg.identity import group, read_judgements, resolve
from kg.model import CORE, Article, Claim, Entity
from kg.resources import data_path

_IS_CLAIM = "ASK { ?claim a coop:Claim }"

Sources = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]
Progress = Callable[[str, int, int], None]


@dataclass(slots=True)
class Summary:
    """What a build did, in articles (`read` = `new` + `changed` + `unchanged`), and the claims
    and gaps of new and changed ones.

    `problems` are the sources that could not be read, `notes` what else should be known. `interrupted` says that Ctrl-C
    stopped the reading.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    claims: int = 0
    gaps: int = 0
    problems: list[SourceError] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    interrupted: bool = False


def build(sources: Sources, folder: str | os.PathLike[str] = "cooperation.kg", *, progress: Progress | None = None) -> Graph:
    """The graph of a folder, made or extended from articles; sources that cannot be read are left out.

    Raises SourceError where none can be read, and GraphError where the folder is none, is damaged or locked.
    """
    extend(sources, folder, progress=progress)
    return open_graph(folder)


def extend(
    sources: Sources, folder: str | os.PathLike[str], *, base: str | None = None, progress: Progress | None = None
) -> Summary:
    """Make or extend a graph folder, and say what was done. `base` is where the IRIs of a new graph begin."""
    summary, terms = Summary(), Terms(base or BASE)
    articles = iter_articles(sources, summary.problems.append)
    # The first article is read before anything is made: sources that are not there leave no folder behind.
    first = list(islice(articles, 1))
    with FolderWriter(Path(folder), make_recipe, create=terms.base, progress=progress) as writer:
        summary.notes = writer.notes
        if base is not None and writer.terms != terms:
            raise GraphError(f"{folder}: its IRIs begin with {writer.terms.base}; that cannot be changed")
        _take_up(chain(first, articles), writer, summary, progress)
    summary.notes += _lost_judgements(Path(folder))
    return summary


def remove(sources: str | Iterable[str], folder: str | os.PathLike[str], *, progress: Progress | None = None) -> Summary:
    """Take articles out of a graph folder, by id or by the file or folder they were read from.

    Raises NotFound, and removes nothing, where one of the sources is not in the graph.
    """
    summary = Summary()
    with FolderWriter(Path(folder), make_recipe, progress=progress) as writer:
        summary.notes = writer.notes
        known = writer.known()
        ids: set[str] = set()
        for source in [sources] if isinstance(sources, str) else sources:
            found = [article.id for article in known if article.id == source or _is_under(article.source, source)]
            if not found:
                raise NotFound(f"“{source}” is no article of {folder}, and none was read from there")
            ids.update(found)
        for id_ in sorted(ids):
            writer.take_out(id_)
        summary.removed = len(ids)
    summary.notes += _lost_judgements(Path(folder))
    return summary


def refresh(folder: str | os.PathLike[str], *, progress: Progress | None = None) -> Summary:
    """Bring the store of a folder up to its ledger and its judgements; nothing is read."""
    summary = Summary()
    with FolderWriter(Path(folder), make_recipe, progress=progress) as writer:
        summary.notes = writer.notes
    summary.notes += _lost_judgements(Path(folder))
    return summary


def rebuild(folder: str | os.PathLike[str], *, extract_again: bool = False, progress: Progress | None = None) -> Summary:
    """Make the store of a folder anew from its ledger; with `extract_again` its articles are read by today's rules.

    Raises GraphError where the ledger is damaged: what it no longer says is not made up.
    """
    summary = Summary()
    with FolderWriter(Path(folder), make_recipe, anew=True, progress=progress) as writer:
        summary.notes = writer.notes
        if extract_again:
            _take_up(map(_article, writer.records()), writer, summary, progress)
    summary.notes += _lost_judgements(Path(folder))
    return summary


def read_claims(sources: Sources, on_problem: Callable[[SourceError], None] | None = None) -> Iterator[Claim]:
    """The claims of articles, one article after the other; memory does not grow with their number."""
    for _, found in extract_articles(iter_articles(sources, on_problem)):
        yield from found.claims


def read_traces(sources: Sources, on_problem: Callable[[SourceError], None] | None = None) -> Iterator[Trace]:
    """The claims of articles, each with what made it."""
    for article in iter_articles(sources, on_problem):
        yield from trace_article(article)


def read_gaps(sources: Sources, on_problem: Callable[[SourceError], None] | None = None) -> Iterator[Gap]:
    """The sentences of articles that hold a cue and gave no claim."""
    for _, found in extract_articles(iter_articles(sources, on_problem)):
        yield from found.gaps


def recorded_gaps(folder: str | os.PathLike[str]) -> Iterator[Gap]:
    """The gaps of a graph folder's articles, as they were when the articles were read."""
    for record in read_records(Path(folder)):
        for start, end, reason in record.gaps:
            yield Gap(record.id, start, end, record.text[start:end], reason)


def diff(old: str | os.PathLike[str], new: str | os.PathLike[str]) -> tuple[list[Change], Mapping[str, Entity]]:
    """The statements that differ between two graph folders, or one at two times (`cooperation.kg@3`, after its third build).

    With them the entities that they name, by id.
    """
    places = [parse_place(str(old)), parse_place(str(new))]
    states = [read_state(folder, make_recipe, build) for folder, build in places]
    return compare(*states), {**states[0].entities, **states[1].entities}


@cache
def extractor_version() -> str:
    """The version of the rules that read articles: a digest of their code and their vocabulary."""
    code = Path(__file__).parent
    return _digest_files([code / "articles", code / "extraction", *_vocabulary()])


@cache
def maker_version() -> str:
    """The version of what makes quads of claims: a digest of its code, of the ontology and of the registry."""
    code = Path(__file__).parent
    return _digest_files([code / "graph", code / "identity", code / "topics.py", data_path("ontology"), *_vocabulary()])


def _take_up(articles: Iterable[Article], writer: FolderWriter, summary: Summary, progress: Progress | None) -> None:
    """Extract and record what is new or changed; Ctrl-C ends it behind an article."""
    version = extractor_version()

    def is_unchanged(article: Article) -> bool:
        """Whether it is in the folder as it is; counted where it is."""
        known = writer.get(article.id)
        unchanged = known is not None and (known.digest, known.extractor) == (reading_digest(article), version)
        summary.unchanged += unchanged
        return unchanged

    def count() -> None:
        summary.read += 1
        if progress is not None:
            progress("articles", summary.read, 0)

    with _interruptible() as interrupted:

        def unknown() -> Iterator[Article]:
            for article in articles:
                if interrupted():
                    return
                if is_unchanged(article):
                    count()
                else:
                    yield article

        for article, found in extract_articles(unknown()):
            # Several are extracted at once: the same article may have come twice.
            if not is_unchanged(article):
                gaps = [(gap.start, gap.end, gap.reason) for gap in found.gaps]
                known = writer.get(article.id)
                writer.put(file_article(article, found.claims, version, gaps))
                summary.claims += len(found.claims)
                summary.gaps += len(gaps)
                summary.new += known is None
                summary.changed += known is not None
            count()
            if interrupted():
                break
        summary.interrupted = interrupted()


def make_recipe(terms: Terms, judgements: Path) -> Recipe:
    """How this version makes quads of records, under the judgements of a file."""
    decided = read_judgements(judgements)
    for judgement in decided:
        parse_change(judgement)
    return Recipe(
        terms,
        resolve=lambda record: resolve(record.claims, articles=[record], judgements=decided),
        judgements=ClaimJudgements(decided),
        judgement_quads=tuple(describe_judgements(decided, terms)),
        judged=text_digest(judgement_text(judgements)),
        maker=maker_version(),
    )


def _lost_judgements(folder: Path) -> list[str]:
    """Lines about judgements that hold no more: their claim is gone, or they contradict one another."""
    decided = read_judgements(folder / JUDGEMENTS)
    engine = open_graph(folder).engine
    lines = [f"{JUDGEMENTS}: {contradiction}" for contradiction in group(decided).contradictions]
    for judgement in decided:
        about = f"{judgement.verdict} by {judgement.by}, {judgement.when}"
        if judgement.verdict in ON_CLAIMS and not engine.evaluate(
            _IS_CLAIM, {"claim": engine.terms.claim(judgement.left[:CORE])}
        ):
            lines.append(f"{JUDGEMENTS}: no article makes the claim {judgement.left} any more ({about})")
    return lines


def _article(record: ArticleRecord) -> Article:
    """The article of a record, read anew from the text as found."""
    return article_from_text(
        record.text,
        id=record.id,
        title=record.title,
        publisher=record.publisher,
        published=record.published,
        language=record.language,
        url=record.url,
        source=record.source,
    )


def _is_under(read_from: str, source: str) -> bool:
    """Whether an article was read from this file or folder, however the path is written.

    An article of a file of many is read from `news.jsonl:12` or `news.json[3]`.
    """
    place, asked = Path(read_from).absolute(), Path(source).absolute()
    return place.is_relative_to(asked) or str(place).startswith((f"{asked}:", f"{asked}["))


@contextmanager
def _interruptible() -> Iterator[Callable[[], bool]]:
    """Inside, the first Ctrl-C (or SIGTERM) is only noted, for the work to stop at a good place; the second one breaks off."""
    noted: list[int] = []
    if threading.current_thread() is not threading.main_thread():
        yield lambda: False
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, frame: object) -> None:
        if noted:
            raise KeyboardInterrupt
        noted.append(number)

    for number in before:
        signal.signal(number, note)
    try:
        yield lambda: bool(noted)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _vocabulary() -> list[Path]:
    """The tables of seeds/; its articles are no vocabulary."""
    return [path for path in sorted(data_path("seeds").iterdir()) if path.name != "articles"]


def _digest_files(places: Iterable[Path]) -> str:
    """A digest of files and of everything in folders, by name and content."""
    digest = hashlib.sha256()
    for place in places:
        for path in sorted(place.rglob("*")) if place.is_dir() else [place]:
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(place.parent).as_posix()}\n".encode())
                digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:16]
