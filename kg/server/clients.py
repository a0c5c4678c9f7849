"""How much each client uses, and when that is too much. A client is an address; IPv6 ones count by their /64."""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from dataclasses import dataclass, field

from kg.server.problems import Refusal
from kg.server.settings import Limits

_KEPT = 10_000


@dataclass(slots=True, eq=False)
class Account:
    """What one client has left: requests and seconds of query time, refilled as time goes by.

    `owed` is what it used of late, a second forgotten every second: who owes least is served first. `held` is how many quick
    workers are busy for it.
    """

    limits: Limits
    at: float
    open: int = 0
    held: int = 0
    requests: float = field(init=False)
    seconds: float = field(init=False)
    owed: float = 0.0

    def __post_init__(self) -> None:
        self.requests, self.seconds = max(1.0, self.limits.client_rate), self.limits.client_seconds

    def refill(self, now: float) -> None:
        """Give what has become due since the last time."""
        passed, self.at = max(0.0, now - self.at), now
        rate, budget = self.limits.client_rate, self.limits.client_seconds
        self.requests = min(max(1.0, rate), self.requests + passed * rate)
        self.seconds = min(budget, self.seconds + passed * budget / 60)
        self.owed = max(0.0, self.owed - passed)

    def charge(self, seconds: float, now: float) -> None:
        """Count so much query time."""
        self.refill(now)
        self.seconds -= seconds
        self.owed += seconds


class Clients:
    """The clients of late. Times are seconds of any steady clock."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._accounts: OrderedDict[str, Account] = OrderedDict()

    def __len__(self) -> int:
        return len(self._accounts)

    def enter(self, client: str, now: float) -> Account:
        """Count a request that begins. The account is the client's. Raises Refusal where the client has too many, or has used up its time."""
        account = self._refill(client, now)
        if account.open >= self._limits.client_requests:
            raise Refusal("too-many-requests", f"{account.open} requests of yours are under way: wait for one to end")
        if self._limits.client_rate and account.requests < 1:
            raise Refusal("too-many-requests", f"more than {self._limits.client_rate:g} requests a second: slow down")
        if account.seconds <= 0:
            used = f"more than {self._limits.client_seconds:g} s of query time in a minute"
            raise Refusal("too-many-requests", f"{used}: wait a little, or ask for less")
        account.requests -= 1
        account.open += 1
        return account

    def leave(self, client: str, now: float) -> None:
        """Count the request as ended."""
        account = self._refill(client, now)
        account.open = max(0, account.open - 1)

    def _refill(self, client: str, now: float) -> Account:
        key = _network(client)
        account = self._accounts.get(key)
        if account is None:
            account = self._accounts[key] = Account(self._limits, now)
            self._forget()
        else:
            account.refill(now)
            self._accounts.move_to_end(key)
        return account

    def _forget(self) -> None:
        """Drop the clients not seen for longest, but none with a request under way."""
        while len(self._accounts) > _KEPT:
            key, account = self._accounts.popitem(last=False)
            if account.open:
                self._accounts[key] = account
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
