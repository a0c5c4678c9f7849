"""Clients that do not behave: slow, large, many, broken. The server stays up and says what is wrong."""

from __future__ import annotations

import json
import socket
import threading
import time
from contextlib import suppress
from pathlib import Path

import pytest

from tests.server.bombs import JOIN
from tests.server.conftest import Reply, Server, Start

GOOD = "ASK { ?s ?p ?o }"


def talk(server: Server, data: bytes, *, wait: float = 15.0) -> bytes:
    """Send bytes and read until the server closes or nothing comes any more."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as connection:
        received = b""
        with suppress(OSError):
            connection.sendall(data)
        with suppress(OSError):
            while chunk := connection.recv(65536):
                received += chunk
        return received


def memory(server: Server) -> int:
    """Resident MiB of the web process."""
    [line] = [x for x in Path(f"/proc/{server.process.pid}/status").read_text().splitlines() if x.startswith("VmRSS")]
    return int(line.split()[1]) // 1024


# The same server with less patience than it has.
IMPATIENT = """
from dataclasses import replace
import kg.server.connection as connection
make = connection.make_connection
connection.make_connection = lambda limits: make(replace(limits, header_seconds=2.0))
from kg.cli import main
main()
"""


def test_a_head_that_never_ends_is_cut_off(start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, program=["-c", IMPATIENT])
    begun = time.monotonic()
    slow = [socket.create_connection(("127.0.0.1", server.port), timeout=20) for _ in range(50)]
    for connection in slow:
        connection.sendall(b"GET /sparql HTTP/1.1\r\nHost: x\r\nX-Slow: ")
    assert server.query(GOOD).status == 200
    for connection in slow:
        with connection:
            assert connection.recv(100).startswith(b"HTTP/1.1 408")
    assert 1 < time.monotonic() - begun < 10
    # Nothing at all is no better.
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as silent:
        assert silent.recv(100).startswith(b"HTTP/1.1 408")


@pytest.mark.parametrize(
    "data",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X-%d: y\r\n" % n for n in range(100_000)),
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"y" * 5_000_000,
        b"GET /sparql?query=" + b"y" * 5_000_000,
    ],
    ids=["many headers", "a large header", "a large URL"],
)
def test_a_head_that_is_too_large_is_refused(reader: Server, data: bytes) -> None:
    before = memory(reader)
    received = talk(reader, data)
    assert received == b"" or received.startswith((b"HTTP/1.1 431", b"HTTP/1.1 400"))
    assert reader.query(GOOD).status == 200
    assert memory(reader) < before + 60


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET\r\n\r\n",
        b"NONSENSE / HTTP/1.1\r\n\r\n",
        b"GET / HTTP/9.9\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        b"GET /%ff%fe HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /id/%00 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET http://evil.test/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET //etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /static/../../../../etc/passwd HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /static/%2e%2e/app.py HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
    ],
)
def test_nonsense_gets_a_client_error_or_nothing(reader: Server, data: bytes) -> None:
    received = talk(reader, data, wait=3)
    assert received == b"" or received[9:12] in (b"303", b"400", b"404", b"405", b"415"), received[:100]
    assert b"root:" not in received and b"starlette" not in received
    assert reader.query(GOOD).status == 200


def test_a_large_body_is_refused_without_being_kept(reader: Server) -> None:
    before = memory(reader)
    head = b"POST /sparql HTTP/1.1\r\nHost: x\r\nContent-Type: application/sparql-query\r\n"
    assert talk(reader, head + b"Content-Length: 1000000000\r\n\r\nASK {}", wait=5).startswith(b"HTTP/1.1 413")
    chunk = b"100000\r\n" + b"#" * 0x100000 + b"\r\n"
    received = talk(reader, head + b"Transfer-Encoding: chunked\r\n\r\n" + chunk * 64, wait=10)
    assert received == b"" or received.startswith(b"HTTP/1.1 413")
    assert memory(reader) < before + 60


def test_a_client_that_does_not_read_holds_up_nobody(reader: Server) -> None:
    request = b"GET /static/yasgui.min.js HTTP/1.1\r\nHost: x\r\n\r\n" * 5
    idle = [socket.create_connection(("127.0.0.1", reader.port)) for _ in range(10)]
    for connection in idle:
        connection.sendall(request)
    begun = time.monotonic()
    assert reader.query(GOOD).status == 200
    assert time.monotonic() - begun < 2
    for connection in idle:
        connection.close()


def test_compressed_bodies_are_not_inflated(reader: Server) -> None:
    headers = {"Content-Type": "application/sparql-query", "Content-Encoding": "gzip"}
    assert reader.ask("POST", "/sparql", b"\x1f\x8b\x08\x00", headers).status == 400


def test_one_client_cannot_take_all(start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, "--timeout", "3", "--client-requests", "3")
    replies: list[Reply] = []
    threads = [
        threading.Thread(target=lambda: replies.append(server.query(JOIN, source="127.0.0.2", timeout=20))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    assert server.query(GOOD).status == 200
    for thread in threads:
        thread.join(20)
    reasons = sorted(reply.json["reason"] for reply in replies)
    assert reasons.count("too-many-requests") == 5 and reasons.count("timeout") == 3
    assert {reply.status for reply in replies} == {429, 503}
    assert any("retry-after" in reply.headers for reply in replies)


def test_query_time_runs_out(start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, "--timeout", "1", "--client-seconds", "2")
    reasons = [server.query(JOIN, source="127.0.0.2").json["reason"] for _ in range(6)]
    # while a killed worker is replaced on a loaded machine, a query may be told to come back
    assert (
        reasons[0] == "timeout" and "too-many-requests" in reasons and set(reasons) <= {"timeout", "busy", "too-many-requests"}
    )
    assert server.query(GOOD).status == 200
    assert server.ask("GET", "/health", source="127.0.0.2").status == 200


def test_requests_a_second(start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, "--client-rate", "5")
    statuses = [server.query(GOOD).status for _ in range(12)]
    assert statuses[:5] == [200] * 5 and 429 in statuses


def test_a_proxy_tells_the_client(start: Start, graph_folder: Path) -> None:
    trusting = start(graph_folder, "--proxy", "127.0.0.1")
    form = {"Content-Type": "application/sparql-query", "X-Forwarded-For": "203.0.113.7"}
    trusting.ask("POST", "/sparql", GOOD, form)
    assert trusting.lines(1)[-1]["client"] == "203.0.113.7"
    plain = start(graph_folder)
    plain.ask("POST", "/sparql", GOOD, form)
    assert plain.lines(1)[-1]["client"] == "127.0.0.1"


def test_cors_for_those_who_are_named(start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, "--cors", "https://app.test")
    preflight = {"Origin": "https://app.test", "Access-Control-Request-Method": "POST"}
    reply = server.ask("OPTIONS", "/sparql", None, preflight)
    assert reply.status == 204 and reply.headers["access-control-allow-origin"] == "https://app.test"
    assert "Content-Type" in reply.headers["access-control-allow-headers"]
    assert "access-control-allow-origin" in server.ask("GET", "/sparql", None, {"Origin": "https://app.test"}).headers
    assert "access-control-allow-origin" not in server.ask("GET", "/sparql", None, {"Origin": "https://other.test"}).headers


def test_what_is_logged_is_one_line(reader: Server) -> None:
    reader.query('ASK { ?s ?p "line\nbreak \u2028 \x1b[31m" }')
    for line in reader.log.read_text(encoding="utf-8").split("\n")[:-1]:
        json.loads(line)
        assert "\x1b" not in line
