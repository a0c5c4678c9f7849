"""Names in running text, found by a linear-chain conditional random field over hashed features.

One position is a character (Chinese) or a token (English). The features are what a reader sees: the characters around, the
words that a segmenter makes of them, what the gazetteer and the table of head words know, quotation marks, and strings that
return in the same article. The weights are learned from annotated articles by `seeds/make/train_names.py` and stored in
seeds/models; decoding is exact (Viterbi) and batched over the sentences of an article.

Lafferty, McCallum, Pereira: Conditional random fields (ICML 2001).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

from kg.errors import DataError
from kg.extraction.hashing import Floats, Ints, Template, hash_features
from kg.resources import data_path

BITS = 22
# Where “no name” leads by this much at a comma, what stands left of it and right of it is decoded apart.
_CERTAIN = 4.0
_COMMAS = np.array([ord(char) for char in "，；：,;"], dtype=np.uint32)


@dataclass(frozen=True)
class Tagger:
    """A trained model: labels (`O`, `B-Company`, `I-Company`, …), the row of each feature number, weights and transitions."""

    labels: tuple[str, ...]
    rows: Ints
    weights: Floats
    transitions: Floats

    def decode(
        self,
        columns: dict[str, Ints],
        templates: Sequence[Template],
        sentences: Sequence[tuple[int, int]],
        caution: float = 0.0,
    ) -> list[tuple[int, int, str]]:
        """Spans `(start, end, type)` in positions, in order. `caution` is added to the score of “no name”."""
        if not sentences:
            return []
        features = hash_features(columns, templates, BITS)
        emission = self.weights[self.rows[features]].sum(axis=1)
        emission[:, self.labels.index("O")] += caution
        return _spans(_viterbi(emission, self.transitions, _pieces(columns, emission, sentences)), self.labels, sentences)


def _pieces(
    columns: dict[str, Ints], emission: Floats, sentences: Sequence[tuple[int, int]]
) -> list[tuple[int, int]]:
    """Sentences cut at commas that are surely no name: short pieces decode faster side by side. Both pieces hold the comma."""
    if "c" not in columns:
        return list(sentences)
    commas = np.flatnonzero(np.isin(columns["c"], _COMMAS))
    sure = commas[emission[commas, 0] - emission[commas, 1:].max(axis=1) > _CERTAIN]
    pieces = []
    for start, end in sentences:
        for cut in sure[np.searchsorted(sure, start + 1) : np.searchsorted(sure, end - 1)].tolist():
            pieces.append((start, cut + 1))
            start = cut
        pieces.append((start, end))
    return pieces


def _viterbi(emission: Floats, transitions: Floats, sentences: Sequence[tuple[int, int]]) -> Ints:
    """The best label of every position; sentences run side by side, longest first, so that each step is one array operation."""
    order = sorted(sentences, key=lambda pair: pair[0] - pair[1])
    starts = np.array([start for start, _ in order])
    lengths = np.array([end - start for start, end in order])
    longest, kinds = int(lengths[0]), emission.shape[1]
    best = np.zeros(len(emission), dtype=np.uint32)
    if longest == 0:
        return best
    score = emission[starts[lengths > 0]]
    back = np.zeros((longest, len(order), kinds), dtype=np.uint8)
    final = [score]
    for step in range(1, longest):
        alive = int((lengths > step).sum())
        total = score[:alive, :, None] + transitions[None]
        choice = total.argmax(axis=1)
        back[step, :alive] = choice
        score = np.take_along_axis(total, choice[:, None], axis=1)[:, 0] + emission[starts[:alive] + step]
        final.append(score)
    for number, (start, length) in enumerate(zip(starts, lengths, strict=True)):
        if length == 0:
            continue
        label = int(final[length - 1][number].argmax())
        for step in range(length - 1, -1, -1):
            best[start + step] = label
            label = int(back[step, number, label])
    return best


def _spans(path: Ints, labels: Sequence[str], sentences: Sequence[tuple[int, int]]) -> list[tuple[int, int, str]]:
    found = []
    for start, end in sentences:
        begin, kind = start, ""
        for position in range(start, end):
            label = labels[path[position]]
            if kind and (label[0] != "I" or label[2:] != kind):
                found.append((begin, position, kind))
                kind = ""
            if not kind and label != "O":
                begin, kind = position, label[2:]
        if kind:
            found.append((begin, end, kind))
    return found


def pack(path: Path, labels: Sequence[str], weights: dict[tuple[int, int], float], transitions: Floats) -> None:
    """Writes a model: `weights` by (feature number, label number)."""
    keys = sorted(weights)
    np.savez_compressed(
        path,
        labels=np.array(labels),
        feature=np.array([key[0] for key in keys], dtype=np.uint32),
        label=np.array([key[1] for key in keys], dtype=np.uint8),
        weight=np.array([weights[key] for key in keys], dtype=np.float16),
        transitions=transitions.astype(np.float32),
    )


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
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}; reinstall cooperation-kg") from error
    known, row = np.unique(feature, return_inverse=True)
    weights = np.zeros((len(known) + 1, len(labels)), dtype=np.float32)
    weights[row + 1, label] = weight
    rows = np.zeros(1 << BITS, dtype=np.uint32)
    rows[known] = np.arange(1, len(known) + 1, dtype=np.uint32)
    return Tagger(labels, rows, weights, transitions)
