"""Hashed features in bulk: columns of small integers in, rows of a weight table out.

A template is a tuple of `(column, shift)`; its value at a position is a 32-bit mix of the named columns, each read `shift`
positions further on. Everything is one numpy expression per template, so that the cost is in the arrays and not in Python.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.uint32]
Floats = NDArray[np.float32]
Template = tuple[tuple[str, int], ...]

_MULTIPLIER = np.uint32(0x9E3779B1)
_SPREAD = np.uint32(0x85EBCA6B)
# So many positions are mixed at a time: arrays that stay in the processor's cache.
_BLOCK = 2048


def type_code(name: str) -> int:
    """A stable number for a type, not its place in a list: a model must not change its mind when the ontology grows."""
    return zlib.crc32(name.encode()) & 0xFFFFFF


def mix(*parts: Ints, seed: int) -> Ints:
    """One hash per position of parallel columns (Fibonacci multiplication and xor-shift per part)."""
    code = np.full(parts[0].shape if parts else (1,), seed * 0x61C88647 & 0xFFFFFFFF, dtype=np.uint32)
    for part in parts:
        code ^= part * _SPREAD
        code ^= code >> np.uint32(15)
        code *= _MULTIPLIER
    code ^= code >> np.uint32(16)
    return code


def shifted(column: Ints, by: int) -> Ints:
    """The column read `by` positions further on; 0 beyond its ends."""
    if by == 0:
        return column
    moved = np.zeros_like(column)
    if by > 0:
        moved[:-by] = column[by:]
    else:
        moved[-by:] = column[:by]
    return moved


@dataclass(frozen=True)
class Mixer:
    """Many templates over the same columns at once: those with the same number of parts are mixed as one array.

    `groups` holds for each number of parts the templates' numbers, the columns of each part, and their seeds.
    """

    groups: tuple[tuple[NDArray[np.int64], NDArray[np.int64], Ints], ...]
    count: int

    def mix(self, columns: Ints, bits: int) -> NDArray[np.int64]:
        """Feature numbers below 2**bits, shape (positions, templates), of columns of shape (columns, positions).

        Each is what `mix` makes of the columns of its template.
        """
        table = np.empty((self.count, columns.shape[1]), dtype=np.int64)
        mask = np.uint32((1 << bits) - 1)
        for begin in range(0, columns.shape[1], _BLOCK):
            here = slice(begin, begin + _BLOCK)
            spread = columns[:, here] * _SPREAD
            for numbers, parts, seeds in self.groups:
                code = np.repeat(seeds[:, None], spread.shape[1], axis=1)
                for part in parts:
                    code ^= spread[part]
                    code ^= code >> np.uint32(15)
                    code *= _MULTIPLIER
                code ^= code >> np.uint32(16)
                table[numbers, here] = code & mask
        return table.T


def make_mixer(templates: Sequence[Sequence[int]], seeds: Sequence[int]) -> Mixer:
    """The mixer of templates, each the numbers of its columns."""
    groups = []
    for size in sorted({len(template) for template in templates}):
        numbers = [number for number, template in enumerate(templates) if len(template) == size]
        parts = np.array([templates[number] for number in numbers], dtype=np.int64).reshape(len(numbers), size).T
        start = [seeds[number] * 0x61C88647 & 0xFFFFFFFF for number in numbers]
        groups.append((np.array(numbers, dtype=np.int64), parts, np.array(start, dtype=np.uint32)))
    return Mixer(tuple(groups), len(templates))


def hash_features(columns: dict[str, Ints], templates: Sequence[Template], bits: int) -> NDArray[np.int64]:
    """Feature numbers below 2**bits, shape (positions, templates)."""
    mixer, wanted = _plan(tuple(templates))
    table = mixer.mix(np.stack([shifted(columns[name], by) for name, by in wanted]), bits)
    for number, template in enumerate(templates):
        if not template:
            table[:, number] = number + 1
    return table


@cache
def _plan(templates: tuple[Template, ...]) -> tuple[Mixer, tuple[tuple[str, int], ...]]:
    """The mixer of templates and the shifted columns that it reads, in their order."""
    wanted = tuple(dict.fromkeys(part for template in templates for part in template))
    number = {part: index for index, part in enumerate(wanted)}
    return make_mixer([[number[part] for part in template] for template in templates], range(1, len(templates) + 1)), wanted
