"""SERVICE, LOAD and FROM in every spelling of tests/server/spellings.py: does anybody call the listener?

    python -m benchmarks.server.network

Each spelling goes over HTTP (queries, and updates to a writable server), the command line and the library; once with the
tokenizer that reads the text first, once with it taken out, so that only the operating system is left. A bare engine is asked
first, to see that the listener would hear. The bar is no call at all.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox

from benchmarks.server.servers import PATIENT, workplace
from kg.errors import KgError
from kg.graph import store
from tests.graph.samples import records, write
from tests.server.conftest import TOKEN, begin, end
from tests.server.spellings import REMOTE_QUERIES, REMOTE_UPDATES
from tests.server.test_network import WITHOUT_SCREEN, Listener, blind_workers, blinded


def heard(listener: Listener, texts: list[str], ask: Callable[[str], object]) -> int:
    """How many calls the listener gets while each text is asked."""
    before = listener.calls
    for text in texts:
        with suppress(KgError):
            ask(listener.fill(text))
    return listener.calls - before


def ask_bare(text: str) -> None:
    bare = ox.Store()
    bare.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal("b")))
    with suppress(Exception):
        list(bare.query(text))  # type: ignore[arg-type]
    with suppress(Exception):
        bare.update(text)


def main() -> None:
    listener = Listener()
    total = 0
    with workplace() as place:
        write(place / "g", records())
        print(
            f"{len(REMOTE_QUERIES)} queries and {len(REMOTE_UPDATES)} updates; a bare engine calls {heard(listener, REMOTE_QUERIES + REMOTE_UPDATES, ask_bare)} times"
        )
        for screened in (True, False):
            total += (
                over_http(listener, place, screened)
                + by_command(listener, place / "g", screened)
                + in_library(listener, place / "g", screened)
            )
    listener.socket.close()
    sys.exit(1 if total else 0)


def report(surface: str, screened: bool, texts: int, calls: int) -> int:
    print(f"{surface:12} tokenizer {'on ' if screened else 'off'}  {texts} spellings  {calls} connections")
    return calls


def over_http(listener: Listener, place: Path, screened: bool) -> int:
    program = ["-m", "kg"]
    if not screened:
        blind_workers(place)
        program = blinded(place)
    reader = begin(place / "g", place / "reader.jsonl", *PATIENT, program=program)
    writer = begin(place / "none", place / "writer.jsonl", "--writable", "--token", TOKEN, *PATIENT, program=program)
    calls = heard(listener, REMOTE_QUERIES, lambda text: (reader.query(text, "*/*"), writer.query(text, "*/*")))
    calls += heard(listener, REMOTE_UPDATES, lambda text: (reader.update(text), writer.update(text)))
    end(reader), end(writer)
    return report("HTTP", screened, len(REMOTE_QUERIES) + len(REMOTE_UPDATES), calls)


def by_command(listener: Listener, folder: Path, screened: bool) -> int:
    command = [sys.executable, *(["-m", "kg"] if screened else ["-c", WITHOUT_SCREEN]), "query", "-g", str(folder), "-"]
    calls = heard(listener, REMOTE_QUERIES, lambda text: subprocess.run(command, input=text.encode(), capture_output=True))
    return report("command line", screened, len(REMOTE_QUERIES), calls)


def in_library(listener: Listener, folder: Path, screened: bool) -> int:
    graph, screen = store.open_graph(folder), store.screen
    if not screened:
        store.screen = lambda *given, **more: None  # type: ignore[assignment]
    try:
        calls = heard(listener, REMOTE_QUERIES, graph.query)
    finally:
        store.screen = screen
    return report("library", screened, len(REMOTE_QUERIES), calls)


if __name__ == "__main__":
    main()
