"""What every request passes first: who may call, how often, by which name and from which page; and what is logged.

A writer shows the token as `Authorization: Bearer …`, as the password of Basic, or, for programs that can only be told a URL,
as the first segment of the path: `/~TOKEN/sparql`.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from kg.server.problems import Refusal, respond
from kg.server.service import Service
from kg.server.settings import LOOPBACK

Log = Callable[[str], None]
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
_UNCOUNTED = ("/health", "/metrics", "/static/")
_ROUTES = ("sparql", "graphs", "id", "query", "static", "health", "metrics")
_QUERY_CHARS = 400
_ALWAYS = {"X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer"}


class Gate:
    """The application behind the checks."""

    def __init__(self, app: ASGIApp, service: Service, log: Log) -> None:
        self._app = app
        self._service = service
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        service, begun, sent = self._service, time.monotonic(), _Sent()
        headers = Headers(scope=scope)
        client = scope["client"][0] if scope["client"] else "-"
        extra = {**_ALWAYS, **_share(headers, service)}

        async def watched(message: Any) -> None:
            if message["type"] == "http.response.start":
                sent.status = message["status"]
                message["headers"] = [
                    *message["headers"],
                    *((name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in extra.items()),
                ]
            elif message["type"] == "http.response.body":
                sent.size += len(message.get("body", b""))
            await send(message)

        counted = False
        try:
            _open_by_path(scope, service)
            _check_host(headers, service)
            _check_origin(scope["method"], headers, service)
            scope["kg.authorized"] = scope.get("kg.authorized") or _is_authorized(headers, service)
            if not scope["path"].startswith(_UNCOUNTED):
                scope["kg.account"] = service.clients.enter(client, begun)
                counted = True
            if scope["method"] == "OPTIONS" and "access-control-request-method" in headers:
                await Response(status_code=204)(scope, receive, watched)
            else:
                await self._app(scope, receive, watched)
        except Refusal as refusal:
            scope["kg.reason"] = refusal.reason
            await respond(refusal.reason, str(refusal), refusal.headers)(scope, receive, watched)
        finally:
            now = time.monotonic()
            if counted:
                service.clients.leave(client, now)
            self._note(service, scope, client, sent, now - begun)

    def _note(self, service: Service, scope: Scope, client: str, sent: _Sent, seconds: float) -> None:
        reason = scope.get("kg.reason", "")
        service.metrics.count(_route(scope["path"]), sent.status, reason, seconds, sent.size)
        record = {
            "time": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "client": client,
            "method": scope["method"],
            "path": scope["path"],
            "status": sent.status,
            "ms": round(seconds * 1000, 2),
            "bytes": sent.size,
        }
        if reason:
            record["reason"] = reason
        if "kg.text" in scope:
            record["query"] = scope["kg.text"][:_QUERY_CHARS]
        self._log(json.dumps(record, ensure_ascii=False))


class _Sent:
    """What went out."""

    def __init__(self) -> None:
        self.status = 0
        self.size = 0


def _route(path: str) -> str:
    """The kind of path: the first segment where it is one of ours."""
    first = path.strip("/").partition("/")[0]
    return first if first in _ROUTES else ("home" if not first else "other")


def _open_by_path(scope: Scope, service: Service) -> None:
    """Take the token off the path, so that it is in no log and in no IRI."""
    first, slash, rest = scope["path"][1:].partition("/")
    if not first.startswith("~"):
        return
    if not _matches(first[1:], service):
        raise Refusal("unauthorized", "the token in the path is not the one")
    scope["kg.authorized"] = True
    scope["path"] = slash + rest
    scope["raw_path"] = scope["raw_path"].partition(b"/~")[2].partition(b"/")
    scope["raw_path"] = scope["raw_path"][1] + scope["raw_path"][2]


def _is_authorized(headers: Headers, service: Service) -> bool:
    scheme, _, value = headers.get("authorization", "").partition(" ")
    match scheme.lower():
        case "bearer":
            return _matches(value.strip(), service)
        case "basic":
            try:
                pair = base64.b64decode(value.strip(), validate=True).decode("utf-8")
            except (binascii.Error, UnicodeDecodeError):
                return False
            return _matches(pair.partition(":")[2], service)
    return False


def _matches(token: str, service: Service) -> bool:
    wanted = service.settings.token
    return wanted is not None and hmac.compare_digest(token.encode("utf-8", "surrogatepass"), wanted.encode("utf-8"))


def _check_host(headers: Headers, service: Service) -> None:
    """A page elsewhere can make its own name point here; such a request bears that name."""
    if service.settings.writable and _host(headers) not in LOOPBACK | {service.settings.host, *service.settings.hosts}:
        raise Refusal("wrong-host", "this server is not called by that name; --allow-host adds one")


def _check_origin(method: str, headers: Headers, service: Service) -> None:
    """A page elsewhere can send forms here; such a request names the page's origin."""
    origin = headers.get("origin")
    if origin is None or method in _SAFE or not service.settings.writable:
        return
    if origin not in service.settings.origins and _split(f"{origin}/")[1] != headers.get("host"):
        raise Refusal("wrong-origin", f"requests from {origin[:80]} are not taken; --cors adds an origin")


def _share(headers: Headers, service: Service) -> dict[str, str]:
    """The headers that let pages of an allowed origin read the answer."""
    origin, allowed = headers.get("origin"), service.settings.origins
    if origin is None or not (origin in allowed or "*" in allowed):
        return {}
    return {
        "Access-Control-Allow-Origin": "*" if "*" in allowed else origin,
        "Access-Control-Allow-Methods": "GET, HEAD, POST, PUT, DELETE, OPTIONS",
        "Access-Control-Allow-Headers": "Accept, Authorization, Content-Type",
        "Access-Control-Max-Age": "600",
        "Vary": "Origin",
    }


def _host(headers: Headers) -> str:
    """The name in the Host header, without the port."""
    return _split(f"//{headers.get('host', '')}/")[0]


def _split(url: str) -> tuple[str, str]:
    """Host name and network location of a URL; empty where it is none."""
    try:
        parts = urlsplit(url)
        return parts.hostname or "", parts.netloc
    except ValueError:
        return "", ""
