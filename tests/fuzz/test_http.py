"""Whatever is sent: an answer, never an error of the server's own."""

from pathlib import Path

from tests.fuzz.http_requests import fuzz
from tests.server.conftest import TOKEN, Start


def test_no_request_breaks_a_server(start: Start, graph_folder: Path, tmp_path: Path) -> None:
    reader = start(graph_folder, "--timeout", "2", "--client-seconds", "100000")
    writer = start(tmp_path / "none", "--writable", "--token", TOKEN, "--timeout", "2", "--client-seconds", "100000")
    for server in (reader, writer):
        statuses = fuzz(server, 150)
        # Requests of every kind are among them: such as are answered, refused, not understood and not allowed.
        assert {200, 400, 404, 405} <= statuses.keys()
