"""A query may take its worker down, and nothing else."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from http.client import HTTPException
from pathlib import Path

import pytest

from kg.graph.generations import current_name
from tests.graph.samples import record, records, write
from tests.server.bombs import BOMBS, JOIN
from tests.server.conftest import Reply, Server, Start

SECONDS = 2.0
GOOD = "SELECT ?name { ?node skos:prefLabel ?name } LIMIT 5"
ENDED = {"timeout", "busy", "out-of-memory", "too-complex", "too-large", "result-too-large", "worker-died"}


def workers_of(server: Server) -> list[int]:
    found = subprocess.run(["ps", "--ppid", str(server.process.pid), "-o", "pid="], capture_output=True, text=True, check=False)
    return sorted(int(pid) for pid in found.stdout.split())


def test_there_are_sixty_bombs() -> None:
    assert len(BOMBS) >= 60


def test_every_bomb_ends_in_time_and_others_are_served(reader: Server) -> None:
    """All of them, six at a time, while somebody else goes on asking."""
    waiting = list(BOMBS.items())
    ends: dict[str, Reply] = {}
    before = len(reader.lines())
    lock = threading.Lock()

    def throw() -> None:
        while True:
            with lock:
                if not waiting:
                    return
                name, sparql = waiting.pop()
            ends[name] = reader.query(sparql, "*/*", source="127.0.0.2")

    throwers = [threading.Thread(target=throw) for _ in range(6)]
    for thrower in throwers:
        thrower.start()
    served = []
    while any(thrower.is_alive() for thrower in throwers):
        begun = time.monotonic()
        assert reader.query(GOOD).status == 200
        served.append(time.monotonic() - begun)
        time.sleep(0.02)
    assert len(ends) == len(BOMBS)
    # The server's own clock: this process shares the machine with what it throws.
    times = [line["ms"] / 1000 for line in reader.lines()[before:] if line["client"] == "127.0.0.2"]
    assert len(times) == len(BOMBS)
    assert max(times) < SECONDS + 0.5
    assert not {name: reply.status for name, reply in ends.items() if reply.status not in (200, 400, 413, 503)}
    assert {reply.json["reason"] for reply in ends.values() if reply.status != 200} <= ENDED
    # What was answered is whole: a cut-off document would not parse.
    assert all(reply.json for reply in ends.values() if reply.media == "application/sparql-results+json")
    assert reader.process.poll() is None
    served.sort()
    assert served[len(served) // 2] < 0.5
    assert reader.get("/health").json["status"] == "ok"


# A bomb that eats memory has reached its limit of time before that of memory where the machine is busy.
@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("join of four", {"timeout"}),
        ("growth 40", {"out-of-memory", "timeout"}),
        ("order", {"out-of-memory", "timeout"}),
        ("groups 3000", {"too-complex"}),
    ],
)
def test_the_reason_is_told(reader: Server, name: str, reasons: set[str]) -> None:
    assert reader.query(BOMBS[name]).json["reason"] in reasons


def test_memory_ends_a_query_that_has_time_left(start: Start, graph_folder: Path) -> None:
    """However busy the machine: 16 bytes doubled 40 times do not fit, and half a minute is enough to find out."""
    server = start(graph_folder, "--timeout", "30", "--memory", "256")
    assert server.query(BOMBS["growth 40"], timeout=40).json["reason"] == "out-of-memory"


def test_a_result_that_is_too_large_is_not_begun(reader: Server) -> None:
    reply = reader.query("SELECT * { VALUES ?x { 1 2 3 4 5 6 7 8 9 10 } ?a ?b ?c . ?d ?e ?f }", "text/csv")
    assert (reply.status, reply.json["reason"]) in [(413, "result-too-large"), (503, "timeout")]


def test_a_killed_worker_takes_only_its_own_query(start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, "--timeout", "10")
    replies: list[Reply] = []
    asker = threading.Thread(target=lambda: replies.append(server.query(JOIN)))
    asker.start()
    time.sleep(0.5)
    for pid in workers_of(server):
        os.kill(pid, signal.SIGKILL)
    begun = time.monotonic()
    assert server.query(GOOD).status in (200, 503)
    while server.query(GOOD).status != 200:
        assert time.monotonic() - begun < 5
    asker.join(15)
    assert replies[0].status == 503 and replies[0].json["reason"] == "worker-died"
    assert server.process.poll() is None


def test_a_client_that_leaves_takes_its_query_along(start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, "--timeout", "20")
    with pytest.raises(TimeoutError):
        server.query(JOIN, timeout=1.0)
    deadline = time.monotonic() + 3
    while server.get("/health").json["slow"] and time.monotonic() < deadline:
        time.sleep(0.05)
    assert server.get("/health").json["slow"] == 0


def test_workers_have_no_network_no_core_and_little_memory(reader: Server) -> None:
    assert reader.query(GOOD).status == 200
    for pid in workers_of(reader):
        status = Path(f"/proc/{pid}/status").read_text()
        assert "Seccomp:\t2" in status and "NoNewPrivs:\t1" in status
        limits = Path(f"/proc/{pid}/limits").read_text()
        [data] = [line.split() for line in limits.splitlines() if line.startswith("Max data size")]
        [core] = [line.split() for line in limits.splitlines() if line.startswith("Max core file")]
        assert data[3] == str(256 * 1024 * 1024) and core[4] == "0"


def test_a_new_generation_is_seen_without_a_restart(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "g"
    write(folder, records("a1", "a2"))
    server = start(folder)
    count = "SELECT (COUNT(*) AS ?n) { ?a a coop:Article }"
    assert server.query(count).rows[0]["n"] == "2"
    for number in range(3):
        write(folder, [record(f"b{number}", "海州与日本合作。")])
        begun = time.monotonic()
        while server.query(count).rows[0]["n"] != str(3 + number):
            assert time.monotonic() - begun < 5
            time.sleep(0.05)
    assert server.get("/health").json["generation"] == current_name(folder / "store")
    # Old generations are let go: the next build can take them away.
    write(folder, [record("c", "海州与韩国合作。")])
    time.sleep(1.5)
    write(folder, [record("d", "海州与韩国合作。")])
    assert len(list((folder / "store").glob("g0*"))) <= 2


def test_it_stops_when_told(start: Start, graph_folder: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        server = start(graph_folder)
        pids = workers_of(server)
        assert pids
        assert server.stop(number) == 0
        assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_query_under_way_is_answered_before_the_end(start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, "--timeout", "2")
    replies: list[Reply] = []
    asker = threading.Thread(target=lambda: replies.append(server.query(JOIN)))
    asker.start()
    time.sleep(0.5)
    assert server.stop() == 0
    asker.join(5)
    assert replies[0].status == 503


def test_workers_do_not_outlive_their_server(start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, "--timeout", "2")

    def ask() -> None:
        with pytest.raises((OSError, HTTPException)):
            server.query(JOIN)

    asker = threading.Thread(target=ask)
    asker.start()
    time.sleep(0.5)
    pids = workers_of(server)
    server.stop(signal.SIGKILL)
    asker.join(5)
    deadline = time.monotonic() + 6
    while any(Path(f"/proc/{pid}").exists() for pid in pids):
        assert time.monotonic() < deadline
        time.sleep(0.1)


@pytest.mark.parametrize("what", ["folder", "port", "scratch", "host"])
def test_what_cannot_be_served_is_said_in_one_line(graph_folder: Path, tmp_path: Path, reader: Server, what: str) -> None:
    options = {
        "folder": ["-g", str(tmp_path / "none")],
        "port": ["-g", str(graph_folder), "--port", str(reader.port)],
        "scratch": ["-g", str(graph_folder), "--writable", "--scratch", str(graph_folder)],
        "host": ["-g", str(graph_folder), "--writable", "--host", "0.0.0.0"],
    }[what]
    command = [sys.executable, "-m", "kg", "serve", "--port", "0", *options]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert ended.returncode == 2 and ended.stdout == ""
    assert len(ended.stderr.strip().splitlines()) == 1 and ended.stderr.startswith("kg: ")
