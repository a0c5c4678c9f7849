"""Hashed features in bulk: columns of small integers in, rows of a weight table out.

A template is a tuple of `(column, shift)`; its value at a position is a 32-bit mix of the named columns, each read `shift`
positions further on. Everything is one numpy expression per template, so that the cost is in the arrays and not in Python.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.uint32]
Floats = NDArray[np.float32]
Template = tuple[tuple[str, int], ...]

_MULTIPLIER = np.uint32(0x9E3779B1)
_SPREAD = np.uint32(0x85EBCA6B)


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


def hash_features(columns: dict[str, Ints], templates: Sequence[Template], bits: int) -> NDArray[np.int64]:
    """Feature numbers below 2**bits, shape (positions, templates)."""
    mask = np.uint32((1 << bits) - 1)
    length = len(next(iter(columns.values())))
    table = np.empty((length, len(templates)), dtype=np.int64)
    for number, template in enumerate(templates):
        parts = [shifted(columns[name], by) for name, by in template]
        table[:, number] = (mix(*parts, seed=number + 1) if parts else np.full(length, number + 1, np.uint32)) & mask
    return table
