"""A Virtuoso 7 of our own: a database in a folder, on two free ports of the loopback."""

from __future__ import annotations

import re
import shutil
import socket
import subprocess
import time
import urllib.error
import urllib.request
from pathlib import Path

INI = Path("/usr/share/virtuoso-opensource-7/virtuoso.ini")
PASSWORD = "dba-of-the-tests"
INSTALLED = shutil.which("virtuoso-t") is not None and INI.is_file()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


class Virtuoso:
    """The running server; `url` is where its endpoints are, with user and password."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.sql, self.http = free_port(), free_port()
        self._configure()
        quiet = {"stdin": subprocess.DEVNULL, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = ["virtuoso-t", "+foreground", "+configfile", str(folder / "my.ini")]
        # The first start makes the database, sets the passwords and ends.
        subprocess.run([*command, "+pwdold", "dba", "+pwddba", PASSWORD, "+pwddav", PASSWORD], cwd=folder, check=False, **quiet)  # type: ignore[call-overload]
        self.process = subprocess.Popen(command, cwd=folder, **quiet)  # type: ignore[call-overload]
        self._wait()

    @property
    def url(self) -> str:
        return f"http://dba:{PASSWORD}@127.0.0.1:{self.http}"

    def _configure(self) -> None:
        text = INI.read_text(encoding="utf-8").replace("/var/lib/virtuoso-opensource-7/db/", f"{self.folder}/")
        settings = {
            "Parameters": {"ServerPort": f"127.0.0.1:{self.sql}", "DirsAllowed": "., /usr/share", "NumberOfBuffers": "10000"},
            "HTTPServer": {"ServerPort": f"127.0.0.1:{self.http}"},
            "SPARQL": {"ResultSetMaxRows": "1000000", "MaxQueryCostEstimationTime": "", "MaxQueryExecutionTime": ""},
        }
        section, lines = "", []
        for line in text.splitlines():
            if found := re.match(r"\[(\w+)\]", line):
                section = found[1]
                lines += [line, *(f"{key} = {value}" for key, value in settings.get(section, {}).items() if value)]
            elif line.partition("=")[0].strip() not in settings.get(section, {}) and not re.match(r"Load\d", line):
                lines.append(line)
        (self.folder / "my.ini").write_text("\n".join(lines), encoding="utf-8")

    def _wait(self) -> None:
        for _ in range(600):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{self.http}/sparql?query=ASK%7B%7D", timeout=5):
                    return
            except (OSError, urllib.error.URLError):
                time.sleep(0.1)
            if self.process.poll() is not None:
                break
        raise AssertionError((self.folder / "virtuoso.log").read_text(encoding="utf-8", errors="replace")[-2000:])

    def sql_run(self, statement: str) -> None:
        command = ["isql-vt", f"127.0.0.1:{self.sql}", "dba", PASSWORD, f"exec={statement}"]
        subprocess.run(command, check=True, capture_output=True)

    def stop(self) -> None:
        self.process.kill()
        self.process.wait()
