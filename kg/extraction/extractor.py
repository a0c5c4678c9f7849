"""Article → Claims: names, entities, players, frames, then what the sentence says of each: stated or denied, status, date."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from kg.extraction.boundaries import Span
from kg.extraction.chunks import Chunk, chunk
from kg.extraction.discourse import Player, Scene, stage
from kg.extraction.english.reading import read_english
from kg.extraction.entities import EntityTable, tie, without_marks
from kg.extraction.factuality import Assessment, Nature, Polarity, assess, nature_of, read_setting
from kg.extraction.grammar import Derivation, derive
from kg.extraction.mentions import Tagged, find_mentions, tag
from kg.extraction.tagging import Tagger
from kg.extraction.texts import Parties, groups_of_parties, name_apart
from kg.model import Article, Claim, Mention, ParagraphKind
from kg.resources import data_path, read_table
from kg.schema import load_schema

# Languages that have their tables and models in seeds/.
LANGUAGES = frozenset(("zh", "en"))
# A rule states a claim of its own where annotated articles confirm at least one in three of what it found: about half the F1
# reached, below which a rule costs more than it brings. Measured by seeds/make/measure_rules.py; confidence is read from the same table.
RULE_FLOOR = 1 / 3
# What is said of a rule that no annotated article tells about: as many right as wrong.
UNMEASURED = 0.5


@cache
def measured(language: str) -> dict[tuple[str, str], tuple[int, int]]:
    """(rule, predicate) → how many of its findings annotated articles confirm, of how many."""
    path = data_path("seeds") / "models" / f"rules.{language}.csv"
    rows = read_table(path, ("rule", "predicate", "right", "found"))
    return {(row["rule"], row["predicate"]): (int(row["right"]), int(row["found"])) for row in rows}


@cache
def rule_precision(language: str) -> dict[tuple[str, str], float]:
    """(rule, predicate) → the share of its findings that annotated articles confirm, with one of each sort added (Laplace)."""
    return {rule: (right + 1) / (found + 2) for rule, (right, found) in measured(language).items()}


@dataclass(frozen=True)
class Reading:
    """An article taken apart: everything that the frames work on, and what they state."""

    spans: list[Span]
    table: EntityTable
    chunks: list[Chunk]
    scenes: list[Scene]
    players: list[Player]
    derived: list[Derivation]


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
    """The claims of one article, and the sentences that could have held one; and how it was read: `findings` beside `claims`."""

    claims: list[Claim]
    gaps: list[Gap]
    findings: list[Finding] = field(default_factory=list, repr=False)
    reading: Reading | None = field(default=None, repr=False)


def take_apart(
    article: Article, tagger: Tagger | None = None, spans: list[Span] | None = None, tagged: Tagged | None = None
) -> Reading:
    """Names, entities, chunks, scenes and players of an article; with `spans`, these names instead of the tagger's; `tagged` is what
    the tagger says where it was asked before."""
    if article.language == "en":
        read = read_english(article, spans)
        return Reading(read.spans, read.table, read.chunks, read.scenes, _players(read.scenes), read.derived)
    found = find_mentions(article, tagger, tagged) if spans is None else spans
    table = tie(article, found)
    chunks = chunk(article.clean, found)
    scenes, _ = stage(chunks, table, article.language, article.clean)
    return Reading(found, table, chunks, scenes, _players(scenes), derive(chunks, scenes, table, article.language))


def _players(scenes: Sequence[Scene]) -> list[Player]:
    return [player for scene in scenes for player in scene.players]


def extract_article(article: Article, *, tagger: Tagger | None = None, tagged: Tagged | None = None) -> Extraction:
    """The claims of an article in the order of the text, one for each subject, predicate and object, and the gaps."""
    if article.language not in LANGUAGES:
        return Extraction([], [Gap(article.id, 0, len(article.text), article.title, f"language {article.language}")])
    reading = take_apart(article, tagger, tagged=tagged)
    claims: list[Claim] = []
    chosen: list[Finding] = []
    stated: set[int] = set()
    denied: set[int] = set()
    teller = Teller(article, reading)
    for findings in find_relations(article, reading):
        finding, claim = teller.tell(findings)
        (denied if claim is None else stated).add(finding.scene)
        if claim is not None:
            claims.append(claim)
            chosen.append(finding)
    return Extraction(claims, _gaps(article, reading, stated, denied), chosen, reading)


class Teller:
    """Makes claims of what was found in an article: with what its words say of status, date and denial."""

    def __init__(self, article: Article, reading: Reading) -> None:
        self.article, self.reading = article, reading
        self.setting = read_setting(article, [(span.start, span.end) for span in reading.spans])
        self.views: dict[tuple[int, Nature, int], Assessment] = {}
        self.places: dict[int, list[int]] = {}
        for player in reading.players:
            if player.at >= 0 and player.how == "M":
                self.places.setdefault(player.entity, []).append(reading.chunks[player.at].start)

    def tell(self, findings: Sequence[Finding]) -> tuple[Finding, Claim | None]:
        """The finding and the claim that tell best what several findings state: the first one with a date, else the first."""
        first = None
        for finding in findings:
            claim = self.state(finding)
            if claim is not None and claim.date is not None:
                return finding, claim
            first = first or (claim and (finding, claim))
        return first or (findings[0], None)

    def assess(self, finding: Finding) -> Assessment:
        """What the words around the cue of a finding say of denial, status and date."""
        article, reading = self.article, self.reading
        scene, piece = reading.scenes[finding.scene], reading.chunks[finding.cue]
        object_ = reading.players[finding.object]
        kind = reading.table.entities[object_.entity].type
        nature = nature_of(finding.predicate, kind, article.clean[piece.start : piece.end])
        # The sides of one cue are told of alike; only an event has days of its own.
        key = finding.cue, nature, object_.entity if nature is Nature.EVENT else -1
        if key not in self.views:
            topic = self.places.get(key[2], ())
            sentence = reading.chunks[scene.first].start, reading.chunks[scene.last - 1].end
            self.views[key] = assess(self.setting, sentence, (piece.start, piece.end), nature=nature, topic=topic)
        return self.views[key]

    def state(self, finding: Finding) -> Claim | None:
        """The claim of a finding; None where its sentence denies it or only supposes it."""
        article, reading = self.article, self.reading
        view = self.assess(finding)
        if view.polarity is not Polarity.STATED:
            return None
        scene, piece = reading.scenes[finding.scene], reading.chunks[finding.cue]
        start, end = reading.chunks[scene.first].start, reading.chunks[scene.last - 1].end
        subject, object_ = reading.players[finding.subject], reading.players[finding.object]
        told = _mention(article, reading, object_)
        if finding.parties:
            names = {number: entity.name for number, entity in enumerate(reading.table.entities)}
            told = replace(told, name=name_apart(told.name, finding.parties, names))
        represents = finding.predicate == "represents"
        text = article.clean[start:end]
        return Claim(
            _mention(article, reading, subject),
            finding.predicate,
            told,
            "realised" if represents else view.status,
            None if represents else view.date,
            article.quote(start, start + len(text.rstrip())),
            finding.rule,
            finding.confidence,
            (article.found(piece.start, piece.end),),
        )


@dataclass(frozen=True, slots=True)
class Finding:
    """A relation found in a scene, before its polarity, status and date are read: chunk of the cue, players by number.

    `parties` are entities, given where the object is one of several texts with the same description.
    """

    scene: int
    cue: int
    predicate: str
    subject: int
    object: int
    rule: str
    confidence: float
    parties: Parties = frozenset()


def find_relations(article: Article, reading: Reading) -> list[list[Finding]]:
    """What the frames state, in the order of the text: for each subject, predicate and object its findings, the most precise
    first."""
    precision = rule_precision(article.language)
    findings = [
        Finding(d.scene, d.cue, d.predicate, d.subject, d.object, d.rule, round(share, 3))
        for d in reading.derived
        if (share := precision.get((d.rule, d.predicate), UNMEASURED)) >= RULE_FLOOR
    ]
    predicates = load_schema().predicates
    found: dict[tuple[int, str, int, Parties], list[Finding]] = {}
    for finding in _tell_apart(article, reading, findings):
        s, o = reading.players[finding.subject].entity, reading.players[finding.object].entity
        pair = (min(s, o), max(s, o)) if predicates[finding.predicate].symmetric else (s, o)
        found.setdefault((pair[0], finding.predicate, pair[1], finding.parties), []).append(finding)
    ranked = [sorted(same, key=lambda f: (-f.confidence, f.cue, f.subject, f.object)) for same in found.values()]
    return sorted(ranked, key=lambda same: (same[0].cue, same[0].predicate, same[0].subject, same[0].object))


def _tell_apart(article: Article, reading: Reading, findings: Sequence[Finding]) -> list[Finding]:
    """The findings, where a described text that several groups signed, each for itself, has become one text for each group."""
    if article.language == "en":
        return list(findings)  # its words show by “a” and “the” which text is meant
    entity = [player.entity for player in reading.players]
    # A title in 《》 is the name of one text.
    titled = {e for e, span in zip(reading.table.of, reading.spans, strict=True) if article.clean[span.start] == "《"}
    signing: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for finding in findings:
        if finding.predicate == "agreement":
            pair = entity[finding.subject], entity[finding.object]
            signing.setdefault((finding.scene, finding.cue), []).append(pair)
    pairs: dict[int, list[tuple[int, int]]] = {}
    for finding in findings:
        if finding.predicate == "signatory_of" and entity[finding.object] not in titled:
            pairs.setdefault(entity[finding.object], []).extend(signing.get((finding.scene, finding.cue), ()))
    groups = {text: found for text, own in pairs.items() if len(found := groups_of_parties(own)) > 1}
    apart: list[Finding] = []
    for finding in findings:
        text, party = entity[finding.object], entity[finding.subject]
        if finding.predicate != "signatory_of" or text not in groups:
            apart.append(finding)
            continue
        partners = {p for pair in signing.get((finding.scene, finding.cue), ()) if party in pair for p in pair}
        own = [group for group in groups[text] if party in group and len(group & partners) > 1]
        apart += [replace(finding, parties=group) for group in own] or [finding]
    return apart


def _mention(article: Article, reading: Reading, player: Player) -> Mention:
    entity = reading.table.entities[player.entity]
    if player.at < 0:
        return Mention(entity.name, entity.name, entity.type)
    piece = reading.chunks[player.at]
    if player.how == "M" and piece.span + 1 < len(reading.spans):
        # 省环境科学研究院（以下简称“省环科院”）: by the short form the entity goes from here on, and is asked for.
        following = reading.spans[piece.span + 1]
        if following.source == "definition" and following.stands_for == article.clean[piece.start : piece.end]:
            piece = piece._replace(start=following.start, end=following.end)
    start, end = article.found(piece.start, piece.end)
    if player.how == "M":
        form = without_marks(article.clean[piece.start : piece.end])
        return Mention(form, entity.name, entity.type, start, end)
    return Mention(entity.name, entity.name, entity.type, start, end)


def _gaps(article: Article, reading: Reading, stated: set[int], denied: set[int]) -> list[Gap]:
    found: list[Gap] = []
    kinds = [article.paragraphs[sentence.paragraph].kind for sentence in article.sentences]
    for number, scene in enumerate(reading.scenes):
        pieces = reading.chunks[scene.first : scene.last]
        if number in stated or not any(piece.kind == "C" for piece in pieces):
            continue
        if kinds[article.sentence_at(pieces[0].start)] is ParagraphKind.BOILERPLATE:
            continue
        names = sum(piece.kind == "M" for piece in pieces)
        reason = "denied" if number in denied else "no name" if names == 0 else "one name" if names == 1 else "no frame"
        quote = article.quote(pieces[0].start, pieces[-1].end)
        found.append(Gap(article.id, quote.start, quote.end, quote.text.strip(), reason))
    return found


# So many characters of Chinese articles are tagged at once: enough for long arrays, few enough to stay in the processor's cache.
BATCH = 8192


def extract_articles(articles: Iterable[Article]) -> Iterator[tuple[Article, Extraction]]:
    """Articles, each with what `extract_article` finds in it, in their order."""
    waiting, size = list[Article](), 0
    for article in articles:
        waiting.append(article)
        size += len(article.clean)
        if size >= BATCH:
            yield from _extract_batch(waiting)
            waiting, size = [], 0
    yield from _extract_batch(waiting)


def _extract_batch(articles: Sequence[Article]) -> Iterator[tuple[Article, Extraction]]:
    chinese = [article for article in articles if article.language == "zh"]
    tagged = iter(tag(chinese) if chinese else ())
    for article in articles:
        yield article, extract_article(article, tagged=next(tagged) if article.language == "zh" else None)
