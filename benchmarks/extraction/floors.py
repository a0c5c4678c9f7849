"""Floors of the figures of extraction (floors.csv): a test and `make eval` hold them, and they only rise."""

from __future__ import annotations

import csv
import math
from pathlib import Path

from kg.resources import read_table

PATH = Path(__file__).with_name("floors.csv")
COLUMNS = ("set", "language", "measure", "floor")
# What is kept below a figure when its floor is raised, so that a step in another place does not break the build.
MARGIN = 0.005

Key = tuple[str, str, str]
Figures = dict[Key, float]


def read_floors(path: Path = PATH) -> Figures:
    """(set, language, measure) → floor."""
    rows = read_table(path, COLUMNS)
    return {(row["set"], row["language"], row["measure"]): float(row["floor"]) for row in rows}


def check_floors(figures: Figures, path: Path = PATH) -> list[str]:
    """A line for every figure below its floor."""
    floors = read_floors(path)
    return [
        f"{' '.join(key)}: {value:.4f} is below its floor {floors[key]:.3f}"
        for key, value in figures.items()
        if value < floors.get(key, 0.0)
    ]


def raise_floors(figures: Figures, path: Path = PATH) -> None:
    """Writes the floors that figures allow, where they are higher than those that hold; none is lowered or left out."""
    floors = read_floors(path)
    for key, value in figures.items():
        reached = value if key[2] == "offsets_exact" else math.floor((value - MARGIN) * 1000) / 1000
        floors[key] = max(floors.get(key, 0.0), reached, 0.0)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows((*key, f"{floor:.3f}") for key, floor in sorted(floors.items()))
