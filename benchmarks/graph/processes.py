"""Real `kg` processes by the hundred: one process imports everything once and forks a child for each command.

The one that forks never opens a store, because RocksDB's threads do not survive a fork. Run as `python -m
benchmarks.graph.processes` it reads requests (JSON lines) and writes answers; `Kitchen` is the other end of that pipe.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Job:
    """One command. It is killed (SIGKILL) after `kill_after` seconds, or when it makes its `crash_at`-th change on the disk
    (0 for the first). `largest_file` limits the size of files in bytes, as a full disk would."""

    arguments: Sequence[str]
    kill_after: float | None = None
    crash_at: int | None = None
    largest_file: int | None = None


@dataclass(frozen=True)
class Outcome:
    """How it ended: exit code (negative: the signal), output, seconds, and how many changes on the disk it made."""

    code: int
    out: str
    err: str
    seconds: float
    changes: int


class Kitchen:
    """Starts commands in children of one warm process; a context manager."""

    def __enter__(self) -> Kitchen:
        command = [sys.executable, "-m", "benchmarks.graph.processes"]
        root = Path(__file__).resolve().parent.parent.parent
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8", cwd=root)
        return self

    def __exit__(self, *_: object) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.wait()
        self._process.stdout.close()

    def run(self, *arguments: object, **options: Any) -> Outcome:
        """One command, from start to end."""
        [outcome] = self.run_all([Job([str(argument) for argument in arguments], **options)])
        return outcome

    def run_all(self, jobs: Sequence[Job]) -> list[Outcome]:
        """Commands that are started together."""
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.write(json.dumps([asdict(job) for job in jobs]) + "\n")
        self._process.stdin.flush()
        return [Outcome(**data) for data in json.loads(self._process.stdout.readline())]


def serve() -> None:
    """Answer requests until the pipe is closed."""
    import kg.cli
    import kg.extraction
    import kg.graph.serialization
    import kg.graph.verification
    import kg.pipeline
    import kg.views.terminal  # noqa: F401

    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    for line in sys.stdin:
        started = [_start(Job(**data)) for data in json.loads(line)]
        json.dump([asdict(_finish(*child)) for child in started], answers)
        answers.write("\n")
        answers.flush()


def _start(job: Job) -> tuple[Job, int, tuple[Any, Any, Any], float]:
    files = (tempfile.TemporaryFile(), tempfile.TemporaryFile(), tempfile.TemporaryFile())  # noqa: SIM115
    begun = time.monotonic()
    child = os.fork()
    if child == 0:
        _become(job, files)
    return job, child, files, begun


def _finish(job: Job, child: int, files: tuple[Any, Any, Any], begun: float) -> Outcome:
    if job.kill_after is not None:
        time.sleep(max(0.0, begun + job.kill_after - time.monotonic()))
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    seconds = time.monotonic() - begun
    texts = []
    for file in files:
        file.seek(0)
        texts.append(file.read().decode("utf-8", "replace"))
        file.close()
    return Outcome(os.waitstatus_to_exitcode(status), texts[0], texts[1], seconds, len(texts[2]))


def _become(job: Job, files: tuple[Any, Any, Any]) -> None:
    """The child: run the command and end, without a look back at what the parent had open."""
    from kg import cli

    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    os.dup2(files[0].fileno(), 1)
    os.dup2(files[1].fileno(), 2)
    if job.largest_file is not None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (job.largest_file, job.largest_file))
    _count_changes(files[2].fileno(), job.crash_at)
    code = 2
    try:
        code = cli.run(list(job.arguments))
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def _count_changes(descriptor: int, crash_at: int | None) -> None:
    """Note every change that Python makes on the disk, and die before one of them."""
    made = 0

    def watch(event: str, arguments: tuple[Any, ...]) -> None:
        nonlocal made
        opens_to_write = event == "open" and isinstance(arguments[2], int) and arguments[2] & (os.O_WRONLY | os.O_RDWR)
        if opens_to_write or event in ("os.rename", "os.remove", "os.link", "os.mkdir", "os.rmdir", "os.truncate"):
            if made == crash_at:
                os.kill(os.getpid(), signal.SIGKILL)
            made += 1
            os.write(descriptor, b".")

    sys.addaudithook(watch)


if __name__ == "__main__":
    serve()
