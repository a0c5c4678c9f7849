"""What the handlers of one running server share, and the two things all of them do: read a body, run a job."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kg.graph.terms import Terms
from kg.server.answers import Answers
from kg.server.clients import Account, Clients
from kg.server.frames import Message
from kg.server.metrics import Metrics
from kg.server.pool import Answer, Pool
from kg.server.problems import Refusal
from kg.server.settings import Settings

_BODY_SECONDS = 60.0
_DISCARDED_BYTES = 8 * 1024 * 1024
# Jobs whose answer is the same as long as the generation is.
_LASTING = frozenset({"query", "describe", "read-graph"})
# A query that kills its worker costs the server more than the time it ran.
_DEATH_SECONDS = 1.0
# A lookup costs nothing: how many there may be in a second is what `client_rate` says.
_FREE_SECONDS = 0.005
_DEADLY = frozenset({"out-of-memory", "too-complex", "worker-died", "timeout"})


@dataclass(slots=True)
class Service:
    """One running server. `counts` keeps what the description says of the data, by generation."""

    settings: Settings
    terms: Terms
    pool: Pool
    metrics: Metrics
    clients: Clients
    answers: Answers = field(default_factory=Answers)
    counts: dict[str, dict[str, dict[str, int]]] = field(default_factory=dict)


def of(request: Request) -> Service:
    """The service a request is made to."""
    service: Service = request.app.state.service
    return service


async def read_body(request: Request, limit: int) -> bytes:
    """The body of a request. Raises Refusal where it is over `limit` bytes or does not come to an end."""
    try:
        stated = int(request.headers.get("content-length", "0"))
    except ValueError:
        raise Refusal("bad-request", "Content-Length is no number") from None
    body, size = bytearray(), 0
    # A client that is still sending does not listen: so much is read and thrown away before it is told.
    most = max(limit, _DISCARDED_BYTES)
    try:
        async with asyncio.timeout(_BODY_SECONDS):
            if stated <= most:
                async for chunk in request.stream():
                    size += len(chunk)
                    if size <= limit:
                        body += chunk
                    elif size > most:
                        break
    except TimeoutError:
        raise Refusal("too-slow", "the body does not come to an end", {"Connection": "close"}) from None
    except ClientDisconnect:
        raise Refusal("gone", "the client went away") from None
    if max(size, stated) > limit:
        raise Refusal("too-large", f"the body has more than {limit:,} bytes", {"Connection": "close"})
    return bytes(body)


async def run_job(request: Request, job: Message, body: bytes = b"") -> Answer:
    """The answer to a job. What it used counts against the client, not how long it waited. Raises Refusal where there is none."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    service = of(request)
    pool, generation = service.pool, service.pool.generation
    keeps = job["do"] in _LASTING and not service.settings.writable and not service.settings.services
    if keeps and (kept := service.answers.find(generation, job)):
        pool.counts["cached"] += 1
        return kept
    begun = time.monotonic()
    account: Account = request.scope["kg.account"]
    answer = await pool.run(job, body, gone, account)
    now = time.monotonic()
    used = max(now - begun, _DEATH_SECONDS) if answer.reason in _DEADLY else max(0.0, answer.seconds - _FREE_SECONDS)
    account.charge(used, now)
    if answer.reason:
        raise Refusal(answer.reason, answer.detail)
    if keeps and generation == pool.generation:
        service.answers.keep(generation, job, answer)
    return answer


def respond_with(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """The body of an answer as a response of its media type."""
    media = f"{answer.media}; charset=utf-8" if answer.media.startswith("text/") else answer.media
    response = Response(answer.body, headers={"Vary": "Accept", **(headers or {})})
    response.headers["Content-Type"] = media
    return response
