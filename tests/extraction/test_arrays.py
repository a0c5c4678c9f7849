"""What is done in bulk gives what is done one by one: features mixed together, both passes of the field side by side."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kg.extraction.hashing import hash_features, make_mixer, mix, shifted
from kg.extraction.tagging import _passes

COLUMNS = st.integers(1, 12).flatmap(
    lambda size: st.lists(st.lists(st.integers(0, 2**32 - 1), min_size=size, max_size=size), min_size=3, max_size=3)
)
TEMPLATES = ((), (("a", 0),), (("b", -1), ("a", 1)), (("c", 0), ("c", 2), ("a", -2)), (("b", 0),))


@given(COLUMNS)
def test_features_mixed_together_are_those_mixed_alone(rows: list[list[int]]) -> None:
    columns = {name: np.array(row, dtype=np.uint32) for name, row in zip("abc", rows, strict=True)}
    table = hash_features(columns, TEMPLATES, 22)
    for number, template in enumerate(TEMPLATES):
        alone = mix(*(shifted(columns[name], by) for name, by in template), seed=number + 1) & np.uint32((1 << 22) - 1)
        assert table[:, number].tolist() == (alone.tolist() if template else [number + 1] * len(rows[0]))


def test_seeds_tell_equal_templates_apart() -> None:
    table = make_mixer([(0,), (0,)], [1, 2]).mix(np.arange(4, dtype=np.uint32)[None], 20)
    assert table.shape == (4, 2) and not (table[:, 0] == table[:, 1]).any()


@given(st.lists(st.integers(1, 7), min_size=1, max_size=6), st.integers(0, 2**32 - 1))
def test_both_passes_are_those_of_each_piece_by_itself(sizes: list[int], seed: int) -> None:
    chance = np.random.default_rng(seed)
    many, total = 4, sum(sizes)
    emission = chance.normal(size=(total, many)).astype(np.float32)
    transitions = chance.normal(size=(many, many)).astype(np.float32)
    ends = np.cumsum(sizes).tolist()
    pieces = list(zip([0, *ends[:-1]], ends, strict=True))
    opens = frozenset(start for start, _ in pieces[::2])
    forward, backward, best = _passes(emission, transitions, pieces, opens)
    for start, end in pieces:
        score = emission[start] + (0 if start in opens else transitions[0])
        assert np.array_equal(forward[start], score)
        for at in range(start + 1, end):
            score = (score[:, None] + transitions).max(axis=0) + emission[at]
            assert np.array_equal(forward[at], score)
        ahead = np.zeros(many, np.float32)
        for at in range(end - 2, start - 1, -1):
            ahead = (ahead + emission[at + 1] + transitions).max(axis=1)
            assert np.array_equal(backward[at], ahead)
        assert np.allclose((forward[start:end] + backward[start:end]).max(axis=1), best[start:end], atol=1e-4)
