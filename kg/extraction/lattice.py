"""The lattice of names: every stretch of a sentence that could be one, judged as a whole, and the best cover.

The tagger sees a character and its neighbours; whether a stretch is a name shows in the stretch: what it begins and ends with,
whether it breaks a word, a bracket or a verb in the middle, and whether the article has it again between clearer borders. So the
tagger proposes (with how much the best reading of the sentence loses when it must hold just this name), and a logistic model
over features of the whole stretch, learned on articles that the tagger had not seen, disposes. The cover of a sentence is the
set of names without overlap whose log-odds add up to most (weighted interval scheduling).

Sarawagi, Cohen: Semi-Markov conditional random fields (NIPS 2004), of which this is the two-step form.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kg.extraction.hashing import Floats, Ints, Mixer, make_mixer, mix

BITS = 18
# A stretch is a candidate where the best reading loses at most this much by holding it.
MARGIN = 6.0
LONGEST = 48
Index = NDArray[np.int64]


@dataclass(frozen=True)
class Stretches:
    """Candidates as parallel arrays: `start`, `end` in positions, `kind` as the number of the type, and how much the best reading
    of the sentence loses by holding it (0: nothing)."""

    start: Index
    end: Index
    kind: Index
    loss: Floats


@dataclass(frozen=True)
class Judge:
    """The model over stretches: weights by feature number, the intercept, and the log-odds from which on a stretch is a name."""

    weights: Floats
    intercept: float
    limit: float

    def log_odds(self, features: Index) -> Floats:
        """One figure per row of feature numbers. Weights are halves: their sum in doubles is exact, in whatever order."""
        total = self.weights[features].sum(axis=1, dtype=np.float64)
        return np.asarray(total + self.intercept - self.limit, dtype=np.float32)


def propose(
    emission: Floats,
    transitions: Floats,
    labels: Sequence[str],
    pieces: Sequence[tuple[int, int]],
    passes: tuple[Floats, Floats, Floats],
) -> Stretches:
    """The stretches whose loss is at most MARGIN, from a forward and a backward pass of the tagger over the pieces."""
    kinds = [label[2:] for label in labels if label[0] == "B"]
    begin = np.array([labels.index(f"B-{kind}") for kind in kinds])
    inside = np.array([labels.index(f"I-{kind}") if f"I-{kind}" in labels else labels.index(f"B-{kind}") for kind in kinds])
    size, many = emission.shape
    forward, backward, best = passes
    piece_end = np.zeros(size, dtype=np.int64)
    for begins, ends in pieces:
        piece_end[begins:ends] = ends
    through = np.where((piece_end > 0)[:, None], forward + backward - best[:, None], -np.inf)
    start, kind = np.nonzero(through[:, begin] > -MARGIN)
    # A name loses at least what the best reading loses that ends it here; a little more is let through, for rounding.
    end_kind, end_last = np.nonzero(np.maximum(through[:, inside], through[:, begin]).T > -MARGIN - 0.1)
    # what follows a name: any label but its own I; for those of one position and those of several
    ahead = np.concatenate([emission[1:] + backward[1:], np.zeros((1, many), np.float32)])[end_last]
    closed = piece_end[end_last] == end_last + 1
    after = np.empty((2, len(end_last)), dtype=np.float32)
    for slot, label in enumerate((begin, inside)):
        gain = ahead + transitions[label[end_kind]]
        gain[np.arange(len(gain)), inside[end_kind]] = -1e6
        after[slot] = np.where(closed, 0, gain.max(axis=1))
    # every start with every end of its kind and piece
    order = end_kind * size + end_last
    first = np.searchsorted(order, kind * size + start)
    counts = np.searchsorted(order, kind * size + np.minimum(start + LONGEST, piece_end[start])) - first
    end = np.arange(counts.sum()) + np.repeat(first - np.cumsum(counts) + counts, counts)
    start, kind, last = np.repeat(start, counts), np.repeat(kind, counts), end_last[end]
    length = last - start + 1
    running = np.concatenate([np.zeros((1, len(kinds)), np.float64), np.cumsum(emission[:, inside], axis=0, dtype=np.float64)])
    stay = transitions[inside, inside][kind] * np.maximum(length - 2, 0) + transitions[begin, inside][kind] * (length > 1)
    middle = running[last + 1, kind] - running[start + 1, kind]
    loss = best[start] - (forward[start, begin[kind]] + middle + stay + after[(length > 1) * 1, end])
    near = np.flatnonzero(loss < MARGIN)
    return Stretches(start[near], last[near] + 1, kind[near], loss[near].astype(np.float32))


_LINKS = np.array([ord(char) for char in "和与及、，"], dtype=np.uint32)
_OPEN, _CLOSE = "（《“‘(", "）》”’)"
_LIMITS = np.array([0.01, 0.3, 0.7, 1.2, 1.8, 2.5, 3.2, 4.0, 5.0], dtype=np.float32)
_LENGTHS = np.array([1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20, 30])

# What is seen of a stretch; each template is crossed with the type, those of SHARED also stand for all types together.
SHARED = tuple(
    text.split()
    for text in (
        "loss", "loss edges", "loss length", "edges", "before", "after", "pos_before pos_first", "pos_last pos_after", "pos_before", "pos_after",
        "word_before", "word_after", "word_first", "word_last", "last2", "first2", "whole loss", "covers length", "known_first", "known_next loss", "breaks", "breaks length", "links", "balance", "balance loss",
        "quoted", "of", "others loss", "elsewhere loss", "elsewhere edges", "times loss", "times edges", "tail_after", "part_first part_last", "part_after", "part_before",
        "opener since", "latin_edges", "rival", "rival loss", "rival edges", "fits", "fits loss", "fits edges", "fits length", "fits rival", "word_last after", "word_first before",
        "fits before", "fits after", "fits opener", "fits breaks", "fits links",
    )
)  # fmt: skip
TEMPLATES = tuple(
    text.split()
    for text in (
        "", "loss", "loss edges", "loss length", "length", "edges", "before", "after", "before after", "before2", "after2",
        "pos_before pos_first", "pos_last pos_after", "pos_before", "pos_after", "word_before", "word_after", "word_first", "word_last", "last", "last2", "first", "first2",
        "head", "head loss", "head length", "head after", "whole", "whole loss", "covers", "known_first", "known_first head", "known_last", "known_before head", "known_after",
        "breaks", "breaks head", "links head", "links", "balance", "balance loss", "quoted", "quoted head", "of", "of head",
        "others", "others loss", "elsewhere", "elsewhere loss", "elsewhere edges", "times", "times loss", "times edges",
        "tail_after", "tail_after known_first", "part_last", "part_first part_last", "part_after head", "part_before head", "since", "opener since", "opener head",
        "latin_edges", "word_last after", "word_first before", "last after", "head word_after", "head word_before", "rival", "rival loss", "rival head", "rival edges",
        "known_next head", "first last length", "before first", "after last edges", "loss elsewhere rival", "edges head loss",
    )
)  # fmt: skip


def describe(columns: dict[str, Ints], stretches: Stretches, type_codes: Ints, path: Sequence[tuple[int, int, str]]) -> Index:
    """Feature numbers of stretches, shape (stretches, templates). `path` is the tagger's own best reading."""
    s, e, loss = stretches.start, stretches.end, stretches.loss
    size = len(columns["c"])
    padded = {
        name: np.concatenate([np.zeros(2, np.uint32), columns[name], np.zeros(2, np.uint32)])
        for name in ("c", "pos", "word", "place", "known", "head", "part", "tail", "since", "opener", "quote", "kind")
    }

    def at(name: str, index: Any) -> Ints:
        return np.asarray(padded[name][index + 2])

    kind = type_codes[stretches.kind]
    length = e - s
    place_first, place_last = at("place", s), at("place", e - 1)
    edges = ((place_first == 1) | (place_first == 4)) * 1 + ((place_last == 3) | (place_last == 4)) * 2
    c = columns["c"]

    def count(flag: Any) -> Any:
        sums = np.concatenate([[0], np.cumsum(flag)])
        return sums[e] - sums[s]

    balance = np.zeros(len(s), dtype=np.int64)
    for number, (opening, closing) in enumerate(zip(_OPEN, _CLOSE, strict=True)):
        opens, closes = count(c == ord(opening)), count(c == ord(closing))
        balance += (np.sign(opens - closes) + 1) * 3**number
    starts_word = (columns["place"] == 1) | (columns["place"] == 4)
    breaks = np.minimum(count(columns["break"] * starts_word), 3)
    links = np.minimum(count(np.isin(c, _LINKS)), 3)
    head = at("head", e - 1)
    head = np.where(head & 1, head >> 1, 0)
    known_first, known_last = at("known", s), at("known", e - 1)
    whole = np.where((known_first == at("known", e - 1) + 1) | ((length == 1) & (known_first % 16 == 4)), known_first >> 3, 0)
    inner = np.concatenate([[0], np.cumsum((columns["known"] % 8 == 3) | (columns["known"] % 8 == 4))])
    # the same words elsewhere in the article
    group = np.unique(_strings(c, columns["text"], s, e), return_inverse=True)[1]
    where, places = np.unique(group * size + s, return_inverse=True)
    times = np.bincount(where // max(size, 1), minlength=int(group.max(initial=0)) + 1)[group]
    elsewhere = _best_other(group * len(type_codes) + stretches.kind, loss)
    others = _best_other(places, loss)
    owner = np.full(size + 1, -1)
    for number, (a, b, _) in enumerate(path):
        owner[a:b] = number
    path_start = np.array([a for a, _, _ in path] + [-1])
    path_end = np.array([b for _, b, _ in path] + [-1])
    first_owner, last_owner = owner[s], owner[e - 1]
    rival = np.where(
        (first_owner < 0) & (last_owner < 0), 0,
        1 + (path_start[first_owner] == s) * 1 + (path_end[last_owner] == e) * 2
        + (first_owner == last_owner) * 4 + (first_owner < 0) * 8 + (last_owner < 0) * 16,
    )  # fmt: skip
    bucket = np.searchsorted(_LIMITS, np.maximum(loss, 0)) + 1
    values: dict[str, Any] = {
        "loss": bucket, "edges": edges, "length": np.searchsorted(_LENGTHS, length), "before": at("c", s - 1), "after": at("c", np.minimum(e, size)),
        "before2": mix(at("c", s - 2), at("c", s - 1), seed=5), "after2": mix(at("c", np.minimum(e, size)), at("c", np.minimum(e + 1, size + 1)), seed=6),
        "pos_before": at("pos", s - 1), "pos_after": at("pos", np.minimum(e, size)), "pos_first": at("pos", s), "pos_last": at("pos", e - 1),
        "word_before": at("word", s - 1), "word_after": at("word", np.minimum(e, size)), "word_first": at("word", s), "word_last": at("word", e - 1),
        "first": at("c", s), "last": at("c", e - 1), "last2": mix(at("c", e - 2), at("c", e - 1), seed=7), "first2": mix(at("c", s), at("c", s + 1), seed=8),
        "head": head, "whole": whole, "covers": np.minimum(inner[e] - inner[s], 3), "known_first": known_first, "known_last": known_last,
        "known_before": at("known", s - 1), "known_after": at("known", np.minimum(e, size)), "known_next": (at("known", s - 1) > 0) * 2 + (at("known", np.minimum(e, size)) > 0),
        "breaks": breaks, "links": links, "balance": balance, "quoted": at("quote", s) * 16 + at("quote", e - 1) * 4 + (at("quote", s - 1) == 0) * 1,
        "of": np.minimum(count(c == ord("的")), 2), "others": others, "elsewhere": elsewhere, "times": np.minimum(times, 4),
        "tail_after": at("tail", np.minimum(e, size)), "part_first": at("part", s), "part_last": at("part", e - 1), "part_after": at("part", np.minimum(e, size)),
        "part_before": at("part", s - 1), "since": at("since", s), "opener": at("opener", s),
        "latin_edges": ((at("kind", s) == 4) & (at("kind", s - 1) == 4)) * 2 + ((at("kind", e - 1) == 4) & (at("kind", np.minimum(e, size)) == 4)),
        "rival": rival, "fits": np.where(head == 0, 0, np.where(head == kind, 1, 2)),
    }  # fmt: skip
    values["kind"] = kind
    mixer, wanted = _plan(tuple(sorted(values)))
    return mixer.mix(np.stack([np.asarray(values[name]).astype(np.uint32) for name in wanted]), BITS)


@cache
def _plan(names: tuple[str, ...]) -> tuple[Mixer, tuple[str, ...]]:
    """The mixer of all templates over values of these names."""
    number = {name: index for index, name in enumerate(names)}
    templates = [("kind", *template) for template in TEMPLATES] + [tuple(template) for template in SHARED]
    return make_mixer([[number[name] for name in template] for template in templates], range(300, 300 + len(templates))), names


def _strings(codes: Ints, text: Ints, start: Index, end: Index) -> NDArray[np.uint64]:
    """A number for the string of each stretch: equal strings of one text, equal numbers (polynomial hash; modulo 2**61 - 1 is not
    needed for the few strings of an article: 64 bits that wrap are enough)."""
    base = np.uint64(0x9E3779B97F4A7C15)
    order = np.argsort(start - end, kind="stable")  # the longest first: those that go on are a slice
    begin, length = start[order], (end - start)[order]
    found = text[begin].astype(np.uint64) << np.uint64(32)
    live = np.searchsorted(-length, -np.arange(int(length.max(initial=0))), side="left")
    for step, many in enumerate(live.tolist()):
        found[:many] = (found[:many] + codes[begin[:many] + step] + np.uint64(1)) * base
    numbers = np.empty_like(found)
    numbers[order] = found ^ (found >> np.uint64(29))
    return numbers


def _best_other(group: Index, loss: Floats) -> Index:
    """For each stretch the bucket of the least loss among the others of its group; 0 where it is alone."""
    order = np.lexsort((loss, group))
    sorted_group = group[order]
    first = np.concatenate([[True], sorted_group[1:] != sorted_group[:-1]]) if len(order) else np.zeros(0, dtype=bool)
    index = np.flatnonzero(first)
    sizes = np.diff(np.append(index, len(order)))
    lead = loss[order][index]
    second = np.where(sizes > 1, loss[order][np.minimum(index + 1, len(order) - 1)], np.inf) if len(order) else lead
    number = np.cumsum(first) - 1
    other = np.empty(len(order), dtype=np.float32)
    other[order] = np.where(first, second[number], lead[number]) if len(order) else other
    return np.where(np.isinf(other), 0, np.searchsorted(_LIMITS, np.maximum(np.where(np.isinf(other), 0, other), 0)) + 1)


def cover(start: Sequence[int], end: Sequence[int], gain: Sequence[float]) -> list[int]:
    """The stretches (by number) without overlap whose gains add up to most; those with a gain of 0 or less are left out."""
    order = sorted((number for number in range(len(gain)) if gain[number] > 0), key=lambda number: (end[number], start[number]))
    ends = [end[number] for number in order]
    best, taken = [0.0], list[tuple[bool, int]]()
    for place, number in enumerate(order):
        before = bisect_right(ends, start[number], 0, place)
        with_it = best[before] + gain[number]
        taken.append((with_it > best[place], before))
        best.append(max(with_it, best[place]))
    found, place = list[int](), len(order)
    while place:
        take, before = taken[place - 1]
        if take:
            found.append(order[place - 1])
            place = before
        else:
            place -= 1
    return found[::-1]
