"""What the benchmarks of the server share: graphs to serve, and servers to compare with, each in a process of its own."""

from __future__ import annotations

import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.graph.articles import write_articles
from kg.graph.generations import RDF, current_name
from tests.server.conftest import Server, begin, end
from tests.server.virtuoso import free_port

# One article of benchmarks.graph.articles gives about so many quads.
QUADS_AN_ARTICLE = 280
# A server whose clients may do as much as they like: what is measured is the server, not its patience with one client.
PATIENT = ("--client-seconds", "1000000000", "--client-requests", "1000000")


@contextmanager
def workplace(given: Path | None = None) -> Iterator[Path]:
    """A folder that goes away at the end, or the one that was given."""
    if given is not None:
        given.mkdir(parents=True, exist_ok=True)
        yield given
        return
    with tempfile.TemporaryDirectory(prefix="kg-benchmark-") as folder:
        yield Path(folder)


def build_graph(place: Path, quads: int) -> Path:
    """A graph of about so many quads, built from synthetic articles; one that is there already is taken as it is."""
    folder = place / f"graph-{quads}"
    if not (folder / "store" / "CURRENT").exists():
        articles = write_articles(place / f"articles-{quads}.jsonl", max(10, quads // QUADS_AN_ARTICLE))
        subprocess.run([sys.executable, "-m", "kg", "build", str(articles), "-o", str(folder)], check=True, capture_output=True)
    return folder


def store_of(folder: Path) -> Path:
    """Where the engine's files of the newest generation are."""
    return folder / "store" / current_name(folder / "store") / RDF


@contextmanager
def ours(folder: Path, place: Path, *options: str) -> Iterator[Server]:
    """`kg serve`; the log of requests is in the place."""
    server = begin(folder, place / f"requests-{free_port()}.jsonl", *options)
    try:
        yield server
    finally:
        end(server)


@contextmanager
def oxigraph(*arguments: str) -> Iterator[str]:
    """`oxigraph serve`, or with `serve-read-only` and `--location` over a store."""
    port = free_port()
    command = [str(Path(sys.executable).with_name("oxigraph")), *(arguments or ("serve",)), "--bind", f"127.0.0.1:{port}"]
    with _running(command, f"http://127.0.0.1:{port}/query?query=ASK%7B%7D") as url:
        yield url


# What a web application costs that does nothing.
_BARE = """
import sys, uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse
from starlette.routing import Route

async def answer(request):
    request.query_params.get("query")
    return JSONResponse({"head": {"vars": ["p", "o"]}, "results": {"bindings": []}})

app = Starlette(routes=[Route("/sparql", answer)])
uvicorn.run(app, host="127.0.0.1", port=int(sys.argv[1]), log_level="critical", access_log=False)
"""


@contextmanager
def bare_starlette() -> Iterator[str]:
    """A Starlette application on uvicorn whose `/sparql` answers every query with no rows."""
    port = free_port()
    with _running([sys.executable, "-c", _BARE, str(port)], f"http://127.0.0.1:{port}/sparql") as url:
        yield url


@contextmanager
def _running(command: list[str], probe: str) -> Iterator[str]:
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(600):
            try:
                urllib.request.urlopen(probe, timeout=5).close()
                break
            except (OSError, urllib.error.URLError):
                assert process.poll() is None, f"{command[0]} did not start"
                time.sleep(0.05)
        yield probe.partition("/query")[0].partition("/sparql")[0]
    finally:
        process.kill()
        process.wait()
