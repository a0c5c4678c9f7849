"""Article → Claims: names, entities, players, candidates, then what the sentence says of each: stated or denied, status, date."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kg.extraction.chunks import Chunk, chunk
from kg.extraction.discourse import Player, Scene, stage
from kg.extraction.entities import EntityTable, tie
from kg.extraction.factuality import Nature, Polarity, assess, nature_of, read_setting
from kg.extraction.mentions import Span, find_mentions
from kg.extraction.pairs import Candidates, candidates, frame_names, predicate_names
from kg.extraction.scoring import Scorer, load_scorer
from kg.extraction.tagging import Tagger
from kg.model import Article, Claim, Mention
from kg.schema import load_schema


@dataclass(frozen=True)
class Reading:
    """An article taken apart: everything that the frames work on."""

    spans: list[Span]
    table: EntityTable
    chunks: list[Chunk]
    scenes: list[Scene]
    players: list[Player]
    candidates: Candidates


@dataclass(frozen=True, slots=True)
class Gap:
    """A sentence with a cue that gave no claim, and why."""

    article: str
    start: int
    end: int
    text: str
    reason: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """The claims of one article, and the sentences that could have held one."""

    claims: list[Claim]
    gaps: list[Gap]


def take_apart(article: Article, tagger: Tagger | None = None, spans: list[Span] | None = None) -> Reading:
    """Names, entities, chunks, scenes and candidates of an article; with `spans`, these names instead of the tagger's."""
    found = find_mentions(article, tagger) if spans is None else spans
    table = tie(article, found)
    chunks = chunk(article.clean, found)
    scenes, _ = stage(chunks, table, article.language)
    players = [player for scene in scenes for player in scene.players]
    return Reading(found, table, chunks, scenes, players, candidates(chunks, scenes, article.language))


def extract_article(article: Article, *, tagger: Tagger | None = None, scorer: Scorer | None = None) -> Extraction:
    """The claims of an article in the order of the text, one for each subject, predicate and object, and the gaps."""
    reading = take_apart(article, tagger)
    model = scorer or load_scorer(article.language)
    found = reading.candidates
    scores = model.probabilities(found.features)
    chosen = choose(reading, scores, model)
    setting = read_setting(article, [(span.start, span.end) for span in reading.spans])
    places: dict[int, list[int]] = {}
    for player in reading.players:
        if player.at >= 0 and player.how == "M":
            places.setdefault(player.entity, []).append(reading.chunks[player.at].start)
    claims: list[Claim] = []
    stated: set[int] = set()
    denied: set[int] = set()
    for row in chosen:
        scene = reading.scenes[found.scene[row]]
        start, end = reading.chunks[scene.first].start, reading.chunks[scene.last - 1].end
        piece = reading.chunks[found.cue[row]]
        frame, predicate = frame_names()[found.frame[row]], predicate_names()[found.predicate[row]]
        object_ = reading.players[found.object[row]]
        nature = nature_of(predicate, reading.table.entities[object_.entity].type, article.clean[piece.start : piece.end])
        topic = places.get(object_.entity, ()) if nature is Nature.EVENT else ()
        view = assess(setting, (start, end), (piece.start, piece.end), nature=nature, topic=topic)
        if view.polarity is not Polarity.STATED:
            denied.add(int(found.scene[row]))
            continue
        stated.add(int(found.scene[row]))
        subject = reading.players[found.subject[row]]
        represents = predicate == "represents"
        text = article.clean[start:end]
        claims.append(
            Claim(
                _mention(article, reading, subject),
                predicate,
                _mention(article, reading, object_),
                "realised" if represents else view.status,
                None if represents else view.date,
                article.quote(start, start + len(text.rstrip())),
                f"{article.language}.{frame}",
                round(float(scores[row]), 3),
                (article.found(piece.start, piece.end),),
            )
        )
    return Extraction(claims, _gaps(article, reading, stated, denied))


def choose(reading: Reading, scores: np.ndarray, model: Scorer) -> list[int]:  # type: ignore[type-arg]
    """The best row of each subject, predicate and object that is likely enough, in the order of the text."""
    found, symmetric = reading.candidates, {n for n, p in load_schema().predicates.items() if p.symmetric}
    names = predicate_names()
    limits = np.array([model.thresholds.get(name, 0.5) for name in names])
    if not len(scores):
        return []
    best: dict[tuple[int, int, int], int] = {}
    for row in np.flatnonzero(scores >= limits[found.predicate]).tolist():
        s, o = reading.players[found.subject[row]].entity, reading.players[found.object[row]].entity
        p = int(found.predicate[row])
        key = (min(s, o), p, max(s, o)) if names[p] in symmetric else (s, p, o)
        if key not in best or scores[row] > scores[best[key]]:
            best[key] = row
    return sorted(best.values(), key=lambda row: (found.cue[row], found.predicate[row], found.subject[row], found.object[row]))


def _mention(article: Article, reading: Reading, player: Player) -> Mention:
    entity = reading.table.entities[player.entity]
    if player.at < 0:
        return Mention(entity.name, entity.name, entity.type)
    piece = reading.chunks[player.at]
    start, end = article.found(piece.start, piece.end)
    if player.how == "M":
        form = article.clean[piece.start : piece.end].strip("《》“”")
        return Mention(form, entity.name, entity.type, start, end)
    return Mention(entity.name, entity.name, entity.type, start, end)


def _gaps(article: Article, reading: Reading, stated: set[int], denied: set[int]) -> list[Gap]:
    found: list[Gap] = []
    for number, scene in enumerate(reading.scenes):
        if number in stated:
            continue
        pieces = reading.chunks[scene.first : scene.last]
        if not any(piece.kind == "C" for piece in pieces):
            continue
        names = sum(piece.kind == "M" for piece in pieces)
        reason = "denied" if number in denied else "no name" if names == 0 else "one name" if names == 1 else "no frame"
        quote = article.quote(pieces[0].start, pieces[-1].end)
        found.append(Gap(article.id, quote.start, quote.end, quote.text.strip(), reason))
    return found


def extract_articles(articles: Sequence[Article]) -> list[Claim]:
    """The claims of several articles, in their order."""
    return [claim for article in articles for claim in extract_article(article).claims]
