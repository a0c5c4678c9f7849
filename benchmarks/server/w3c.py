"""The W3C SPARQL 1.1 test suite against the server: writable and read-only, beside `oxigraph serve`.

    python -m benchmarks.server.w3c SUITE

SUITE is the folder that holds the suite's runner (run.py) and its data (sparql11/). First a scratch server that can be written
and `oxigraph serve` run the whole of it, in every format of results; then a server that only reads, which must refuse every
write and hold the same graph, byte by byte, when it is over.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from contextlib import ExitStack
from pathlib import Path

from benchmarks.server.servers import PATIENT, ours, oxigraph, workplace
from kg.graph.serialization import write_rdf
from kg.graph.store import open_graph
from tests.graph.samples import records, write
from tests.server.conftest import TOKEN, Server
from tests.w3c.test_suite import KNOWN, PARTS

FORMATS = ("json", "xml", "tsv", "csv")
Outcomes = Mapping[str, str]


def run_suite(suite: Path, place: Path, query: str, update: str, graphs: str, accept: str) -> Outcomes:
    """What became of every test that was run, by section and name; also why, where it failed."""
    report = place / "outcomes.json"
    command = [sys.executable, str(suite / "run.py"), query, update, graphs, str(suite / "sparql11")]
    subprocess.run([*command, "--accept", accept, "--json", str(report)], check=False, capture_output=True)
    rows = json.loads(report.read_text(encoding="utf-8"))
    names = {row["test"]: "/".join(row["test"].split("/")[-2:]) for row in rows}
    return {names[row["test"]]: "" if row["outcome"] == "pass" else row["why"] for row in rows if row["outcome"] != "skip"}


def digest_of(folder: Path) -> str:
    stream = io.BytesIO()
    write_rdf(open_graph(folder).engine, "nquads", stream)
    return hashlib.sha256(stream.getvalue()).hexdigest()


def writes_in(server: Server) -> Counter[int]:
    """The statuses of requests that would write: updates, and everything on graphs but reading."""
    return Counter(
        line["status"]
        for line in server.lines()
        if (line["path"].startswith("/graphs") and line["method"] not in ("GET", "HEAD")) or line.get("reason") == "read-only"
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("suite", type=Path)
    suite = parser.parse_args().suite
    with workplace() as place, ExitStack() as stack:
        options = ["--writable", "--token", TOKEN, "--service", "*", *PATIENT]
        server = stack.enter_context(ours(place / "none", place, *options))
        peer = stack.enter_context(oxigraph())
        writing = f"{server.url}/~{TOKEN}"
        for accept in FORMATS:
            found = run_suite(suite, place, f"{server.url}/sparql", f"{writing}/sparql", f"{writing}/graphs", accept)
            theirs = run_suite(suite, place, f"{peer}/query", f"{peer}/update", f"{peer}/store", accept)
            failed = {name: why for name, why in found.items() if why}
            lost = [name for name in failed if not theirs.get(name, "missing")]
            print(
                f"{accept:5} {len(found) - len(failed)} of {len(found)}; oxigraph serve {sum(not why for why in theirs.values())}",
                end="",
            )
            print(f"; passed there and failed here: {', '.join(lost) or 'none'}")
            if accept == FORMATS[0]:
                passed = Counter(name.partition("/")[0] for name, why in found.items() if not why)
                for part, number in PARTS.items():
                    print(f"      {part}: {passed[part]} of {number}")
                for name, why in sorted(failed.items()):
                    print(f"      {name}: {KNOWN.get(name, f'NEW: {why[:100]}')}")

        write(place / "g", records())
        reader, before = stack.enter_context(ours(place / "g", place, *PATIENT)), digest_of(place / "g")
        run_suite(suite, place, f"{reader.url}/sparql", f"{reader.url}/sparql", f"{reader.url}/graphs", "json")
        writes, after = writes_in(reader), digest_of(place / "g")
        print(
            f"read-only: {sum(writes.values())} writes, answered {dict(writes)}; the graph is {'the same' if before == after else 'CHANGED'}"
        )
        done = sum(number for status, number in writes.items() if status < 400)
        sys.exit(1 if done or before != after else 0)


if __name__ == "__main__":
    main()
