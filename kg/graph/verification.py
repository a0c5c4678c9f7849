"""Is everything as it was written: the ledger's chain, the files of the store, and that the one shows what the other says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kg.errors import GraphError
from kg.graph.engine import FolderEngine, select
from kg.graph.files import is_held
from kg.graph.folder import JUDGEMENTS, LEDGER, LOCK, STORE, judgement_text, text_digest
from kg.graph.generations import Generation, check, reading
from kg.graph.ledger import Ledger
from kg.graph.records import ArticleRecord, BuildRecord, Removal

_ARTICLES = "SELECT ?id ?digest WHERE { ?article a coop:Article ; dcterms:identifier ?id ; coop:digest ?digest }"
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What was found whole, as lines for a person; `behind` counts records that the store does not show yet."""

    lines: tuple[str, ...]
    behind: int


def verify(folder: Path, *, progress: Progress | None = None) -> Report:
    """Compare everything with everything. Raises GraphError that names what is damaged and says what to do.

    A build that was interrupted is no damage: it is reported, and the next build goes on from there.
    """
    ledger = Ledger(folder / LEDGER)
    with reading(folder / STORE) as generation:
        check(generation.path, deep=True)
        if generation.seal.position.records > ledger.head.records:
            missing = generation.seal.position.records - ledger.head.records
            raise GraphError(f"{folder / LEDGER}: damaged: {missing} records behind the store are missing; put back a copy")
        articles, builds = _read(ledger, generation, progress)
        behind = ledger.head.records - generation.seal.position.records
        _compare(folder, generation, articles)
    judged = text_digest(judgement_text(folder / JUDGEMENTS))
    if judged != generation.seal.judgements:
        raise GraphError(
            f"{folder / JUDGEMENTS}: is not what the store was made under; if you edited it, run kg build or rebuild"
        )
    lines = [f"ledger: {ledger.head.records} records in {len(ledger.head.sizes)} segments, {builds} builds, every link whole"]
    lines.append(f"store: generation {generation.number}, {len(generation.seal.files)} files, every checksum right")
    lines.append(f"articles: {len(articles)}, as the ledger has them")
    if behind and not is_held(folder / LOCK):
        lines.append(
            f"behind: {behind} records of an interrupted build are not in the store yet; the next kg build takes them up"
        )
    return Report(tuple(lines), behind)


def _read(ledger: Ledger, generation: Generation, progress: Progress | None) -> tuple[dict[str, str], int]:
    """Every record of the ledger, checked; the digests of the articles that the generation shows, and the builds."""
    articles: dict[str, str] = {}
    builds = 0
    linked = generation.seal.position.records == 0
    for entry in ledger.entries():
        if progress is not None:
            progress("ledger", entry.end.records, ledger.head.records)
        shown = entry.end.records <= generation.seal.position.records
        match entry.record:
            case ArticleRecord() as record if shown:
                articles[record.id] = record.text_digest
            case Removal(id=id_) if shown:
                articles.pop(id_, None)
            case BuildRecord():
                builds += 1
        linked = linked or entry.end == generation.seal.position
    if not linked:
        raise GraphError(f"{generation.path}: was made from another ledger; make the store anew with: kg rebuild")
    return articles, builds


def _compare(folder: Path, generation: Generation, articles: dict[str, str]) -> None:
    """The articles of the store against those of the ledger."""
    rows = select(FolderEngine(folder), _ARTICLES, {}).rows
    stored = {id_.value: digest.value for id_, digest in rows if isinstance(id_, ox.Literal) and isinstance(digest, ox.Literal)}
    for id_ in sorted(articles.keys() | stored.keys()):
        if articles.get(id_) != stored.get(id_):
            raise GraphError(
                f"{generation.path}: article {id_} is not as the ledger has it; make the store anew with: kg rebuild"
            )
