"""Frames over chunks: every cue with every two players who could be its arguments, described by where they stand.

A candidate is (cue, predicate, subject, object). What it looks like is a row of features: on which side of the cue each player
stands, in which clause, which preposition leads it, what joins it to others, how many names, cues and commas lie between. A
linear model over hashed features, learned by seeds/make/train_frames.py, says how likely it is that the sentence states it.
All of it is array arithmetic over a whole article, so that the cost does not grow with the number of candidates in Python.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.extraction.chunks import Chunk, cues, frames
from kg.extraction.discourse import JOINED, TOGETHER, Scene, units
from kg.extraction.hashing import Ints, mix
from kg.schema import Schema, load_schema

BITS = 20
_HOW = {how: number for number, how in enumerate("MRPABZEY", 1)}
_WITH = frozenset("与和同跟") | {"携手", "联合", "会同", "联手", "with", "and"}
_BY = frozenset("由被经受获") | {"获得", "接受", "得到", "by", "from"}
_TO = frozenset("向为对给把将") | {"帮助", "协助", "to", "for"}
_AT = frozenset("在于从到自") | {"at", "in", "on", "during"}
_LED = {**dict.fromkeys(_WITH, 2), **dict.fromkeys(_BY, 3), **dict.fromkeys(_TO, 4), **dict.fromkeys(_AT, 5), "的": 6}


@dataclass(frozen=True, slots=True)
class Candidates:
    """Parallel arrays, one row per candidate: chunk of the cue, frame, predicate, subject and object as player numbers, and the
    feature numbers (shape: rows × templates)."""

    cue: NDArray[np.int64]
    frame: NDArray[np.int64]
    predicate: NDArray[np.int64]
    subject: NDArray[np.int64]
    object: NDArray[np.int64]
    scene: NDArray[np.int64]
    features: NDArray[np.int64]


@cache
def frame_names() -> tuple[str, ...]:
    """Frames in the order of their numbers."""
    return tuple(frames())


@cache
def predicate_names() -> tuple[str, ...]:
    """Predicates in the order of their numbers."""
    return tuple(sorted(load_schema().predicates))


@cache
def _type_numbers() -> dict[str, int]:
    return {name: number for number, name in enumerate(load_schema().types)}


@cache
def _frame_codes() -> Ints:
    return np.array([_code(name) for name in frame_names()], dtype=np.uint32)


@cache
def _predicate_codes() -> Ints:
    return np.array([_code(name) for name in predicate_names()], dtype=np.uint32)


@cache
def _symmetric() -> Ints:
    schema = load_schema()
    return np.array([1 + schema.predicates[name].symmetric for name in predicate_names()], dtype=np.uint32)


@cache
def _type_codes() -> Ints:
    return np.array([_code(name) for name in _type_numbers()], dtype=np.uint32)


@cache
def _allowed() -> NDArray[np.bool_]:
    """predicate × subject type × object type."""
    schema, types = load_schema(), _type_numbers()
    table = np.zeros((len(predicate_names()), len(types), len(types)), dtype=bool)
    for number, name in enumerate(predicate_names()):
        predicate = schema.predicates[name]
        for s in predicate.domain:
            for o in predicate.range:
                if name != "represents" and "Person" in (s, o) and not _persons_allowed(schema, name):
                    continue
                table[number, types[s], types[o]] = True
    return table


def _persons_allowed(schema: Schema, name: str) -> bool:
    # Officials act for whom they represent, so a person is an argument only where money or an office is concerned.
    return name in ("represents", "supports", "invests_in", "agreement", "signatory_of")


def _code(text: str) -> int:
    return zlib.crc32(text.encode("utf-8", "surrogatepass"))


@cache
def _value_code(kind: str, value: str) -> int:
    """The identity of a chunk as context: function words, punctuation, cues and pronouns by word, the rest by class."""
    return _code(f"{kind}:{value}") if kind in "FPCA" else _code(f"{kind}:{value if kind in 'MW' else ''}")


def candidates(chunks: Sequence[Chunk], scenes: Sequence[Scene], language: str) -> Candidates:
    """All candidates of an article; players are numbered through, scene by scene."""
    table, number = cues(language), {name: index for index, name in enumerate(frame_names())}
    count = len(chunks)
    kinds = np.array([ord(piece.kind) for piece in chunks] or [0])
    values = np.array([0, *(_value_code(piece.kind, piece.value) for piece in chunks), 0], dtype=np.uint32)
    led_by = np.array([0, *(_LED.get(piece.value, 0) for piece in chunks), 0], dtype=np.uint32)
    comma = np.array([piece.kind == "P" and piece.value in "，；：,;:—" for piece in chunks] or [False])
    semicolon = np.array([piece.kind == "P" and piece.value in "；;" for piece in chunks] or [False])
    of = np.array([piece.value == "的" for piece in chunks] or [False])
    running = {
        name: np.concatenate([[0], np.cumsum(flag)])
        for name, flag in (
            ("comma", comma), ("semicolon", semicolon), ("name", kinds == ord("M")), ("cue", kinds == ord("C")), ("of", of)
        )
    }  # fmt: skip
    # clause number of each chunk; brackets and quotes do not end a clause
    clause = running["comma"][:count].astype(np.int64)
    # players
    at, kind_of, how, scene_of, entity = [], [], [], [], []
    unit_first, unit_last, wide_first, wide_last, unit_id, wide_id, size = [], [], [], [], [], [], []
    types = _type_numbers()
    cue_at, cue_frame, cue_scene = [], [], []
    lead = np.zeros(count + 1, dtype=np.int64)  # bare units (no preposition before them) that begin here
    base = 0
    for scene_number, scene in enumerate(scenes):
        narrow, narrow_runs = units(chunks, scene.first, scene.last, JOINED)
        wide, wide_runs = units(chunks, scene.first, scene.last, TOGETHER)
        for start, _ in narrow_runs:
            lead[start] = 1 if start == 0 or led_by[start] == 0 else 0
        for player in scene.players:
            at.append(player.at)
            kind_of.append(types[player.type])
            how.append(_HOW[player.how])
            scene_of.append(scene_number)
            entity.append(player.entity)
            if player.at < 0:
                unit_first.append(scene.first)
                unit_last.append(scene.first - 1)
                wide_first.append(scene.first)
                wide_last.append(scene.first - 1)
                unit_id.append(-1 - len(at))
                wide_id.append(-1 - len(at))
                size.append(0)
                continue
            n, w = narrow[player.at - scene.first], wide[player.at - scene.first]
            unit_first.append(narrow_runs[n][0])
            unit_last.append(narrow_runs[n][1])
            wide_first.append(wide_runs[w][0])
            wide_last.append(wide_runs[w][1])
            unit_id.append(base + n)
            wide_id.append(base + w)
            size.append(narrow_runs[n][1] - narrow_runs[n][0])
        base += len(narrow_runs) + 1
        for position in range(scene.first, scene.last):
            piece = chunks[position]
            if piece.kind == "T":
                cue_at.append(position)
                cue_frame.append(number["title"])
                cue_scene.append(scene_number)
            elif piece.kind == "C":
                for frame in table[piece.value]:
                    cue_at.append(position)
                    cue_frame.append(number[frame])
                    cue_scene.append(scene_number)
    bare = np.concatenate([[0], np.cumsum(lead[:count])])
    column: dict[str, NDArray[np.int64]] = {
        name: np.array(cells, dtype=np.int64)
        for name, cells in (
            ("at", at), ("type", kind_of), ("how", how), ("scene", scene_of), ("entity", entity), ("first", unit_first),
            ("last", unit_last), ("wfirst", wide_first), ("wlast", wide_last), ("unit", unit_id), ("wide", wide_id), ("size", size),
        )
    }  # fmt: skip
    cue = np.array(cue_at, dtype=np.int64)
    frame_of = np.array(cue_frame, dtype=np.int64)
    cue_scene_of = np.array(cue_scene, dtype=np.int64)
    if not len(cue) or not len(at):
        empty = np.zeros(0, dtype=np.int64)
        return Candidates(empty, empty, empty, empty, empty, empty, np.zeros((0, 0), dtype=np.int64))
    # every cue with every player of its scene
    first_player = np.searchsorted(column["scene"], np.arange(len(scenes)))
    players_in = np.searchsorted(column["scene"], np.arange(len(scenes)), side="right") - first_player
    pair_cue = np.repeat(np.arange(len(cue)), players_in[cue_scene_of])
    begin = np.repeat(first_player[cue_scene_of], players_in[cue_scene_of])
    offset = np.arange(len(pair_cue)) - np.repeat(
        np.cumsum(players_in[cue_scene_of]) - players_in[cue_scene_of], players_in[cue_scene_of]
    )
    pair_player = begin + offset
    row_of_cue = np.cumsum(players_in[cue_scene_of]) - players_in[cue_scene_of]
    side = _sides(pair_cue, pair_player, cue, frame_of, column, scenes, running, values, led_by, clause, bare)
    # triples
    rows: list[tuple[NDArray[np.int64], ...]] = []
    allowed, predicates = _allowed(), {name: index for index, name in enumerate(predicate_names())}
    schema = load_schema()
    for number_, frame in enumerate(frame_names()):
        wanted = [predicates[p] for p in frames()[frame]]
        which = np.flatnonzero(frame_of == number_)
        for c in which:
            low, many = row_of_cue[c], players_in[cue_scene_of[c]]
            local = np.arange(low, low + many)
            s, o = np.repeat(local, many), np.tile(local, many)
            ps, po = pair_player[s], pair_player[o]
            base_ok = (column["entity"][ps] != column["entity"][po]) & ~((column["at"][ps] < 0) & (column["at"][po] < 0))
            near = (side["semicolons"][s] < 2) & (side["semicolons"][o] < 2)
            for p in wanted:
                ok = base_ok & near & allowed[p][column["type"][ps], column["type"][po]]
                name = predicate_names()[p]
                if schema.predicates[name].symmetric:
                    ok &= (column["at"][ps] < column["at"][po]) | ((column["at"][ps] == column["at"][po]) & (ps < po))
                if name == "represents":
                    ok &= (column["how"][ps] == _HOW["M"]) & (side["distance"][s] <= 6) & (side["distance"][o] <= 12)
                keep = np.flatnonzero(ok)
                if len(keep):
                    rows.append((np.full(len(keep), c), np.full(len(keep), p), s[keep], o[keep]))
    if not rows:
        empty = np.zeros(0, dtype=np.int64)
        return Candidates(empty, empty, empty, empty, empty, empty, np.zeros((0, 0), dtype=np.int64))
    cues_, predicates_, subjects, objects = (np.concatenate([row[place] for row in rows]) for place in range(4))
    features = _features(cues_, predicates_, subjects, objects, pair_player, cue, frame_of, column, side, running, values)
    return Candidates(
        cue[cues_], frame_of[cues_], predicates_, pair_player[subjects], pair_player[objects], cue_scene_of[cues_], features
    )


def _bucket(values: NDArray[np.int64], *limits: int) -> Ints:
    return np.searchsorted(np.array(limits), values, side="left").astype(np.uint32)


def _between(running: Any, a: Any, b: Any) -> Any:
    """How many flagged chunks lie strictly between two positions."""
    low, high = np.minimum(a, b), np.maximum(a, b)
    return np.maximum(0, running[high] - running[np.minimum(low + 1, high)])


def _sides(
    pair_cue: Any,
    pair_player: Any,
    cue: Any,
    frame_of: Any,
    player: Any,
    scenes: Any,
    running: Any,
    values: Any,
    led_by: Any,
    clause: Any,
    bare: Any,
) -> dict[str, Any]:
    """What each player looks like from each cue of its scene: one row per (cue, player)."""
    c = cue[pair_cue]
    q = {name: column[pair_player] for name, column in player.items()}
    start = np.array([scene.first for scene in scenes])[q["scene"]]
    stop = np.array([scene.last for scene in scenes])[q["scene"]]
    here = q["at"] >= 0
    at = np.where(here, q["at"], start)
    before = at < c
    commas = _between(running["comma"], at, c)
    names = _between(running["name"], at, c)
    verbs = _between(running["cue"], at, c)
    ofs = _between(running["of"], at, c)
    first, last = np.where(here, q["first"], start), np.where(here, q["last"], start)
    led = np.where(here & (first > start), led_by[first], 0).astype(
        np.uint32
    )  # led_by is shifted by one: value of the chunk before
    wled = np.where(here & (q["wfirst"] > start), led_by[np.maximum(q["wfirst"], 0)], 0).astype(np.uint32)
    previous = np.where(here & (first > start), values[first], 7).astype(np.uint32)
    following = np.where(here & (last + 1 < stop), values[np.minimum(last + 2, len(values) - 1)], 8).astype(np.uint32)
    wprevious = np.where(here & (q["wfirst"] > start), values[np.maximum(q["wfirst"], 0)], 7).astype(np.uint32)
    wfollowing = np.where(here & (q["wlast"] + 1 < stop), values[np.clip(q["wlast"] + 2, 0, len(values) - 1)], 8).astype(
        np.uint32
    )
    own_previous = np.where(here & (at > start), values[at], 7).astype(np.uint32)
    own_following = np.where(here & (at + 1 < stop), values[np.minimum(at + 2, len(values) - 1)], 8).astype(np.uint32)
    clause_c = clause[c]
    gap = clause_c - clause[np.minimum(at, len(clause) - 1)]
    clause_start = np.searchsorted(clause, clause_c)  # first chunk of the cue's clause
    clause_start = np.maximum(clause_start, start)
    bare_left = bare[c] - bare[clause_start]
    any_left = running["name"][c] - running["name"][clause_start]
    nearer_bare = np.where(before & (gap == 0), bare[c] - bare[np.minimum(last + 1, c)], 0)
    own_clause_start = np.maximum(np.searchsorted(clause, clause[np.minimum(at, len(clause) - 1)]), start)
    opens = running["name"][at] - running["name"][own_clause_start]  # names before it in its clause
    verb_before = running["cue"][at] - running["cue"][own_clause_start]
    relative = values[np.minimum(c + 2, len(values) - 1)] == _value_code("F", "的")
    nominal = values[c] == _value_code("F", "的")
    form = (np.minimum(bare_left, 2) + 3 * np.minimum(any_left, 1) + 6 * relative + 12 * nominal).astype(np.uint32)
    word = values[c + 1]
    frame = _frame_codes()[frame_of[pair_cue]]
    sided = before.astype(np.uint32)
    cm, nm, vm, om = _bucket(commas, 0, 1, 2), _bucket(names, 0, 1, 2, 4), _bucket(verbs, 0, 1, 2), _bucket(ofs, 0, 1)
    how = q["how"].astype(np.uint32)
    same = (gap == 0).astype(np.uint32)
    role_bare = np.where(same == 1, np.where(before, np.minimum(nearer_bare, 2) + 1, np.minimum(names, 2) + 4), 0).astype(
        np.uint32
    )
    other = np.where(
        same == 0,
        (np.clip(gap, -3, 3) + 4) * 64
        + np.minimum(opens, 1) * 32
        + np.minimum(verb_before, 1) * 16
        + np.minimum(bare_left, 1) * 8
        + np.minimum(any_left, 1) * 4,
        0,
    ).astype(np.uint32)
    role = mix(
        sided,
        led,
        role_bare,
        other,
        how * here,
        np.minimum(verbs, 2).astype(np.uint32) * same,
        (following == _value_code("F", "的")).astype(np.uint32),
        seed=77,
    )
    plain = mix(sided, led, role_bare, other, seed=78)
    return {
        "semicolons": _between(running["semicolon"], at, c),
        "distance": np.abs(at - c),
        "side": sided, "cm": cm, "nm": nm, "vm": vm, "om": om, "led": led, "wled": wled, "previous": previous, "following": following,
        "wprevious": wprevious, "wfollowing": wfollowing, "own_previous": own_previous, "own_following": own_following,
        "how": how, "role": role, "plain": plain, "form": form, "word": word, "frame": frame,
        "near": mix(sided, cm, nm, seed=79), "at": at, "type": _type_codes()[q["type"]], "same": same,
        "cue_previous": values[c], "cue_following": values[np.minimum(c + 2, len(values) - 1)],
    }  # fmt: skip


_SIDE_TEMPLATES = (
    ("side cm how", "near frame", "near word", "previous side", "following side", "wprevious side cm", "wfollowing side cm",
     "own_previous side frame", "own_following side frame", "previous following side cm frame", "vm side cm frame", "om side cm frame",
     "type side frame cm", "type word", "previous side word", "how frame type", "wprevious wfollowing side frame",
     "own_following side word", "role frame form", "role word", "role type frame", "plain form frame", "led side vm frame", "plain word form")
)  # fmt: skip
_PAIR_TEMPLATES = (
    "order frame", "order word", "order S.cm O.cm S.nm O.nm", "order S.cm O.cm frame", "S.type O.type frame", "S.type O.type order S.cm O.cm",
    "path frame", "path", "pnm pcm pvm order", "together order frame", "together order S.cm word", "S.previous O.previous order S.cm O.cm",
    "S.previous O.previous order frame", "S.how O.how order frame", "cue_previous frame", "cue_following frame", "word",
    "S.wprevious O.wprevious order frame", "S.following O.following order frame", "S.near O.near frame", "S.near O.near word",
    "cue_previous cue_following frame order", "S.vm O.vm order frame S.cm O.cm", "S.how O.how S.cm O.cm order", "pvm pnm together frame",
    "S.own_previous S.own_following O.own_previous O.own_following order", "S.role O.role frame", "S.role O.role word", "S.role O.role",
    "S.plain O.plain frame form", "S.plain O.plain S.type O.type", "S.plain O.plain frame", "S.plain O.plain word", "form word", "S.plain O.plain together frame",
    "S.led O.led order frame form", "S.led O.led word order",
)  # fmt: skip


_SHARED_TEMPLATES = (
    "S.role O.role", "S.plain O.plain", "S.role", "O.role", "S.plain form", "O.plain form", "S.near O.near order", "S.plain O.plain form",
    "S.plain O.plain together", "S.how O.how order", "S.led O.led order form", "order together form", "S.previous O.previous order",
    "S.following O.following order", "S.wprevious O.wprevious order", "pnm pcm pvm order", "path", "S.plain O.plain cue_previous",
    "S.plain O.plain cue_following", "S.vm O.vm order", "S.cm O.cm S.nm O.nm order", "S.how S.plain", "O.how O.plain",
    "S.type S.plain", "O.type O.plain", "word S.plain", "word O.plain", "S.role O.role word",
)  # fmt: skip


def _features(
    c: Any, p: Any, s: Any, o: Any, pair_player: Any, cue: Any, frame_of: Any, player: Any, side: Any, running: Any, values: Any
) -> NDArray[np.int64]:
    at_s, at_o = side["at"][s], side["at"][o]
    low, high = np.minimum(at_s, at_o), np.maximum(at_s, at_o)
    cue_at = cue[c]
    order = ((at_s < at_o) * 1 + (at_s < cue_at) * 2 + (at_o < cue_at) * 4 + (at_s == at_o) * 8).astype(np.uint32)
    ps, po = pair_player[s], pair_player[o]
    together = ((player["unit"][ps] == player["unit"][po]) * 1 + (player["wide"][ps] == player["wide"][po]) * 2).astype(
        np.uint32
    )
    gap = high - low
    path = mix(
        *(
            np.where((low + 1 + step < high), values[np.minimum(low + 2 + step, len(values) - 1)], 3).astype(np.uint32)
            for step in range(4)
        ),
        seed=80,
    )
    path = np.where(gap <= 5, path, 1).astype(np.uint32)
    shared = {
        "order": order, "together": together, "path": path, "predicate": _predicate_codes()[p],
        "pnm": _bucket(_between(running["name"], at_s, at_o), 0, 1, 2, 3, 5), "pcm": _bucket(_between(running["comma"], at_s, at_o), 0, 1, 2),
        "pvm": _bucket(_between(running["cue"], at_s, at_o), 0, 1, 2),
        "frame": side["frame"][s], "word": side["word"][s], "form": side["form"][s],
        "cue_previous": side["cue_previous"][s], "cue_following": side["cue_following"][s],
    }  # fmt: skip
    mask = np.uint32((1 << BITS) - 1)
    columns = []
    seed = 100
    for rows in (s, o):
        for template in _SIDE_TEMPLATES:
            seed += 1
            parts = [side[name][rows] for name in template.split()]
            columns.append(mix(shared["predicate"], *parts, seed=seed) & mask)
    for template in _PAIR_TEMPLATES:
        seed += 1
        parts = [
            side[name[2:]][s] if name.startswith("S.") else side[name[2:]][o] if name.startswith("O.") else shared[name]
            for name in template.split()
        ]
        columns.append(mix(shared["predicate"], *parts, seed=seed) & mask)
    # The same geometry whatever the predicate: what an argument looks like is learned from all of them together.
    shared["symmetric"] = _symmetric()[p]
    for template in _SHARED_TEMPLATES:
        seed += 1
        parts = [
            side[name[2:]][s] if name.startswith("S.") else side[name[2:]][o] if name.startswith("O.") else shared[name]
            for name in template.split()
        ]
        columns.append(mix(shared["symmetric"], *parts, seed=seed) & mask)
    return np.stack(columns, axis=1).astype(np.int64)
