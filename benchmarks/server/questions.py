"""Ten competency questions, asked in this process through `graph.query` and of bare pyoxigraph, in turns over the same store.

    python -m benchmarks.server.questions [--quads 1000000] [--turns 5] [--place DIR]

Bare pyoxigraph gets the same text and the same values, and its rows are walked through. The figure is the time of all ten, the
best turn of each question on either side; the bar is 1.2 times.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pyoxigraph as ox

from benchmarks.server.servers import build_graph, store_of, workplace
from kg.graph.lookup import find_entity
from kg.graph.store import Graph, open_graph
from kg.questions import load_questions

# Each with values that the synthetic articles have something to say about.
ASKED: dict[str, dict[str, str]] = {
    "agreements": {"of": "山东省"},
    "corroboration": {"of": "山东省"},
    "countries": {},
    "foreign-partners": {"of": "山东省"},
    "organizers": {"of": "青岛市"},
    "partners": {"of": "山东省"},
    "planned": {"of": "挪威"},
    "quotes": {"of": "山东省", "other": "挪威"},
    "shared-partners": {"of": "山东省", "other": "江苏省"},
    "strongest-pairs": {"least": "2"},
}
BAR = 1.2
_INTEGER = ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")


def best_of(turns: int, calls: list[Callable[[], int]]) -> tuple[list[float], list[int]]:
    """The best time of each call, the calls taking turns, and what each gave."""
    times, found = [float("inf")] * len(calls), [0] * len(calls)
    for _ in range(turns):
        for place, call in enumerate(calls):
            begun = time.perf_counter()
            found[place] = call()
            times[place] = min(times[place], time.perf_counter() - begun)
    return times, found


def ask_ours(graph: Graph, name: str, given: dict[str, str]) -> int:
    """How many rows `graph.query` gives."""
    return len(graph.query(name, **given))


def ask_bare(store: ox.Store, graph: Graph, name: str, given: dict[str, str]) -> Callable[[], int]:
    """A call that asks the engine itself; values are looked up before."""
    prefixes = dict(graph.engine.terms.prefixes)
    values = {
        ox.Variable(key): ox.Literal(value, datatype=_INTEGER) if key == "least" else find_entity(graph.engine, value)
        for key, value in given.items()
    }
    sparql = load_questions()[name].sparql

    def ask() -> int:
        solutions = store.query(sparql, prefixes=prefixes, substitutions=values)
        assert isinstance(solutions, ox.QuerySolutions)
        return len([tuple(row) for row in solutions])

    return ask


def measure(folder: Path, turns: int) -> float:
    """Ask both; print a line for every question. How many times longer ours take in all."""
    graph, store = open_graph(folder), ox.Store.read_only(str(store_of(folder)))
    print(f"{len(store):,} quads; ms: ours, bare, ratio; rows")
    total = [0.0, 0.0]
    for name, given in ASKED.items():
        calls = [partial(ask_ours, graph, name, given), ask_bare(store, graph, name, given)]
        times, rows = best_of(turns, calls)
        assert rows[0] == rows[1], f"{name}: {rows[0]} rows, and {rows[1]} from the bare engine"
        total = [total[0] + times[0], total[1] + times[1]]
        print(f"{name:18} {1000 * times[0]:8.2f} {1000 * times[1]:8.2f}  {times[0] / times[1]:.2f}  {rows[0]}")
    print(f"{'all ten':18} {1000 * total[0]:8.2f} {1000 * total[1]:8.2f}  {total[0] / total[1]:.2f}")
    return total[0] / total[1]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--quads", type=int, default=1_000_000)
    parser.add_argument("--turns", type=int, default=5)
    parser.add_argument("--place", type=Path, help="where graphs stay for the next time")
    options = parser.parse_args()
    with workplace(options.place) as place:
        sys.exit(0 if measure(build_graph(place, options.quads), options.turns) <= BAR else 1)


if __name__ == "__main__":
    main()
