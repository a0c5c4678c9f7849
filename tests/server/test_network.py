"""No query reaches another machine: on HTTP, on the command line, in the library; with the screen, and with it off."""

from __future__ import annotations

import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import KgError
from kg.graph import store
from kg.graph.sandbox import deny_network, run_offline
from kg.graph.store import open_graph
from tests.server.conftest import TOKEN, Server, Start
from tests.server.spellings import REMOTE_QUERIES, REMOTE_UPDATES

WITHOUT_SCREEN = """
import sys
import kg.graph.guard, kg.graph.store
kg.graph.guard.screen = kg.graph.store.screen = lambda *given, **more: None
from kg.cli import main
sys.argv[0] = "kg"
main()
"""


class Listener:
    """A port of the loopback that counts who calls."""

    def __init__(self) -> None:
        self.socket = socket.create_server(("127.0.0.1", 0), backlog=100)
        self.host = f"127.0.0.1:{self.socket.getsockname()[1]}"
        self.calls = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self.socket.accept()
                self.calls += 1
                with connection:
                    connection.settimeout(1)
                    with suppress(OSError):
                        connection.recv(10_000)
                        connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")

    def fill(self, sparql: str) -> str:
        return sparql.replace("{U}", f"http://{self.host}/x").replace("{HOST}", self.host)


@pytest.fixture(scope="module")
def listener() -> Iterator[Listener]:
    found = Listener()
    yield found
    found.socket.close()


def test_the_listener_hears_a_bare_engine(listener: Listener) -> None:
    """The spellings are dangerous: without screen and sandbox the engine calls."""
    bare = ox.Store()
    bare.add(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal("b")))
    heard = 0
    for sparql in REMOTE_QUERIES:
        before = listener.calls
        with suppress(Exception):
            list(bare.query(listener.fill(sparql)))  # type: ignore[arg-type]
        heard += listener.calls > before
    for sparql in REMOTE_UPDATES:
        before = listener.calls
        with suppress(Exception):
            bare.update(listener.fill(sparql))
        heard += listener.calls > before
    assert heard >= 40


def test_the_library_calls_nobody(listener: Listener, graph_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = open_graph(graph_folder)
    before = listener.calls
    for _ in range(2):
        for sparql in REMOTE_QUERIES:
            with suppress(KgError):
                graph.query(listener.fill(sparql))
        # Again without the screen: now the operating system has to refuse.
        monkeypatch.setattr(store, "screen", lambda *given, **more: None)
    assert listener.calls == before


def test_the_screen_speaks_first(listener: Listener, graph_folder: Path) -> None:
    for sparql in REMOTE_QUERIES:
        with pytest.raises(KgError):
            open_graph(graph_folder).query(listener.fill(sparql))


@pytest.mark.parametrize("number", range(0, len(REMOTE_QUERIES), 9))
@pytest.mark.parametrize("screened", [True, False])
def test_the_command_line_calls_nobody(listener: Listener, graph_folder: Path, number: int, screened: bool) -> None:
    before = listener.calls
    program = ["-m", "kg"] if screened else ["-c", WITHOUT_SCREEN]
    command = [sys.executable, *program, "query", "-g", str(graph_folder), "-"]
    ended = subprocess.run(command, input=listener.fill(REMOTE_QUERIES[number]), capture_output=True, text=True, check=False)
    assert listener.calls == before
    assert ended.returncode in ((2,) if screened else (0, 2))
    assert "Traceback" not in ended.stderr


def test_the_server_calls_nobody(listener: Listener, reader: Server, writer: Server) -> None:
    before = listener.calls
    for sparql in REMOTE_QUERIES:
        reply = reader.query(listener.fill(sparql))
        assert (reply.status, reply.json["reason"]) in [(403, "remote-access"), (400, "syntax")]
    for sparql in REMOTE_UPDATES:
        assert reader.update(listener.fill(sparql)).status == 403
        assert writer.update(listener.fill(sparql)).json["reason"] == "remote-access"
    assert listener.calls == before


def test_the_server_calls_nobody_without_the_screen(
    listener: Listener, start: Start, graph_folder: Path, tmp_path: Path
) -> None:
    """Workers that read nothing of the text: a module of the same name comes first on their path."""
    blind_workers(tmp_path)
    before = listener.calls
    server = start(graph_folder, program=blinded(tmp_path))
    scratch = start(tmp_path / "none", "--writable", "--token", TOKEN, program=blinded(tmp_path))
    answered = 0
    for sparql in REMOTE_QUERIES:
        reply = server.query(listener.fill(sparql), "*/*")
        answered += reply.status == 200
        assert reply.status in (200, 400, 403, 422)
    for sparql in REMOTE_UPDATES:
        scratch.update(listener.fill(sparql))
    # The screen was really off: FROM of a file and SERVICE SILENT were run.
    assert answered >= 5
    assert listener.calls == before


def blind_workers(folder: Path) -> None:
    """Make the folder one from which workers start without the screen."""
    off = "import kg.graph.guard\nkg.graph.guard.screen = lambda *given, **more: None\n"
    (folder / "sitecustomize.py").write_text(off, encoding="utf-8")


def blinded(folder: Path) -> list[str]:
    """A server whose workers find `folder` on their path before anything else."""
    code = (
        f"import kg.server.pool as pool, os\npool._PACKAGES = {str(folder)!r} + os.pathsep + pool._PACKAGES\n"
        "from kg.cli import main\nmain()"
    )
    return ["-c", code]


def test_a_named_service_is_reached(listener: Listener, start: Start, graph_folder: Path) -> None:
    server = start(graph_folder, "--service", f"http://{listener.host}/x")
    before = listener.calls
    reply = server.query(f"SELECT * {{ SERVICE <http://{listener.host}/x> {{ ?s ?p ?o }} }}")
    assert reply.status == 422 and listener.calls == before + 1
    other = server.query(f"SELECT * {{ SERVICE <http://{listener.host}/y> {{ ?s ?p ?o }} }}")
    assert (other.status, listener.calls) == (403, before + 1)
    assert any("workers have the network" in line for line in server.greeting)


def test_the_sandbox_is_one_thread_alone(listener: Listener) -> None:
    def call() -> int:
        with socket.create_connection(("127.0.0.1", int(listener.host.rpartition(":")[2])), timeout=5):
            return 1

    with pytest.raises(PermissionError):
        run_offline(call)
    assert call() == 1
    assert run_offline(lambda: [end.close() for end in socket.socketpair(socket.AF_UNIX)]) == [None, None]


def test_the_sandbox_hands_on_what_is_raised_and_returned() -> None:
    assert run_offline(lambda: 42) == 42
    with pytest.raises(ZeroDivisionError):
        run_offline(lambda: 1 // 0)


def test_no_socket_of_any_family_is_left() -> None:
    def families() -> list[str]:
        assert deny_network()
        opened = []
        for family in (socket.AF_INET, socket.AF_INET6, socket.AF_PACKET, socket.AF_NETLINK, socket.AF_VSOCK):
            with suppress(OSError):
                socket.socket(family, socket.SOCK_STREAM).close()
                opened.append(family.name)
        return opened

    assert run_offline(families) == []
