"""The query workers as the web process sees them: a job goes in, an answer comes out, and whoever misbehaves is ended.

    quick lane   a few workers; every job begins here, who used least of late is served first, and nobody gets all of them
    slow lane    a job that is not done after a moment keeps its worker, which now gives way to all others; another takes its
                 place in the quick lane. Where the slow lane is full the job is ended and begins again when there is room.
                 A query that was slow before begins here.

So no query makes another wait longer than a moment. Every job has one deadline from its arrival, waiting included. A worker
that dies or is ended takes only its own job with it. When a snapshot is replaced, new workers open the new one and the old
ones finish what they do.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from collections import Counter, OrderedDict, deque
from collections.abc import Awaitable, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from kg.errors import GraphError
from kg.server import frames
from kg.server.clients import Account
from kg.server.frames import Message
from kg.server.settings import MIB, Limits
from kg.server.snapshots import Source

_NICE = 15
_LOOK_SECONDS = 0.25
_START_SECONDS = 30.0
_CLOSE_SECONDS = 5.0
_PACKAGES = str(Path(__file__).resolve().parents[2])
_REMEMBERED = 10_000
_GRACE = 0.25  # how much later than its parent the worker's own alarm rings


@dataclass(frozen=True, slots=True)
class Answer:
    """What a job gave: `reason` is empty where it was done, else one of `kg.server.problems`; then `detail` is a line.

    `seconds` is the processor time of a job that came to its own end.
    """

    body: bytes = b""
    media: str = ""
    reason: str = ""
    detail: str = ""
    created: bool = False
    seconds: float = 0.0


class _Ended(Exception):
    """A worker ended before its answer; `reason` is empty where nobody ended it."""

    def __init__(self, reason: str, status: int | None, last_words: str) -> None:
        self.reason, self.status, self.last_words = reason, status, last_words
        super().__init__(reason)

    def cause(self) -> str:
        """The reason for the client: what the parent said, or what the way the process died tells."""
        if self.reason:
            return self.reason
        if "memory allocation" in self.last_words:
            return "out-of-memory"
        return _SIGNALS.get(self.status, "worker-died") if self.status is not None else "worker-died"


# What a signal that ended a worker tells; a stack that overflows ends in SIGSEGV or, noticed, in SIGABRT.
_SIGNALS = {
    -getattr(signal, name): reason
    for name, reason in (("SIGALRM", "timeout"), ("SIGSEGV", "too-complex"), ("SIGABRT", "too-complex"))
    if hasattr(signal, name)
}
_DETAILS = {
    "busy": "more long queries are waiting than can be run: try again in a moment",
    "timeout": "the query took longer than {0:g} s and was ended",
    "gone": "the client went away",
    "closing": "the server is stopping",
    "out-of-memory": "the query needs more than {1} MiB of memory: ask for less",
    "too-complex": "the query is nested too deep for the engine: split it",
    "worker-died": "the query worker ended before it had an answer: try again",
}


class _Worker(asyncio.SubprocessProtocol):
    """One worker process and the answer it owes, if any."""

    def __init__(self, snapshot: _Snapshot, lost: Callable[[_Worker], None]) -> None:
        self.snapshot = snapshot
        self.busy = True
        self.has_place = False
        self.slow = False
        self.account: Account | None = None
        self.used_before = self.used_last = 0.0
        self.reason = ""
        self._lost = lost
        self._loop = asyncio.get_running_loop()
        self._buffer = bytearray()
        self._last_words = b""
        self._waiting: asyncio.Future[tuple[Message, bytes]] | None = None
        self.ended: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.SubprocessTransport, transport)

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        if fd != 1:
            self._last_words = (self._last_words + data)[:500]
            return
        self._buffer += data
        frame = frames.unpack(self._buffer)
        if frame is not None and self._waiting is not None and not self._waiting.done():
            used = float(str(frame[0].get("used", 0)))
            self.used_before, self.used_last = used, used - self.used_before
            self._waiting.set_result(frame)

    def connection_lost(self, exc: Exception | None) -> None:
        self._give_up(self._last_words.decode("utf-8", "replace"))
        if not self.ended.done():
            self.ended.set_result(None)
            self._lost(self)

    def _give_up(self, last_words: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(_Ended(self.reason, self._transport.get_returncode(), last_words))

    @property
    def alive(self) -> bool:
        """Whether it can take a job."""
        return not self.ended.done() and self._transport.get_returncode() is None and not self.reason

    def send(self, message: Message, body: bytes = b"") -> asyncio.Future[tuple[Message, bytes]]:
        """The answer to come. One job at a time."""
        self._waiting = self._loop.create_future()
        if self.ended.done():
            self._waiting.set_exception(_Ended(self.reason, self._transport.get_returncode(), ""))
        else:
            pipe = cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0))
            pipe.write(frames.pack(message, body))
        return self._waiting

    def used(self) -> float:
        """Seconds of processor time for the job under way; not above 0 where the system does not tell."""
        try:
            return int(Path(f"/proc/{self._transport.get_pid()}/schedstat").read_bytes().split()[0]) / 1e9 - self.used_before
        except (OSError, ValueError, IndexError):
            return 0.0

    def give_way(self) -> None:
        """From now on every other process comes first."""
        self.slow = True
        if hasattr(os, "setpriority"):
            with contextlib.suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, self._transport.get_pid(), _NICE)

    def dismiss(self, seconds: float) -> None:
        """Let the process put its things in order and go, and kill it if it takes longer."""
        if seconds:
            cast(asyncio.WriteTransport, self._transport.get_pipe_transport(0)).close()
        self._loop.call_later(seconds, self.end, "closing")

    def end(self, reason: str) -> None:
        """Kill the process; a job under way ends with the reason, without waiting for the process to be gone."""
        self.reason = self.reason or reason
        with contextlib.suppress(ProcessLookupError):
            self._transport.kill()
        self._give_up("")


class _Snapshot:
    """A snapshot in use; it is let go when its last worker has ended."""

    def __init__(self, name: str, holder: AbstractContextManager[Path]) -> None:
        self.name = name
        self._holder = holder
        self.path = holder.__enter__()
        self.workers: set[_Worker] = set()
        self.retired = False

    def retire(self) -> None:
        """Let it go as soon as its workers have ended."""
        self.retired = True
        self.let_go()

    def let_go(self) -> None:
        """Close it if nobody needs it any more."""
        if self.retired and not self.workers:
            self.retired = False
            self._holder.__exit__(None, None, None)


class Pool:
    """The workers over the newest snapshot of a source. Use as an async context manager."""

    def __init__(self, source: Source, limits: Limits, *, prefixes: Mapping[str, str], services: Sequence[str] = ()) -> None:
        self._source = source
        self._limits = limits
        self._size = 1 if source.writable else limits.workers
        self._start: Message = {
            "writable": source.writable,
            "memory": limits.memory,
            "prefixes": dict(prefixes),
            "services": list(services),
            "max_query": limits.query_bytes,
            "max_result": limits.result_bytes,
        }
        self._idle: list[_Worker] = []
        self._waiting: dict[Account, deque[asyncio.Future[_Worker]]] = {}
        self._known_slow: OrderedDict[int, None] = OrderedDict()
        self._slow = 0
        self._room = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False
        self._workers: set[_Worker] = set()
        self.network_open = False
        self.counts: Counter[str] = Counter()
        self.trouble = ""

    async def __aenter__(self) -> Pool:
        name = self._source.name()
        self._snapshot = _Snapshot(name, self._source.open())
        try:
            self._offer(await self._begin_all(self._snapshot))
        except GraphError:
            await self.__aexit__()
            raise
        if not self._source.writable:
            self._spawn(self._watch())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._closing = True
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        workers = list(self._workers)
        for worker in workers:
            worker.dismiss(_CLOSE_SECONDS if self._source.writable else 0.0)
        await asyncio.gather(*(worker.ended for worker in workers))
        self._snapshot.retire()

    @property
    def generation(self) -> str:
        """The name of the snapshot that new jobs see."""
        return self._snapshot.name

    @property
    def gauges(self) -> Mapping[str, int]:
        """How many workers there are, how many wait for a job, how many do a slow one."""
        return {"workers": len(self._workers), "idle": len(self._idle), "slow": self._slow}

    async def run(
        self,
        job: Message,
        body: bytes = b"",
        gone: Callable[[], Awaitable[None]] | None = None,
        account: Account | None = None,
    ) -> Answer:
        """The answer to a job, never later than `limits.seconds` from now.

        `gone` is awaited while a slow job runs; when it returns, nobody waits for the answer any more and the job is ended.
        `account` is the client's; it is charged at once for a job that turns out to be slow.
        """
        deadline = time.monotonic() + self._limits.seconds
        account = account or Account(self._limits, time.monotonic())
        try:
            if _name(job) not in self._known_slow or self._source.writable:
                worker = await self._take(account, deadline)
                try:
                    return await self._ask(worker, job, body, deadline, gone, account)
                except _Ended as ended:
                    if ended.reason != "crowded":
                        raise
            worker = await self._take_slow(deadline)
            answer = await self._ask(worker, job, body, deadline, gone, account)
            if not answer.reason and answer.seconds < self._limits.quick:
                self._known_slow.pop(_name(job), None)
            return answer
        except TimeoutError:
            return self._explain("busy")
        except GraphError as error:
            self.trouble = str(error)
            return self._explain("worker-died")
        except _Ended as ended:
            return self._explain(ended.cause())

    async def _take(self, account: Account, deadline: float) -> _Worker:
        """An idle worker over the newest snapshot. Raises TimeoutError."""
        while True:
            if self._idle and self._may_have(account):
                worker = self._hand_out(account)
            else:
                worker = await self._wait(account, deadline)
            if worker.alive and worker.snapshot is self._snapshot:
                worker.busy = True
                return worker
            self._vacate(worker)

    def _may_have(self, account: Account) -> bool:
        """Whether a client may have one more quick worker: the last one is for somebody else."""
        return account.held < max(1, self._size - 1)

    async def _wait(self, account: Account, deadline: float) -> _Worker:
        """The next worker, when it is this client's turn. Raises TimeoutError."""
        turn: asyncio.Future[_Worker] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(account, deque()).append(turn)
        timer = asyncio.get_running_loop().call_at(_loop_time(deadline), _expire, turn)
        try:
            return await turn
        except asyncio.CancelledError:
            if turn.done() and not turn.cancelled():
                self._release(turn.result())
                self._offer([turn.result()])
            raise
        finally:
            timer.cancel()

    def _serve(self) -> None:
        """Give idle workers to those who wait: first to the client that owes least, and of its jobs to the oldest."""
        while self._idle and (ready := [account for account in self._waiting if self._may_have(account)]):
            account = min(ready, key=lambda waiting: waiting.owed)
            turns = self._waiting[account]
            turn = turns.popleft()
            if not turns:
                del self._waiting[account]
            if not turn.done():
                turn.set_result(self._hand_out(account))

    def _hand_out(self, account: Account) -> _Worker:
        """An idle worker, held by a client until it is back or its place is taken by another."""
        worker = self._idle.pop()
        worker.account = account
        account.held += 1
        return worker

    def _release(self, worker: _Worker) -> None:
        if worker.account is not None:
            worker.account.held -= 1
            worker.account = None

    async def _take_slow(self, deadline: float) -> _Worker:
        """A fresh worker for the slow lane, when there is room. Raises TimeoutError."""
        async with asyncio.timeout_at(_loop_time(deadline)):
            while self._slow >= self._limits.slow:
                self._room.clear()
                await self._room.wait()
            self._slow += 1
            try:
                return await self._begin(self._snapshot, slow=True)
            except BaseException:
                self._leave_slow()
                raise

    async def _ask(
        self,
        worker: _Worker,
        job: Message,
        body: bytes,
        deadline: float,
        gone: Callable[[], Awaitable[None]] | None,
        account: Account,
    ) -> Answer:
        """One job on one worker, which is given back, or replaced, whatever happens. Raises _Ended."""
        loop = asyncio.get_running_loop()
        left = max(0.0, deadline - time.monotonic())
        watcher: list[asyncio.Task[None]] = []

        def turn_slow(patience: int) -> None:
            # On a busy machine a quick job may have waited for a processor: what counts is what it used.
            if patience and not worker.slow and 0 < worker.used() < self._limits.quick / 2:
                timers.append(loop.call_later(self._limits.quick, turn_slow, patience - 1))
                return
            if not worker.slow:
                account.charge(self._limits.quick, time.monotonic())
                self._remember(job)
            self._turn_slow(worker)
            if gone is not None:
                watcher.append(loop.create_task(_end_when(gone, worker)))

        timers = [loop.call_later(left, worker.end, "timeout"), loop.call_later(min(self._limits.quick, left), turn_slow, 10)]
        retire = True
        try:
            message, content = await worker.send({**job, "seconds": left + _GRACE}, body)
            retire = bool(message.get("retire"))
        finally:
            for timer in timers:
                timer.cancel()
            for task in watcher:
                task.cancel()
            self._give_back(worker, retire)
        media, reason, detail = (str(message.get(key, "")) for key in ("type", "reason", "detail"))
        return Answer(content, media, reason, detail, bool(message.get("created")), worker.used_last)

    def _remember(self, job: Message) -> None:
        """Keep in mind that a query is slow."""
        self._known_slow[_name(job)] = None
        if len(self._known_slow) > _REMEMBERED:
            self._known_slow.popitem(last=False)

    def _turn_slow(self, worker: _Worker) -> None:
        """Move a worker with its job to the slow lane, or end it where that is full. The one who can write stays."""
        if worker.slow or self._source.writable:
            return
        if self._slow >= self._limits.slow:
            worker.end("crowded")
            return
        self._slow += 1
        worker.give_way()
        self._vacate(worker)

    def _give_back(self, worker: _Worker, retire: bool) -> None:
        if worker.slow:
            # It gives way for good, and its place in the quick lane is taken.
            worker.end("retired")
            self._leave_slow()
        elif worker.alive and not retire and worker.snapshot is self._snapshot:
            self._release(worker)
            self._offer([worker])
        else:
            worker.end("retired")
            self._vacate(worker)

    def _leave_slow(self) -> None:
        self._slow -= 1
        self._room.set()

    def _explain(self, reason: str) -> Answer:
        self.counts[reason] += 1
        return Answer(reason=reason, detail=_DETAILS[reason].format(self._limits.seconds, self._limits.memory // MIB))

    # Workers come and go

    async def _begin(self, snapshot: _Snapshot, *, slow: bool = False) -> _Worker:
        """A worker that is ready. Raises GraphError where the store cannot be opened."""
        loop = asyncio.get_running_loop()
        # A trace of the engine's stack takes longer to write than the worker took to die.
        environment = {**os.environ, "PYTHONPATH": _PACKAGES, "RUST_BACKTRACE": "0"}
        _, worker = await loop.subprocess_exec(
            lambda: _Worker(snapshot, self._lost), sys.executable, "-P", "-m", "kg.server.worker", env=environment
        )
        snapshot.workers.add(worker)
        self._workers.add(worker)
        if slow:
            worker.give_way()
        timer = loop.call_later(_START_SECONDS, worker.end, "late")
        try:
            message, _ = await worker.send({**self._start, "path": str(snapshot.path)})
        except _Ended as ended:
            raise GraphError(
                f"{snapshot.path}: no query worker comes up: {ended.last_words.strip() or ended.reason}"
            ) from ended
        except asyncio.CancelledError:
            worker.end("closing")
            raise
        finally:
            timer.cancel()
        if "failed" in message:
            worker.end("retired")
            raise GraphError(f"{snapshot.path}: cannot be opened: {message['failed']}")
        self.network_open = bool(message["network"])
        self.counts["started"] += 1
        return worker

    async def _begin_all(self, snapshot: _Snapshot) -> list[_Worker]:
        return list(await asyncio.gather(*(self._begin(snapshot) for _ in range(self._size))))

    def _offer(self, workers: Iterable[_Worker]) -> None:
        for worker in workers:
            worker.busy, worker.has_place = False, True
            self._idle.append(worker)
            self._serve()

    def _vacate(self, worker: _Worker) -> None:
        """Give the place that a worker had in the quick lane to a fresh one."""
        if worker.has_place and not self._closing:
            worker.has_place = False
            self._spawn(self._replace(worker))
        elif worker.snapshot is not self._snapshot:
            self._release(worker)

    async def _replace(self, worker: _Worker) -> None:
        """Put a fresh worker in the place of one; a store that is written to is opened by one process at a time."""
        if self._source.writable:
            await asyncio.shield(worker.ended)
        pause = 0.1
        while worker.snapshot is self._snapshot:
            try:
                fresh = await self._begin(worker.snapshot)
            except (GraphError, OSError) as error:
                self.trouble = str(error)
                await asyncio.sleep(pause)
                pause = min(2 * pause, 5.0)
                continue
            self.trouble = ""
            self._release(worker)
            if fresh.snapshot is self._snapshot:
                self._offer([fresh])
            else:
                fresh.end("retired")
            return
        self._release(worker)

    def _lost(self, worker: _Worker) -> None:
        """A worker's process has ended."""
        snapshot = worker.snapshot
        self._workers.discard(worker)
        snapshot.workers.discard(worker)
        if worker in self._idle:
            self._idle.remove(worker)
        snapshot.let_go()
        self._vacate(worker)

    async def _watch(self) -> None:
        """Open the next snapshot as soon as there is one."""
        while True:
            await asyncio.sleep(_LOOK_SECONDS)
            try:
                name = self._source.name()
                if name != self._snapshot.name:
                    await self._renew(name)
                    self.trouble = ""
            except (GraphError, OSError) as error:
                # The old snapshot goes on answering; /health tells.
                self.trouble = str(error)

    async def _renew(self, name: str) -> None:
        snapshot = await asyncio.to_thread(_Snapshot, name, self._source.open())
        try:
            workers = await self._begin_all(snapshot)
        except BaseException:
            for worker in list(snapshot.workers):
                worker.end("retired")
            snapshot.retire()
            raise
        old, self._snapshot = self._snapshot, snapshot
        self._offer(workers)
        for worker in list(old.workers):
            worker.has_place = False
            if not worker.busy:
                worker.end("retired")
        old.retire()
        self.counts["renewed"] += 1

    def _spawn(self, work: Coroutine[object, object, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


async def _end_when(gone: Callable[[], Awaitable[None]], worker: _Worker) -> None:
    await gone()
    worker.end("gone")


def _name(job: Message) -> int:
    """What a job is known by; two that share one cost a little time."""
    return hash((job.get("sparql"), job.get("iri"), job.get("graph")))


def _expire(turn: asyncio.Future[_Worker]) -> None:
    if not turn.done():
        turn.set_exception(TimeoutError())


def _loop_time(deadline: float) -> float:
    """A deadline of time.monotonic() on the clock of the event loop."""
    return asyncio.get_running_loop().time() + deadline - time.monotonic()
