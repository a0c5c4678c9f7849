"""Names in running text, found by a linear-chain conditional random field over hashed features.

One position is a character (Chinese) or a token (English). The features are what a reader sees: the characters around, the
words that a segmenter makes of them, what the gazetteer and the table of head words know, quotation marks, and strings that
return in the same article. The weights are learned from annotated articles by `seeds/make/train_names.py` and stored in
seeds/models; decoding is exact (Viterbi) and batched over the sentences of an article.

Lafferty, McCallum, Pereira: Conditional random fields (ICML 2001).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.errors import DataError
from kg.extraction.hashing import Floats, Ints, Template, hash_features, type_code
from kg.extraction.lattice import BITS as JUDGE_BITS
from kg.extraction.lattice import Judge, Stretches, cover, describe, propose
from kg.resources import data_path

BITS = 22
# Where “no name” leads by this much at a comma, what stands left of it and right of it is decoded apart.
_CERTAIN = 4.0
_COMMAS = np.array([ord(char) for char in "，；：,;"], dtype=np.uint32)


@dataclass(frozen=True)
class Tagger:
    """A trained model: labels (`O`, `B-Company`, `I-Company`, …), the row of each feature number, weights and transitions, and the
    judge of whole stretches where one was learned."""

    labels: tuple[str, ...]
    rows: Ints
    weights: Floats
    transitions: Floats
    judge: Judge | None = None

    def read(self, columns: dict[str, Ints], templates: Sequence[Template], sentences: Sequence[tuple[int, int]]) -> Scores:
        """What the model says of every position and of the readings through it."""
        emission = _sum_rows(self.weights, self.rows[hash_features(columns, templates, BITS)])
        pieces = _pieces(columns, emission, sentences)
        return Scores(
            emission, pieces, *_passes(emission, self.transitions, pieces, frozenset(start for start, _ in sentences))
        )

    def decode(
        self, columns: dict[str, Ints], templates: Sequence[Template], sentences: Sequence[tuple[int, int]]
    ) -> list[tuple[int, int, str]]:
        """Spans `(start, end, type)` in positions, in order: the best cover by stretches, or without a judge the best reading."""
        scores = self.read(columns, templates, sentences)
        if self.judge is None:
            return self.spans(scores, sentences)
        found, features = self.stretches(columns, scores, sentences)
        chosen = cover(found.start.tolist(), found.end.tolist(), self.judge.log_odds(features).tolist())
        kinds = self.types
        return [(int(found.start[number]), int(found.end[number]), kinds[found.kind[number]]) for number in chosen]

    @property
    def types(self) -> list[str]:
        """The types in the order in which stretches number them."""
        return [label[2:] for label in self.labels if label[0] == "B"]

    def spans(self, scores: Scores, sentences: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
        """The best reading as spans: at each position the label of the best reading through it."""
        return _spans((scores.forward + scores.backward).argmax(axis=1), self.labels, sentences)

    def stretches(
        self, columns: dict[str, Ints], scores: Scores, sentences: Sequence[tuple[int, int]]
    ) -> tuple[Stretches, NDArray[np.int64]]:
        """The candidates for names and their feature numbers for the judge."""
        found = propose(
            scores.emission, self.transitions, self.labels, scores.pieces, (scores.forward, scores.backward, scores.best)
        )
        codes = np.array([type_code(name) for name in self.types], dtype=np.uint32)
        return found, describe(columns, found, codes, self.spans(scores, sentences))


@dataclass(frozen=True)
class Scores:
    """Scores of labels by position: on their own, of the best reading up to and with them, from them on (without their own),
    and of the best reading of their piece. Pieces are parts of sentences that were read apart."""

    emission: Floats
    pieces: list[tuple[int, int]]
    forward: Floats
    backward: Floats
    best: Floats


def _sum_rows(table: Floats, rows: Ints) -> Floats:
    """For each line of row numbers the sum of these rows of the table, column by column: one pass that stays in the cache."""
    first, *more = np.ascontiguousarray(rows.T)
    total: Floats = table.take(first, axis=0)
    part = np.empty_like(total)
    for numbers in more:
        # every number is in range: “clip” only spares the check
        total += table.take(numbers, axis=0, out=part, mode="clip")
    return total


def _pieces(columns: dict[str, Ints], emission: Floats, sentences: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Sentences cut behind commas that are surely no name: short pieces are read faster, side by side."""
    if "c" not in columns:
        return [(start, end) for start, end in sentences if end > start]
    commas = np.flatnonzero(np.isin(columns["c"], _COMMAS))
    cuts = commas[emission[commas, 0] - emission[commas, 1:].max(axis=1) > _CERTAIN] + 1
    pieces = []
    for start, end in sentences:
        for cut in cuts[np.searchsorted(cuts, start + 1) : np.searchsorted(cuts, end)].tolist():
            pieces.append((start, cut))
            start = cut
        if end > start:
            pieces.append((start, end))
    return pieces


# Where a score is below this, a label never follows another.
_NEVER = -1000


def _passes(
    emission: Floats, transitions: Floats, pieces: Sequence[tuple[int, int]], opens: frozenset[int]
) -> tuple[Floats, Floats, Floats]:
    """Forward and backward pass (Viterbi), pieces side by side, longest first, so that each step is one array operation.

    Arrays hold labels by places; places in the order in which they are read: the first of each piece, the second, and so on. A
    label that follows two others only, as I does B and I of its type, is not tried behind the rest.
    """
    forward, backward = np.zeros_like(emission), np.zeros_like(emission)
    best = np.zeros(len(emission), dtype=np.float32)
    if not pieces:
        return forward, backward, best
    order = sorted(pieces, key=lambda pair: pair[0] - pair[1])
    starts, ends = (np.array(edges) for edges in zip(*order, strict=True))
    steps = np.arange(int(ends[0] - starts[0]))
    alive = np.searchsorted(starts - ends, -steps, side="left").tolist()
    begins = [0, *np.cumsum(alive).tolist()]
    ahead = np.concatenate([starts[:count] + step for step, count in enumerate(alive)])
    back = np.concatenate([ends[:count] - 1 - step for step, count in enumerate(alive)])
    many, few, *others = _followers(transitions)
    from_all, to_free = transitions[:, many][:, :, None], transitions.T[many][:, :, None]
    from_two = [(_consecutive(other), transitions[other, few][:, None]) for other in others]
    free, bound = _consecutive(many), _consecutive(few)

    # a piece that begins within a sentence begins behind “no name”
    score = np.ascontiguousarray(emission[ahead].T)
    score[:, : alive[0]] += np.where(np.array([start in opens for start, _ in order]), 0, transitions[0][:, None])
    given = np.ascontiguousarray(emission[back].T)
    found = np.zeros_like(given)
    for step in range(1, len(alive)):
        now = slice(begins[step], begins[step + 1])
        last = slice(begins[step - 1], begins[step - 1] + alive[step])
        before, behind = score[:, last], given[:, last]
        score[free, now] += np.maximum.reduce(before[:, None] + from_all)
        score[bound, now] += np.maximum(*(before[source] + by for source, by in from_two))
        reached = np.maximum.reduce(behind[free][:, None] + to_free)
        for source, by in from_two:
            reached[source] = np.maximum(reached[source], behind[bound] + by)
        found[:, now] = reached
        given[:, now] += reached
    forward[ahead], backward[back] = score.T, found.T
    peak = forward[ends - 1].max(axis=1)
    best[ahead] = np.concatenate([peak[:count] for count in alive])
    return forward, backward, best


def _followers(transitions: Floats) -> tuple[NDArray[np.int64], ...]:
    """The labels that may follow any, those that follow two only, each two others, and for each of the latter the one and the other."""
    many = (transitions > _NEVER).sum(axis=0)
    free, bound = np.flatnonzero(many > 2), np.flatnonzero(many <= 2)
    one, two = np.sort(np.argsort(transitions[:, bound], axis=0, kind="stable")[-2:], axis=0)
    if len(np.unique([one, two])) == 2 * len(bound):
        return free, bound, one, two
    return np.arange(len(transitions)), bound[:0], one[:0], two[:0]


def _consecutive(numbers: NDArray[np.int64]) -> slice | NDArray[np.int64]:
    """Numbers as a slice where they are one: what is taken by it need not be copied."""
    if len(numbers) and np.array_equal(numbers, np.arange(numbers[0], numbers[0] + len(numbers))):
        return slice(int(numbers[0]), int(numbers[-1]) + 1)
    return numbers


def _spans(path: Ints, labels: Sequence[str], sentences: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
    found = []
    inside, read = np.flatnonzero(path).tolist(), path.tolist()  # the first label is “no name”
    for start, end in sentences:
        begin, after, kind = start, start, ""
        for position in inside[bisect_left(inside, start) : bisect_left(inside, end)]:
            label = labels[read[position]]
            if not (kind and label[0] == "I" and label[2:] == kind and position == after):
                if kind:
                    found.append((begin, after, kind))
                begin, kind = position, label[2:]
            after = position + 1
        if kind:
            found.append((begin, after, kind))
    return found


def pack(path: Path, labels: Sequence[str], weights: dict[tuple[int, int], float], transitions: Floats) -> None:
    """Writes a model without a judge: `weights` by (feature number, label number)."""
    keys = sorted(weights)
    np.savez_compressed(
        path,
        labels=np.array(labels),
        feature=np.array([key[0] for key in keys], dtype=np.uint32),
        label=np.array([key[1] for key in keys], dtype=np.uint8),
        weight=np.array([weights[key] for key in keys], dtype=np.float16),
        transitions=transitions.astype(np.float32),
    )


def pack_judge(path: Path, judge: Judge) -> None:
    """Adds a judge to a model's file."""
    with np.load(path, allow_pickle=False) as file:
        arrays = {name: file[name] for name in file.files}
    kept = np.flatnonzero(np.abs(judge.weights) > 1e-3)
    arrays |= {
        "judge_feature": kept.astype(np.uint32),
        "judge_weight": judge.weights[kept].astype(np.float16),
        "judge_level": np.array([judge.intercept, judge.limit], dtype=np.float64),
    }
    np.savez_compressed(path, **arrays)


@cache
def load_tagger(language: str) -> Tagger:
    """The shipped model of a language. Raises DataError when it is missing or broken."""
    return unpack(data_path("seeds") / "models" / f"names.{language}.npz")


def unpack(path: Path) -> Tagger:
    """A model from its file. Raises DataError when it is missing or broken."""
    try:
        with np.load(path, allow_pickle=False) as file:
            labels = tuple(str(label) for label in file["labels"])
            feature, label, weight = file["feature"], file["label"], file["weight"]
            transitions = file["transitions"]
            judge = None
            if "judge_level" in file.files:
                strengths = np.zeros(1 << JUDGE_BITS, dtype=np.float32)
                strengths[file["judge_feature"]] = file["judge_weight"]
                judge = Judge(strengths, *map(float, file["judge_level"]))
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}; reinstall cooperation-kg") from error
    known, row = np.unique(feature, return_inverse=True)
    weights = np.zeros((len(known) + 1, len(labels)), dtype=np.float32)
    weights[row + 1, label] = weight
    rows = np.zeros(1 << BITS, dtype=np.uint32)
    rows[known] = np.arange(1, len(known) + 1, dtype=np.uint32)
    return Tagger(labels, rows, weights, transitions, judge)
