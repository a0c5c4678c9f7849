"""Lookups under load, with 32 connections of wrk, beside `oxigraph serve` and an application that does nothing; and with bombs.

    python -m benchmarks.server.load [--minutes 5] [--quads 300000] [--place DIR]

The three servers take turns over the same data, so that what else the machine does falls on all of them. Then lookups go on
while one request in ten is a bomb, from another address: once with the limits for a client as they are, once without any.
Bars: 2,000 requests a second, p99 50 ms, no error; with bombs p99 250 ms and no error. The requests' rate is also given as a
share of what the other two reach.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox

from benchmarks.server.servers import PATIENT, bare_starlette, build_graph, ours, oxigraph, store_of, workplace
from tests.server.bombs import BOMBS
from tests.server.conftest import Server

CONNECTIONS = 32
SCRIPT = Path(__file__).with_name("lookups.lua")
_SUBJECTS = "SELECT DISTINCT ?s { ?s a ?class }"


@dataclass(frozen=True)
class Run:
    """What wrk saw: times in milliseconds."""

    requests: int
    seconds: float
    errors: int
    p50: float
    p99: float
    max: float

    @property
    def rate(self) -> float:
        return self.requests / self.seconds

    def __str__(self) -> str:
        return (
            f"{self.rate:8,.0f}/s  p50 {self.p50:7.2f} ms  p99 {self.p99:7.2f} ms  max {self.max:8.1f} ms  {self.errors} errors"
        )


def write_lookups(folder: Path, target: Path, count: int = 1_000) -> Path:
    """A file of paths: everything that is said of one subject, for so many subjects of the graph."""
    found = ox.Store.read_only(str(store_of(folder))).query(_SUBJECTS)
    assert isinstance(found, ox.QuerySolutions)
    subjects = sorted(row["s"].value for row in found if isinstance(row["s"], ox.NamedNode))
    chosen = random.Random(0).sample(subjects, min(count, len(subjects)))
    target.write_text("".join(f"?query={quote(f'SELECT ?p ?o {{ <{iri}> ?p ?o }}', safe='')}\n" for iri in chosen))
    return target


def run_wrk(url: str, lookups: Path, seconds: float, *, unique: bool = False) -> Run:
    """One run of wrk against the query endpoint at a URL; with `unique` no query is asked twice."""
    assert shutil.which("wrk"), "install wrk"
    path = url[url.index("/", 8) :]
    paths = lookups.with_suffix(path.replace("/", "."))
    paths.write_text("".join(path + line for line in lookups.read_text().splitlines(keepends=True)))
    command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{max(1, round(seconds))}s", "--timeout", "10s", "-s", str(SCRIPT)]
    more = ["unique"] if unique else []
    ended = subprocess.run([*command, url, "--", str(paths), *more], capture_output=True, text=True, check=True)
    [line] = [line for line in ended.stdout.splitlines() if line.startswith("RESULT")]
    return Run(**json.loads(line.removeprefix("RESULT ")))


def together(runs: list[Run]) -> Run:
    """Several runs as one; the p99 is that of the worst, the p50 the median's."""
    return Run(
        sum(run.requests for run in runs),
        sum(run.seconds for run in runs),
        sum(run.errors for run in runs),
        sorted(run.p50 for run in runs)[len(runs) // 2],
        max(run.p99 for run in runs),
        max(run.max for run in runs),
    )


@contextmanager
def bombed(server: Server, connections: int, *, often: bool) -> Iterator[Counter[str]]:
    """Bombs from an address of its own: one for every nine lookups, or as many as the connections can throw."""
    thrown: Counter[str] = Counter()
    stop, due = threading.Event(), threading.Semaphore(0)
    bombs = [sparql for sparql in BOMBS.values() if len(sparql) < 20_000]

    def throw(seed: int) -> None:
        rng = random.Random(seed)
        while not stop.is_set():
            if often and not due.acquire(timeout=0.2):
                continue
            thrown["sent"] += 1
            with suppress(OSError):
                reply = server.query(rng.choice(bombs), "*/*", source="127.0.0.2")
                thrown["answered" if reply.status == 200 else reply.json["reason"]] += 1

    def order() -> None:
        """See to it that one request in ten is a bomb."""
        ordered = 0
        while not stop.wait(0.1):
            wanted = _answered(server) // 9
            if wanted > ordered:
                due.release(wanted - ordered)
                ordered = wanted

    threads = [threading.Thread(target=throw, args=(seed,), daemon=True) for seed in range(connections)]
    threads += [threading.Thread(target=order, daemon=True)] if often else []
    for thread in threads:
        thread.start()
    yield thrown
    stop.set()
    for thread in threads:
        thread.join(30)


def _answered(server: Server) -> int:
    """How many requests the server has answered well, as its metrics tell."""
    lines = server.get("/metrics").body.decode().splitlines()
    return sum(int(line.rpartition(" ")[2]) for line in lines if 'route="sparql",status="200"' in line)


def measure(folder: Path, place: Path, seconds: float, turns: int) -> dict[str, Run]:
    """The servers in turns: `seconds` of each kind of lookups in all for ours, a third for the others."""
    lookups = write_lookups(folder, place / "lookups")
    with ExitStack() as stack:
        server = stack.enter_context(ours(folder, place)).url + "/sparql"
        oxi = stack.enter_context(oxigraph("serve-read-only", "--location", str(store_of(folder)))) + "/query"
        starlette = stack.enter_context(bare_starlette()) + "/sparql"
        kinds = {
            "kg serve, none asked before": (server, 1.0, True),
            "oxigraph serve": (oxi, 1 / 3, True),
            "bare Starlette": (starlette, 1 / 3, True),
            "kg serve, asked before": (server, 1 / 3, False),
        }
        runs: dict[str, list[Run]] = {name: [] for name in kinds}
        for turn in range(turns):
            for name, (url, share, unique) in kinds.items():
                runs[name].append(run_wrk(url, lookups, share * seconds / turns, unique=unique))
                print(f"  {turn + 1}/{turns} {name:28} {runs[name][-1]}", file=sys.stderr, flush=True)
    return {name: together(found) for name, found in runs.items()}


def measure_bombed(folder: Path, place: Path, seconds: float, *, often: bool) -> tuple[Run, Counter[str]]:
    """Lookups while bombs fall: with `often` one request in ten, else four clients without limits that do nothing else."""
    lookups = write_lookups(folder, place / "lookups")
    with ours(folder, place, "--timeout", "5", *(() if often else PATIENT)) as server:
        with bombed(server, 64 if often else 4, often=often) as thrown:
            run = run_wrk(f"{server.url}/sparql", lookups, seconds, unique=True)
        assert server.process.poll() is None
    return run, thrown


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="how long our server is asked, in each part")
    parser.add_argument("--quads", type=int, default=300_000)
    parser.add_argument("--place", type=Path, help="where graphs stay for the next time")
    options = parser.parse_args()
    seconds = options.minutes * 60
    with workplace(options.place) as place:
        folder = build_graph(place, options.quads)
        runs = measure(folder, place, seconds, turns=max(1, round(seconds / 30)))
        for name, run in runs.items():
            print(f"{name:28} {run}")
        own = runs["kg serve, none asked before"]
        for peer in ("oxigraph serve", "bare Starlette"):
            print(
                f"share of {peer}: {own.rate / runs[peer].rate:.2f}; asked before: {runs['kg serve, asked before'].rate / runs[peer].rate:.2f}"
            )
        for often, name in ((True, "one request in ten a bomb"), (False, "four clients throw bombs")):
            run, thrown = measure_bombed(folder, place, seconds, often=often)
            print(f"{name:28} {run}\n  bombs: {dict(thrown.most_common())}")


if __name__ == "__main__":
    main()
