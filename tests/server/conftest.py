"""Real servers: the program itself in a process of its own, on a free port of the loopback."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest

from tests.graph.samples import records, write

JSON = "application/sparql-results+json"
TOKEN = "a-token-for-tests"
START_SECONDS = 30


@dataclass
class Reply:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def media(self) -> str:
        return self.headers.get("content-type", "").partition(";")[0]

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def rows(self) -> list[dict[str, str]]:
        return [{name: term["value"] for name, term in row.items()} for row in self.json["results"]["bindings"]]


@dataclass
class Server:
    """A running `kg serve`."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path
    greeting: list[str] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ask(
        self,
        method: str,
        path: str,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        source: str = "127.0.0.1",
        timeout: float = 30,
    ) -> Reply:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=timeout, source_address=(source, 0))
        try:
            connection.request(method, path, body.encode() if isinstance(body, str) else body, dict(headers or {}))
            response = connection.getresponse()
            return Reply(response.status, {k.lower(): v for k, v in response.getheaders()}, response.read())
        finally:
            connection.close()

    def get(self, path: str, accept: str | None = None) -> Reply:
        return self.ask("GET", path, headers={"Accept": accept} if accept else {})

    def query(self, sparql: str, accept: str = JSON, **options: Any) -> Reply:
        form = urlencode({"query": sparql})
        headers = {"Accept": accept, "Content-Type": "application/x-www-form-urlencoded"}
        return self.ask("POST", "/sparql", form, headers, **options)

    def update(self, sparql: str, token: str | None = TOKEN) -> Reply:
        headers = {"Content-Type": "application/sparql-update"}
        if token is not None:
            headers["Authorization"] = f"Bearer {token}"
        return self.ask("POST", "/sparql", sparql, headers)

    def lines(self, least: int = 0) -> list[dict[str, Any]]:
        """The lines of the log, once there are so many: a request is logged after its answer has gone out."""
        until = time.monotonic() + 10
        while True:
            lines = self.log.read_text(encoding="utf-8").splitlines()
            if len(lines) >= least or time.monotonic() > until:
                return [json.loads(line) for line in lines]
            time.sleep(0.02)

    def stop(self, number: int = signal.SIGTERM, timeout: float = 20) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout)


Start = Callable[..., Server]


def begin(
    folder: Path,
    log: Path,
    *options: str,
    environment: Mapping[str, str] | None = None,
    program: Sequence[str] = ("-m", "kg"),
) -> Server:
    """Start `kg serve` and wait until it says where it is."""
    command = [sys.executable, *program, "serve", "-g", str(folder), "--port", "0", "--log", str(log), *options]
    errors = log.with_suffix(".stderr")
    with errors.open("wb") as stream:
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=stream, env={**os.environ, **(environment or {})})
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        said = errors.read_text(encoding="utf-8")
        if found := re.search(r"serving at http://\S+?:(\d+)/.*\n", said):
            time.sleep(0.05)
            return Server(process, int(found[1]), log, errors.read_text(encoding="utf-8").splitlines())
        time.sleep(0.02)
    process.kill()
    raise AssertionError(f"the server did not start: {errors.read_text(encoding='utf-8')}")


def end(server: Server) -> None:
    server.process.kill()
    server.process.wait()


@pytest.fixture(scope="session")
def graph_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("graph") / "g"
    write(folder, records())
    return folder


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Start servers that end with the test."""
    servers: list[Server] = []

    def start_one(folder: Path, *options: str, **more: Any) -> Server:
        servers.append(begin(folder, tmp_path / f"requests-{len(servers)}.jsonl", *options, **more))
        return servers[-1]

    yield start_one
    for server in servers:
        end(server)


@pytest.fixture(scope="module")
def reader(graph_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A read-only server over the sample graph, whose clients may do as much as they like."""
    log = tmp_path_factory.mktemp("log") / "requests.jsonl"
    server = begin(graph_folder, log, "--timeout", "2", "--client-seconds", "100000", "--memory", "256")
    yield server
    end(server)


@pytest.fixture(scope="module")
def writer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A writable server over an empty scratch store."""
    folder = tmp_path_factory.mktemp("scratch")
    options = ["--writable", "--token", TOKEN, "--timeout", "5", "--client-seconds", "100000"]
    server = begin(folder / "none", folder / "requests.jsonl", *options)
    yield server
    end(server)


def quoted(text: str) -> str:
    return quote(text, safe="")
