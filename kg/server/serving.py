"""`kg serve`: a graph folder, or a scratch store, behind an address, until it is told to stop."""

from __future__ import annotations

import asyncio
import importlib.util
import secrets
import signal
import socket
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import IO

from kg.errors import InputError, MissingExtra
from kg.graph.ledger import Ledger
from kg.graph.terms import Terms
from kg.server.settings import LOOPBACK, Settings
from kg.server.snapshots import Generations, Source, scratch

# How long requests under way may take when the server stops, besides the time of a query.
_GRACE = 2
_NEEDS = ("starlette", "uvicorn", "httptools")
Say = Callable[[str], None]


def serve(
    graph: Path,
    settings: Settings,
    *,
    writable: bool = False,
    folder: Path | None = None,
    log: IO[str] | None = None,
    say: Say | None = None,
) -> None:
    """Serve a graph folder until SIGINT or SIGTERM.

    With `writable` a scratch store is served instead: it begins as a copy of the graph, if there is one, and stays in
    `folder`, or goes away at the end. The graph folder itself is never written. `log` gets a line of JSON for every request,
    `say` lines for the user (both: standard error). Raises GraphError, InputError and MissingExtra.
    """
    for package in _NEEDS:
        if importlib.util.find_spec(package) is None:
            raise MissingExtra(package, "server")
    stream = log or sys.stderr
    tell = say or (lambda line: print(line, file=sys.stderr, flush=True))
    if writable:
        settings = replace(settings, token=settings.token or secrets.token_urlsafe(16))
        if settings.host not in LOOPBACK:
            raise InputError(f"a writable server listens on the loopback only, not on {settings.host}")
    with _source(graph, writable, folder) as (source, terms), _listen(settings) as listener:
        settings = replace(settings, port=listener.getsockname()[1])
        with asyncio.Runner(loop_factory=_loop_factory()) as runner:
            runner.run(_serve(source, terms, settings, listener, stream, tell))


async def _serve(source: Source, terms: Terms, settings: Settings, listener: socket.socket, log: IO[str], say: Say) -> None:
    import uvicorn

    from kg.server.app import make_app
    from kg.server.clients import Clients
    from kg.server.connection import make_connection
    from kg.server.metrics import Metrics
    from kg.server.pool import Pool
    from kg.server.service import Service

    class Server(uvicorn.Server):
        """One that ends quietly: stopping is what it was told."""

        @contextmanager
        def capture_signals(self) -> Iterator[None]:
            before = {number: signal.signal(number, self.handle_exit) for number in (signal.SIGINT, signal.SIGTERM)}
            try:
                yield
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    limits = settings.limits
    async with Pool(source, limits, prefixes=terms.prefixes, services=settings.services) as pool:
        service = Service(settings, terms, pool, Metrics(), Clients(limits))
        config = uvicorn.Config(
            make_app(service, lambda line: print(line, file=log, flush=True)),
            http=make_connection(limits),
            ws="none",
            lifespan="off",
            log_config=None,
            log_level="critical",
            access_log=False,
            server_header=False,
            proxy_headers=bool(settings.proxies),
            forwarded_allow_ips=list(settings.proxies),
            timeout_keep_alive=max(1, int(limits.header_seconds)),
            timeout_graceful_shutdown=int(limits.seconds) + _GRACE,
        )
        for line in _greeting(settings, pool.network_open):
            say(line)
        await Server(config).serve(sockets=[listener])
    say("stopped")


def _greeting(settings: Settings, network_open: bool) -> Iterator[str]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    url = f"http://{host}:{settings.port}"
    yield f"serving at {url}/ (query page {url}/query, SPARQL {url}/sparql); stop with Ctrl-C"
    if settings.token is not None:
        yield f"writable scratch store, the graph folder stays as it is; token: {settings.token}"
    if settings.services:
        yield f"queries may reach {', '.join(settings.services)}: workers have the network"
    elif network_open:
        yield "this system has no seccomp filter: what keeps queries off the network is the reading of their text alone"


@contextmanager
def _source(graph: Path, writable: bool, folder: Path | None) -> Iterator[tuple[Source, Terms]]:
    if not writable:
        generations = Generations(graph)
        generations.name()
        yield generations, Terms(Ledger(graph / "ledger").base)
        return
    begun = graph if graph.is_dir() else None
    terms = Terms(Ledger(graph / "ledger").base) if begun else Terms()
    with scratch(begun, folder) as source:
        yield source, terms


@contextmanager
def _listen(settings: Settings) -> Iterator[socket.socket]:
    """A listening socket. Raises InputError where the address cannot be had."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listener = socket.create_server((settings.host, settings.port), family=family, backlog=2048)
    except OSError as error:
        raise InputError(
            f"cannot listen on {settings.host} port {settings.port}: {error.strerror}; --port gives another"
        ) from error
    with listener:
        yield listener


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop where it is installed: twice as fast."""
    if importlib.util.find_spec("uvloop") is None:
        return None
    import uvloop

    return uvloop.new_event_loop
