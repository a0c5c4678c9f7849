"""Where nodes stand."""

import subprocess
import sys
from itertools import combinations, pairwise

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from views import samples

from kg.views.layout import BOX, Position, arrange


def overlaps(a: Position, b: Position, box: tuple[float, float] = BOX) -> bool:
    # Whole pixels: two boxes may touch.
    return abs(a[0] - b[0]) < box[0] - 2 and abs(a[1] - b[1]) < box[1] - 2


def drawn(pairs: list[tuple[int, int]]) -> nx.MultiDiGraph:
    made = nx.MultiDiGraph()
    made.add_edges_from(((f"n{a:02}", f"n{b:02}") for a, b in pairs), derived=False)
    return made


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 25), st.integers(0, 25)), max_size=40))
def test_every_connected_node_has_a_place_of_its_own(pairs: list[tuple[int, int]]) -> None:
    made = drawn(pairs)
    places = arrange(made)
    assert list(places) == [node for node in made if set(made.successors(node)) | set(made.predecessors(node)) - {node}] or any(
        a == b for a, b in pairs
    )
    assert not [pair for pair in combinations(places.values(), 2) if overlaps(*pair)]
    assert all(x >= 0 and y >= 0 for x, y in places.values())


@pytest.mark.parametrize("count", [2, 3, 40, 300])
def test_no_label_of_a_hub_lies_on_another(count: int) -> None:
    places = arrange(drawn([(0, i) for i in range(1, count)]))
    assert len(places) == count
    assert not [pair for pair in combinations(places.values(), 2) if overlaps(*pair)]


def test_parts_that_do_not_hang_together_stand_apart() -> None:
    places = arrange(drawn([(0, 1), (1, 2), (2, 0), (10, 11), (20, 21)]))
    left, top = (min(places[node][axis] for node in ("n10", "n11")) for axis in (0, 1))
    assert not any(left <= places[n][0] <= left + 80 and top <= places[n][1] <= top + 40 for n in ("n00", "n01", "n02", "n20"))


def test_the_sheet_suits_a_screen() -> None:
    places = arrange(drawn([(2 * i, 2 * i + 1) for i in range(40)]))
    width, height = (max(place[axis] for place in places.values()) for axis in (0, 1))
    assert 0.8 < width / height < 3


def test_neighbours_are_nearer_than_strangers() -> None:
    made = drawn([(i, i + 1) for i in range(12)])
    places = arrange(made)
    at = [complex(*places[f"n{i:02}"]) for i in range(13)]
    assert max(abs(a - b) for a, b in pairwise(at)) < abs(at[0] - at[12]) / 3


def test_a_large_network_is_laid_out_too_with_everybody_somewhere() -> None:
    made = samples.large(2000)
    places = arrange(made, dict.fromkeys(made, (20.0, 20.0)))
    assert len(places) == len(set(places.values())) == 2000


def test_another_process_finds_the_same_places() -> None:
    script = "from views import samples; from kg.views.layout import arrange; print(arrange(samples.large(150)))"
    runs = [
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": f"{samples.ROOT}/tests:{samples.ROOT}"},
        ).stdout
        for seed in ("1", "2")
    ]
    assert runs[0] == runs[1] == f"{arrange(samples.large(150))}\n".encode()
