"""Every bomb of tests/server/bombs.py against a server over a graph of some size: does each end in time, and who else waits?

    python -m benchmarks.server.bombs [--seconds 2] [--quads 200000] [--place DIR]

Six clients throw the bombs while another asks for five names, again and again. Bars: no bomb takes longer than its limit and
half a second, by the server's own clock; the server lives; nobody else gets an error.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Collection, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from benchmarks.server.servers import PATIENT, build_graph, ours, workplace
from tests.server.bombs import BOMBS
from tests.server.conftest import Reply, Server

GOOD = "SELECT ?name { ?node skos:prefLabel ?name } LIMIT 5"
THROWERS = 6
GRACE = 0.5
_SOURCE = "127.0.0.2"


def throw_all(server: Server) -> tuple[dict[str, Reply], list[float], int]:
    """What became of each bomb; how long somebody else waited each time meanwhile, and how often they got an error."""

    def throw(sparql: str) -> Reply:
        return server.query(sparql, "*/*", source=_SOURCE, timeout=120)

    with ThreadPoolExecutor(THROWERS) as throwers:
        thrown = {name: throwers.submit(throw, sparql) for name, sparql in BOMBS.items()}
        served = list(_ask_while(server, thrown.values()))
    replies = {name: future.result() for name, future in thrown.items()}
    return replies, sorted(seconds for seconds, _ in served), sum(not good for _, good in served)


def _ask_while(server: Server, thrown: Collection[Future[Reply]]) -> Iterator[tuple[float, bool]]:
    """Seconds and success of a good query, asked until every bomb has ended."""
    while not all(future.done() for future in thrown):
        begun = time.monotonic()
        reply = server.query(GOOD)
        yield time.monotonic() - begun, reply.status == 200
        time.sleep(0.02)


def measure(folder: Path, place: Path, seconds: float) -> bool:
    """Throw the bombs and print what came of them; whether all bars are held."""
    with ours(folder, place, "--timeout", f"{seconds:g}", *PATIENT) as server:
        replies, waits, errors = throw_all(server)
        alive = server.process.poll() is None and server.get("/health").json["status"] == "ok"
        times = [line["ms"] / 1000 for line in server.lines() if line["client"] == _SOURCE]
    ends = Counter("answered" if reply.status == 200 else reply.json["reason"] for reply in replies.values())
    print(f"{len(times)} bombs, limit {seconds:g} s: the slowest ended after {max(times):.2f} s; {dict(ends.most_common())}")
    print(f"the server {'lives' if alive else 'DIED'}")
    p50, p99 = (1000 * waits[int(len(waits) * part)] for part in (0.5, 0.99))
    print(f"others meanwhile: {len(waits)} queries, {errors} errors, p50 {p50:.0f} ms, p99 {p99:.0f} ms")
    return alive and not errors and len(times) == len(BOMBS) and max(times) <= seconds + GRACE


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--seconds", type=float, default=2.0, help="the limit of a query")
    parser.add_argument("--quads", type=int, default=200_000)
    parser.add_argument("--place", type=Path, help="where graphs stay for the next time")
    options = parser.parse_args()
    with workplace(options.place) as place:
        sys.exit(0 if measure(build_graph(place, options.quads), place, options.seconds) else 1)


if __name__ == "__main__":
    main()
