"""Who is on stage in each sentence: the names in it, those whom its pronouns stand for, and those carried over from before.

A focus stack in the manner of centering theory (Grosz, Joshi, Weinstein 1995), kept by type: 双方 asks for the last pair that
acted together, 该公司 for the last company, a clause without a subject for the topic of the sentence before.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import NamedTuple

from kg.extraction.chunks import Anaphor, Chunk, anaphors
from kg.extraction.entities import EntityTable
from kg.extraction.lexicon import cues, known_labels, titles, word_class
from kg.schema import load_schema

JOINED = frozenset("、和及以") | {"以及", "and", ","}
TOGETHER = JOINED | frozenset("与同跟—·") | {"携手", "联合", "with"}
_ENDS = frozenset("。！？\n")
_BODIES = frozenset(
    ("Company", "ResearchOrganization", "Association", "GovernmentBody", "IntergovernmentalOrganization", "Alliance")
)
_SIDES = frozenset("与和同跟—")
_TITLE_JOINTS = frozenset("与和同、—")
_REPUBLIC = "中华人民共和国"
# How far back, in chunks, a title without a body looks for one.
_OFFICE_REACH = 120
_THAT = frozenset("其它")
_HELD = frozenset(("organize", "establish", "cooperate"))
_INTENDED = re.compile("同意|商定|拟|将|计划|决定|约定")
_BREAKS = frozenset("，；。！？\n")
_AWAY = frozenset("在于从到赴向对给")
_TOWARDS = frozenset("与和同跟向对")


class Player(NamedTuple):
    """An entity that can be an argument in a sentence, and how it comes to be there.

    `at` is the number of its chunk, -1 where no chunk stands for it. `how`: M named, R an official who stands for it, P plural
    pronoun, A singular pronoun, Z topic carried over, E event carried over, Y other entity of the sentence before, I a party that
    the title of a text names.
    """

    at: int
    entity: int
    type: str
    how: str


@dataclass(slots=True)
class Scene:
    """One sentence: its chunks `first` to `last` (exclusive) and its players."""

    first: int
    last: int
    players: list[Player] = field(default_factory=list)


def stage(chunks: Sequence[Chunk], table: EntityTable, language: str, text: str = "") -> tuple[list[Scene], dict[int, int]]:
    """The scenes of an article, and for each person the entity that the title in front of the name says he or she stands for."""
    schema = load_schema()
    actors = {kind for kind in schema.types if schema.is_a(kind, "Actor")}
    office = offices(chunks, table, actors, text)
    kind = [entity.type for entity in table.entities]
    words = anaphors(language)
    forms = {
        form: number
        for number, entity in enumerate(table.entities)
        if entity.type in actors and entity.type != "Person"
        for form in entity.forms
        if len(form) > 1
    }
    scenes, recent, pairs = [], list[int](), list[tuple[int, ...]]()
    topic, event, before, guest = -1, -1, list[int](), -1
    delegations = word_class("zh", "delegation")
    ahead: set[int] = set()
    for first, last in _sentences(chunks):
        scene = Scene(first, last)
        local: list[tuple[int, int]] = []
        for at in range(first, last):
            piece = chunks[at]
            if (piece.kind == "C" and piece.value.startswith("率")) or piece.value in delegations:
                sent = [office.get(e, e) for e, place in local if kind[e] in actors and (at - place < 2 or piece.kind == "C")]
                guest = sent[-1] if sent and kind[sent[-1]] != "Person" else guest
            if piece.kind == "M":
                entity = table.of[piece.span]
                scene.players.append(Player(at, entity, kind[entity], "M"))
                local.append((entity, at))
                if entity in office:
                    scene.players.append(Player(at, office[entity], kind[office[entity]], "R"))
                elif piece.value == "Agreement":
                    parties = _parties(text[piece.start : piece.end], forms)
                    scene.players += [Player(at, party, kind[party], "I") for party in parties]
            elif piece.kind == "A" and piece.value in delegations and guest >= 0:
                scene.players.append(Player(at, guest, kind[guest], "A"))
            elif piece.kind == "A":
                pool = [entity for entity in (*recent, *(entity for entity, _ in local)) if entity not in ahead]
                if piece.value in _THAT and chunks[at - 1].value in TOGETHER | _TOWARDS | {"为", "给"}:  # A同其签约: not A
                    pool = recent + [entity for entity, place in local if place < _clause(chunks, at)]
                told = _told_of(chunks, at, local, kind) if piece.value in _THAT else -1
                opens = at == first or chunks[at - 1].value in _BREAKS
                if told < 0 and opens and piece.value in _THAT:  # A称，其与B…: who was told of first
                    free = (e for e, place in local if place == first or chunks[place - 1].value not in _AWAY | TOGETHER)
                    told = next(
                        (office.get(e, e) for e in free if kind[e] in actors and kind[office.get(e, e)] != "Person"), -1
                    )
                if told >= 0:
                    scene.players.append(Player(at, told, kind[told], "A"))
                    continue
                here = _pairs(chunks, first, at, table, kind, actors, office) if words[piece.value].number > 1 else []
                scene.players += _resolve(at, words[piece.value], pool, pairs + here, table, actors, office, topic)
        ahead |= _ahead(chunks, first, local, kind, text)
        present = {player.entity for player in scene.players}
        if topic >= 0 and topic not in present:
            scene.players.append(Player(-1, topic, kind[topic], "Z"))
        if event >= 0:
            scene.players.append(Player(-1, event, kind[event], "E"))
        scene.players += [Player(-1, e, kind[e], "Y") for e in before[:6] if e not in present and e not in (topic, event)]
        scenes.append(scene)
        if local:
            acting = [office.get(e, e) for e, _ in local if kind[e] in actors and (kind[e] != "Person" or e in office)]
            led = {office.get(e, e) for e, at in local if chunks[at - 1].value in _AWAY and at > first}
            topic = next((e for e in acting if e not in led), acting[0] if acting else topic)
            before = list(dict.fromkeys(e for e, _ in local))
            event = next((e for e, _ in reversed(local) if kind[e] == "Event" and e not in ahead), event)
            pairs += _pairs(chunks, first, last, table, kind, actors, office) if len(local) > 1 else ()
            recent = (recent + [e for e, _ in local])[-60:]
    return scenes, office


def _clause(chunks: Sequence[Chunk], at: int) -> int:
    """The mark that opens the clause of a chunk."""
    return next((place for place in range(at, -1, -1) if chunks[place].value in _BREAKS), -1)


def _told_of(chunks: Sequence[Chunk], at: int, local: Sequence[tuple[int, int]], kind: Sequence[str]) -> int:
    """What 其 stands for in P昨日启动，A为其提供贷款: the undertaking that the clause before is about."""
    here = _clause(chunks, at)
    before = [entity for entity, place in local if place < here]
    within = [entity for entity, place in local if place > here]
    leads = at > 0 and chunks[at - 1].value in ("为", "向", "对", "给")
    subject = before[-1] if before and within and leads else -1
    return subject if subject >= 0 and kind[subject] in ("Project", "Platform", "Event") else -1


def _ahead(chunks: Sequence[Chunk], first: int, local: Sequence[tuple[int, int]], kind: Sequence[str], text: str) -> set[int]:
    """Events that a sentence only intends: 双方同意合办[E]; what is told next does not happen there."""
    found = set()
    for entity, place in local:
        verb = chunks[place - 1] if place > first else chunks[place]
        if kind[entity] != "Event" or verb.kind != "C" or _HELD.isdisjoint(cues("zh").get(verb.value, ())):
            continue
        clause = next((at for at in range(place, first, -1) if chunks[at].value in ("；", "。")), first)
        if _INTENDED.search(text, chunks[clause].start, verb.start):
            found.add(entity)
    return found


def _parties(title: str, forms: Mapping[str, int]) -> list[int]:
    """The entities that open a title: 《甲国政府和乙国政府关于…的协定》; none where only one stands there."""
    at, found = 1 if title[:1] == "《" else 0, list[int]()
    while True:
        if title.startswith(_REPUBLIC, at) and title[at + len(_REPUBLIC) : at + len(_REPUBLIC) + 1] not in _TITLE_JOINTS:
            shorter = at + len(_REPUBLIC)
            at = at if title.startswith("政府", shorter) else shorter
        end = next((at + size for size in range(min(20, len(title) - at), 1, -1) if title[at : at + size] in forms), 0)
        if not end:
            break
        found.append(forms[title[at:end]])
        end += 2 if title.startswith("政府", end) else 0
        if title[end : end + 1] not in _TITLE_JOINTS:
            break
        at = end + 1
    return list(dict.fromkeys(found)) if len(set(found)) > 1 else []


def _sentences(chunks: Sequence[Chunk]) -> list[tuple[int, int]]:
    found, first = [], 0
    for number, piece in enumerate(chunks):
        if piece.kind == "P" and piece.value in _ENDS:
            found.append((first, number + 1))
            first = number + 1
    if first < len(chunks):
        found.append((first, len(chunks)))
    return found


def offices(chunks: Sequence[Chunk], table: EntityTable, actors: set[str], text: str) -> dict[int, int]:
    """Person → body or place that he or she holds an office in.

    Read off 山东省生态环境厅副厅长某某, 挪威驻华大使某某 (the one who sends), 某公司董事长某某、总经理某某 (the same company), 某某（某公司
    总经理） and 董事长某某 (the organisation named last).
    """
    found: dict[int, int] = {}
    for number, piece in enumerate(chunks):
        if piece.kind != "M" or piece.value != "Person":
            continue
        person = table.of[piece.span]
        at, titled = number - 1, False
        while at >= 0 and number - at < 10 and _is_office_part(chunks, at, titled):
            titled |= chunks[at].kind == "T"
            at -= 1
        body = _body(chunks, at, actors) if titled else _bracketed(chunks, number + 1, actors)
        if body >= 0:
            found.setdefault(person, table.of[chunks[body].span])
        elif titled and at >= 0 and chunks[at].kind == "M" and chunks[at].value == "Person" and chunks[at + 1].value == "、":
            if table.of[chunks[at].span] in found:
                found.setdefault(person, found[table.of[chunks[at].span]])
        elif titled and chunks[at].kind == "A" and (ends := anaphors("zh")[chunks[at].value].ends):  # 中心主任某某
            named = (table.of[c.span] for c in reversed(chunks[max(0, at - _OFFICE_REACH) : at]) if c.kind == "M")
            own = next((e for e in named if table.entities[e].name.endswith(ends)), -1)
            if own >= 0 and table.entities[own].type in actors:
                found.setdefault(person, own)
        elif titled and chunks[at].kind in "PFA" and (owner := _owner(chunks, number, at, table, text)) >= 0:
            found.setdefault(person, owner)
    return found


def _owner(chunks: Sequence[Chunk], person: int, before: int, table: EntityTable, text: str) -> int:
    """The entity named last before a title without a body that has such an office: 市长 the last city, 校长 the last university."""
    wanted = [titles("zh")[chunks[at].value] for at in range(before + 1, person) if chunks[at].kind == "T"]
    types = {kind for kinds, _ in wanted for kind in kinds} or _BODIES
    ends = tuple(end for _, own in wanted for end in own)
    for at in range(before, max(-1, before - _OFFICE_REACH), -1):
        if chunks[at].kind == "M" and chunks[at].value in types:
            entity = table.entities[table.of[chunks[at].span]]
            form = text[chunks[at].start : chunks[at].end]
            if not ends or entity.name.endswith(ends) or form.endswith(ends) or known_labels().get(form, "").endswith(ends):
                return table.of[chunks[at].span]
    return -1


def _body(chunks: Sequence[Chunk], at: int, actors: set[str]) -> int:
    """The chunk of the actor whose office ends before `at + 1`: 中国 in 中国驻蒙古国, 世行 in 世行中国."""
    if at < 0 or chunks[at].kind != "M" or chunks[at].value not in actors or chunks[at].value == "Person":
        return -1
    if at > 1 and chunks[at - 1].value == "驻" and chunks[at - 2].kind == "M":
        return at - 2
    if at > 0 and chunks[at].value in ("Country", "Region") and chunks[at - 1].kind == "M" and chunks[at - 1].value in _BODIES:
        return at - 1
    return at


def _bracketed(chunks: Sequence[Chunk], at: int, actors: set[str]) -> int:
    """The chunk of the actor in （某公司总经理） behind a name."""
    close = _bracket(chunks, at, len(chunks))
    if close < 0 or chunks[at + 1].kind != "M" or chunks[at + 1].value not in actors or chunks[at + 1].value == "Person":
        return -1
    return at + 1 if any(chunks[place].kind == "T" for place in range(at + 2, close)) else -1


def _is_office_part(chunks: Sequence[Chunk], at: int, titled: bool) -> bool:
    """Whether a chunk belongs to the words between a body and a person: 第二, 气候与环境, 国际合作司, 副主任、."""
    piece = chunks[at]
    if piece.kind in "TW" or piece.value in ("、", "兼", "及", "代表", "驻", "成员", "理事"):
        return True
    if not titled:
        return False
    if piece.value in ("与", "和"):  # 气候与环境大臣
        return at > 0 and chunks[at - 1].kind == "W" and chunks[at + 1].kind in "WTC"
    inner = piece.kind == "D" or (piece.kind == "C" and "cooperate" in cues("zh").get(piece.value, ()))
    return inner and chunks[at + 1].kind in "WT"


def _resolve(
    at: int,
    word: Anaphor,
    pool: list[int],
    pairs: list[tuple[int, ...]],
    table: EntityTable,
    actors: set[str],
    office: dict[int, int],
    topic: int,
) -> list[Player]:
    kind = [entity.type for entity in table.entities]

    def fits(entity: int) -> bool:
        return kind[entity] == word.type or (word.type == "Actor" and kind[entity] in actors and kind[entity] != "Person")

    if word.number > 1:
        for group in reversed(pairs):
            fitting = [entity for entity in dict.fromkeys(group) if fits(entity)]
            if len(fitting) == word.number or (word.number > 3 and len(fitting) > 2):
                return [Player(at, entity, kind[entity], "P") for entity in fitting]
        latest = [entity for entity in dict.fromkeys(reversed(pool)) if fits(entity)][: word.number]
        return [Player(at, entity, kind[entity], "P") for entity in latest] if len(latest) == word.number else []
    latest = [entity for entity in dict.fromkeys(reversed(pool)) if fits(entity)]
    alike = [entity for entity in latest if table.entities[entity].name.endswith(word.ends)] if word.ends else []
    if alike:
        return [Player(at, alike[0], kind[alike[0]], "A")]
    if word.strict:
        return []
    latest = latest[1:2] or latest if word.former else latest[:2]
    if word.own and (first := next((entity for entity in pool if fits(entity)), -1)) >= 0:
        latest = [first]
    elif topic >= 0 and fits(topic) and word.type in _BODIES:
        latest = list(dict.fromkeys((topic, *latest)))[:2]
    if word.type in ("Actor", "Event", "Agreement", "Person", "Alliance", "Country"):
        latest = latest[:1]
    players = [Player(at, entity, kind[entity], "AB"[number]) for number, entity in enumerate(latest)]
    if word.type == "Person":
        players += [Player(at, office[entity], kind[office[entity]], "R") for entity in latest if entity in office]
    return players


def _pairs(chunks, first, last, table, kind, actors, office) -> list[tuple[int, ...]]:  # type: ignore[no-untyped-def]
    """Who is named together in a sentence: runs of names joined by 与, 和, 、, and two such runs where the second is led by 与,
    向, 对 or is met by the first."""
    groups: dict[int, list[int]] = defaultdict(list)
    ends: dict[int, tuple[int, int]] = {}
    unit, _ = units(chunks, first, last, TOGETHER)
    sided = {unit[at - first] for at in range(first + 1, last) if chunks[at - 1].value in _SIDES and chunks[at].kind in "MA"}
    for at in range(first, last):
        if chunks[at].kind == "M":
            entity = table.of[chunks[at].span]
            entity = office.get(entity, entity)
            if kind[entity] in actors and kind[entity] != "Person":
                own = unit[at - first]
                if entity not in groups[own]:
                    groups[own].append(entity)
                ends[own] = (ends[own][0] if own in ends else at, at)
    order = sorted(ends, key=ends.__getitem__)
    found = []
    for left, right in pairwise(order):
        before = chunks[ends[right][0] - 1]
        if before.value in _TOWARDS or (before.kind == "C" and "meet" in cues("zh").get(before.value, ())):
            if not set(groups[left]) & set(groups[right]):
                found.append(tuple(groups[left] + groups[right]))
    return found + [
        tuple(groups[number]) for number in order if len(groups[number]) > 1 and (number in sided or len(groups[number]) > 2)
    ]


def units(chunks: Sequence[Chunk], first: int, last: int, joints: frozenset[str]) -> tuple[list[int], list[tuple[int, int]]]:
    """Coordinations: per chunk of the sentence the number of its unit (-1 outside), and each unit's first and last chunk.

    A name with the titles, persons and bracketed short forms behind it is one member.
    """
    members: list[tuple[int, int]] = []
    at = first
    while at < last:
        if chunks[at].kind not in "MA":
            at += 1
            continue
        end = at
        while True:
            if end + 1 < last and chunks[end + 1].kind in "MT":
                end += 1
                continue
            close = _bracket(chunks, end + 1, last)
            if close < 0:
                break
            end = close
        members.append((at, end))
        at = end + 1
    unit, runs = [-1] * (last - first), list[tuple[int, int]]()
    for start, end in members:
        if runs and start - runs[-1][1] == 2 and chunks[runs[-1][1] + 1].value in joints:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((start, end))
    for number, (start, end) in enumerate(runs):
        for at in range(start, end + 1):
            unit[at - first] = number
    return unit, runs


def _bracket(chunks: Sequence[Chunk], at: int, last: int) -> int:
    if at >= last or chunks[at].value not in ("（", "("):
        return -1
    for end in range(at + 1, min(last, at + 12)):
        if chunks[end].value in ("）", ")"):
            return end
    return -1
