"""How a server is run: what it listens on, who may write, and how much one query and one client may use."""

from __future__ import annotations

import os
from dataclasses import dataclass

MIB = 1024 * 1024
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True, slots=True)
class Limits:
    """What one query and one client may use. Sizes are bytes, times are seconds.

    `seconds` is a query's time from its arrival to its answer. One that takes longer than `quick` gives way to others and
    shares the `slow` workers with its like. `client_seconds` is how much processor time a client gets a minute, `client_rate`
    how many requests a second (0: as many as it likes).
    """

    seconds: float = 10.0
    quick: float = 0.1
    memory: int = 512 * MIB
    workers: int = 2 * max(2, os.cpu_count() or 2)
    slow: int = 4
    query_bytes: int = 64 * 1024
    result_bytes: int = 32 * MIB
    upload_bytes: int = 64 * MIB
    header_seconds: float = 10.0
    client_requests: int = 64
    client_seconds: float = 60.0
    client_rate: float = 0.0


@dataclass(frozen=True, slots=True)
class Settings:
    """A server: where it listens and what it allows.

    `token` is what a writer has to show, and is None on a server that only reads. `hosts` are the names by which a writable
    server may be called, besides those of the loopback; `origins` the web origins that may read answers (`*` for all).
    `services` are the endpoints that queries may reach: none, unless the user names some. `proxies` are the addresses whose
    X-Forwarded-For is believed.
    """

    host: str = "127.0.0.1"
    port: int = 7878
    token: str | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    services: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()
    limits: Limits = Limits()

    @property
    def writable(self) -> bool:
        """Whether anybody can write."""
        return self.token is not None
