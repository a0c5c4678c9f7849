"""What the handlers of one running server share, and the two things all of them do: read a body, run a job."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from dataclasses import dataclass, field

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from kg.graph.terms import Terms
from kg.server.clients import Clients
from kg.server.frames import Message
from kg.server.metrics import Metrics
from kg.server.pool import Answer, Pool
from kg.server.problems import Refusal
from kg.server.settings import Settings

_BODY_SECONDS = 60.0
_DISCARDED_BYTES = 8 * 1024 * 1024
# A query that kills its worker costs the server more than the time it ran.
_DEATH_SECONDS = 1.0
_DEADLY = frozenset({"out-of-memory", "too-complex", "worker-died", "timeout"})


@dataclass(slots=True)
class Service:
    """One running server. `counts` keeps what the description says of the data, by generation."""

    settings: Settings
    terms: Terms
    pool: Pool
    metrics: Metrics
    clients: Clients
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
    """The answer to a job. Its time counts against the client. Raises Refusal where there is none."""

    async def gone() -> None:
        while (await request.receive())["type"] != "http.disconnect":
            pass

    begun = time.monotonic()
    answer = await of(request).pool.run(job, body, gone)
    spent = time.monotonic() - begun
    request.scope["kg.seconds"] = max(spent, _DEATH_SECONDS) if answer.reason in _DEADLY else spent
    if answer.reason:
        raise Refusal(answer.reason, answer.detail)
    return answer


def respond_with(answer: Answer, headers: Mapping[str, str] | None = None) -> Response:
    """The body of an answer as a response of its media type."""
    media = f"{answer.media}; charset=utf-8" if answer.media.startswith("text/") else answer.media
    response = Response(answer.body, headers={"Vary": "Accept", **(headers or {})})
    response.headers["Content-Type"] = media
    return response
