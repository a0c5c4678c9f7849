"""How likely a candidate is: a logistic model over hashed features, learned by seeds/make/train_frames.py."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kg.errors import DataError
from kg.extraction.hashing import Floats
from kg.extraction.pairs import BITS
from kg.resources import data_path


@dataclass(frozen=True)
class Scorer:
    """Weights by feature number, the intercept, and the probability from which on a candidate is taken, by predicate."""

    weights: Floats
    intercept: float
    thresholds: dict[str, float]

    def probabilities(self, features: NDArray[np.int64]) -> Floats:
        """One probability per row of feature numbers."""
        if not len(features):
            return np.zeros(0, dtype=np.float32)
        logit = self.weights[features].sum(axis=1) + self.intercept
        return np.asarray(1.0 / (1.0 + np.exp(-logit)), dtype=np.float32)


def pack(path: Path, weights: Floats, intercept: float, thresholds: dict[str, float]) -> None:
    """Writes a model; weights below 1e-3 are left out."""
    kept = np.flatnonzero(np.abs(weights) > 1e-3)
    np.savez_compressed(
        path,
        feature=kept.astype(np.uint32),
        weight=weights[kept].astype(np.float16),
        intercept=np.float64(intercept),
        predicates=np.array(sorted(thresholds)),
        thresholds=np.array([thresholds[name] for name in sorted(thresholds)], dtype=np.float64),
    )


@cache
def load_scorer(language: str) -> Scorer:
    """The shipped model of a language. Raises DataError when it is missing or broken."""
    return unpack(data_path("seeds") / "models" / f"frames.{language}.npz")


def unpack(path: Path) -> Scorer:
    """A model from its file. Raises DataError when it is missing or broken."""
    try:
        with np.load(path, allow_pickle=False) as file:
            weights = np.zeros(1 << BITS, dtype=np.float32)
            weights[file["feature"]] = file["weight"]
            names = [str(name) for name in file["predicates"]]
            return Scorer(weights, float(file["intercept"]), dict(zip(names, file["thresholds"].tolist(), strict=True)))
    except (OSError, KeyError, ValueError) as error:
        raise DataError(f"{path}: cannot be read: {error}; reinstall cooperation-kg") from error
