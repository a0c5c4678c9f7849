"""How much each client uses, and when that is too much. A client is an address; IPv6 ones count by their /64."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass

from kg.server.problems import Refusal
from kg.server.settings import Limits

_KEPT = 10_000


@dataclass(slots=True)
class _Use:
    """What one client has left: requests and seconds of query time, refilled as time goes by."""

    open: int
    requests: float
    seconds: float
    at: float


class Clients:
    """The clients of late. Times are seconds of any steady clock."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._uses: OrderedDict[str, _Use] = OrderedDict()

    def __len__(self) -> int:
        return len(self._uses)

    def enter(self, client: str, now: float) -> None:
        """Count a request that begins. Raises Refusal where the client has too many, or has used up its time."""
        use = self._refill(client, now)
        if use.open >= self._limits.client_requests:
            raise Refusal("too-many-requests", f"{use.open} requests of yours are under way: wait for one to end")
        if self._limits.client_rate and use.requests < 1:
            raise Refusal("too-many-requests", f"more than {self._limits.client_rate:g} requests a second: slow down")
        if use.seconds <= 0:
            used = f"more than {self._limits.client_seconds:g} s of query time in a minute"
            raise Refusal("too-many-requests", f"{used}: wait a little, or ask for less")
        use.requests -= 1
        use.open += 1

    def leave(self, client: str, now: float, seconds: float) -> None:
        """Count the request as ended, and the query time it took."""
        use = self._refill(client, now)
        use.open = max(0, use.open - 1)
        use.seconds -= seconds

    def _refill(self, client: str, now: float) -> _Use:
        key = _network(client)
        rate, budget = self._limits.client_rate, self._limits.client_seconds
        use = self._uses.get(key)
        if use is None:
            use = self._uses[key] = _Use(0, max(1.0, rate), budget, now)
            self._forget()
        else:
            passed = max(0.0, now - use.at)
            use.requests = min(max(1.0, rate), use.requests + passed * rate)
            use.seconds = min(budget, use.seconds + passed * budget / 60)
            use.at = now
            self._uses.move_to_end(key)
        return use

    def _forget(self) -> None:
        """Drop the clients not seen for longest, but none with a request under way."""
        while len(self._uses) > _KEPT:
            key, use = self._uses.popitem(last=False)
            if use.open:
                self._uses[key] = use
                return


def _network(client: str) -> str:
    if ":" not in client:
        return client
    try:
        address = ipaddress.IPv6Address(client.partition("%")[0])
    except ValueError:
        return client
    mapped = address.ipv4_mapped
    return str(mapped) if mapped else str(ipaddress.IPv6Network((address, 64), strict=False))
