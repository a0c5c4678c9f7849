"""HTTP to an endpoint that the user named: connections kept, requests repeated where that is safe, passwords in no message.

User and password stand in the URL (`http://user:password@host/…`), a token in the environment (`KG_ENDPOINT_TOKEN`). Basic and
Digest are answered; the first request with a large body is preceded by a small one, because servers hang up on bodies that come
without credentials.
"""

from __future__ import annotations

import base64
import hashlib
import http.client
import os
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote, urljoin, urlsplit, urlunsplit

from kg.errors import EndpointError

TOKEN_VARIABLE = "KG_ENDPOINT_TOKEN"
_TRIES = 5
_PAUSE_SECONDS = 0.5
_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MOST_BYTES = 1 << 30
_PARAMETER = re.compile(r'(\w+)=(?:"([^"]*)"|([^\s,]+))')


@dataclass(frozen=True, slots=True)
class Response:
    """What came back: header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media(self) -> str:
        """The media type, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()


def split_credentials(url: str) -> tuple[str, str, str]:
    """A URL without user and password, and these. Raises EndpointError where it is no web address."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        parts, host, port = urlsplit(""), None, None
    if parts.scheme not in ("http", "https") or not host:
        raise EndpointError(f"“{url.rpartition('@')[2]}” is no address of an endpoint: give http://host/…")
    name = f"[{host}]" if ":" in host else host
    netloc = f"{name}:{port}" if port else name
    plain = urlunsplit((parts.scheme, netloc, parts.path, parts.query, ""))
    return plain, unquote(parts.username or ""), unquote(parts.password or "")


def _server(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _reason(error: Exception) -> str:
    known = error.strerror if isinstance(error, OSError) else None
    return known or " ".join(str(error).split())[:200] or type(error).__name__


@dataclass(slots=True)
class Transport:
    """Requests to one server. `timeout` is how many seconds it may be silent."""

    user: str = ""
    password: str = field(default="", repr=False)
    timeout: float = 120.0
    pause: float = _PAUSE_SECONDS
    _connections: dict[str, http.client.HTTPConnection] = field(default_factory=dict, repr=False)
    _challenges: dict[str, Mapping[str, str]] = field(default_factory=dict, repr=False)
    _count: int = 0

    def send(
        self, method: str, url: str, body: bytes | None = None, headers: Mapping[str, str] | None = None, *, repeat: bool = True
    ) -> Response:
        """The response to a request; with `repeat` it is sent again after a failure that may pass. Raises EndpointError."""
        tries = _TRIES if repeat else 1
        for number in range(tries):
            last = number == tries - 1
            try:
                response = self._follow(method, url, body, dict(headers or {}))
            except (OSError, http.client.HTTPException) as error:
                self._forget(url)
                if last:
                    raise EndpointError(f"{_server(url)} cannot be reached: {_reason(error)}") from error
            else:
                if response.status not in _AGAIN or last:
                    return response
            time.sleep(self.pause * 2**number)
        raise AssertionError("the last try returns or raises")

    def __del__(self) -> None:
        # Graphs are opened and forgotten in notebooks; nobody closes them.
        self.close()

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _follow(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Response:
        for _ in range(4):
            response = self._authorized(method, url, body, headers)
            if response.status not in _REDIRECTS or "location" not in response.headers:
                return response
            target = urljoin(url, response.headers["location"])
            if urlsplit(target).hostname != urlsplit(url).hostname or urlsplit(target).scheme not in ("http", "https"):
                raise EndpointError(f"{url}: sends us on to {target[:200]}: give that address, if it is right")
            url = target
        raise EndpointError(f"{url}: sends us in circles")

    def _authorized(self, method: str, url: str, body: bytes | None, headers: dict[str, str]) -> Response:
        place = urlsplit(url).path
        if self.user and body and place not in self._challenges and len(body) > 4096:
            self._learn(place, self._once("GET", url, None, {}))
        response = self._once(method, url, body, {**headers, **self._credentials(method, url)})
        if response.status == 401 and self.user and self._learn(place, response):
            response = self._once(method, url, body, {**headers, **self._credentials(method, url)})
        return response

    def _learn(self, place: str, response: Response) -> bool:
        """Keep the challenge of a 401; False where there is none to answer."""
        scheme, _, rest = response.headers.get("www-authenticate", "").partition(" ")
        if scheme.lower() not in ("basic", "digest"):
            return False
        found = {name.lower(): quoted or plain for name, quoted, plain in _PARAMETER.findall(rest)}
        self._challenges[place] = {"scheme": scheme.lower(), **found}
        return True

    def _credentials(self, method: str, url: str) -> dict[str, str]:
        challenge = self._challenges.get(urlsplit(url).path)
        if challenge is not None and challenge["scheme"] == "digest":
            return {"Authorization": self._digest(challenge, method, url)}
        if challenge is not None:
            pair = base64.b64encode(f"{self.user}:{self.password}".encode()).decode()
            return {"Authorization": f"Basic {pair}"}
        token = os.environ.get(TOKEN_VARIABLE)
        return {"Authorization": f"Bearer {token}"} if token else {}

    def _digest(self, challenge: Mapping[str, str], method: str, url: str) -> str:
        """The answer to a Digest challenge, RFC 7616, with `qop=auth` where that is offered."""
        algorithm = challenge.get("algorithm", "MD5")
        name = "sha256" if algorithm.upper().startswith("SHA-256") else "md5"

        def hashed(text: str) -> str:
            return hashlib.new(name, text.encode(), usedforsecurity=False).hexdigest()

        parts = urlsplit(url)
        uri = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        self._count += 1
        count, own = f"{self._count:08x}", hashlib.sha256(f"{self._count}{time.monotonic_ns()}".encode()).hexdigest()[:16]
        realm, nonce = challenge.get("realm", ""), challenge.get("nonce", "")
        secret, request = hashed(f"{self.user}:{realm}:{self.password}"), hashed(f"{method}:{uri}")
        fields = {"username": self.user, "realm": realm, "nonce": nonce, "uri": uri}
        if "auth" in challenge.get("qop", "").split(","):
            fields["response"] = hashed(f"{secret}:{nonce}:{count}:{own}:auth:{request}")
            extra = f', qop=auth, nc={count}, cnonce="{own}"'
        else:
            fields["response"], extra = hashed(f"{secret}:{nonce}:{request}"), ""
        if "opaque" in challenge:
            fields["opaque"] = challenge["opaque"]
        quoted = ", ".join(f'{key}="{value}"' for key, value in fields.items())
        return f"Digest {quoted}, algorithm={algorithm}{extra}"

    def _once(self, method: str, url: str, body: bytes | None, headers: Mapping[str, str]) -> Response:
        parts, key = urlsplit(url), _server(url)
        kept = key in self._connections
        connection = self._connections.get(key) or self._connect(key)
        target = urlunsplit(("", "", parts.path or "/", parts.query, ""))
        try:
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            content = answer.read(_MOST_BYTES)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            self._forget(url)
            # A kept connection may have been closed meanwhile; that is no failure of the server.
            if not kept:
                raise
            return self._once(method, url, body, headers)
        if not answer.isclosed():
            self._forget(url)
            raise EndpointError(f"{url}: the answer has more than {_MOST_BYTES:,} bytes")
        return Response(answer.status, {name.lower(): value for name, value in answer.getheaders()}, content)

    def _connect(self, key: str) -> http.client.HTTPConnection:
        parts = urlsplit(key)
        make = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = self._connections[key] = make(str(parts.hostname), parts.port, timeout=self.timeout)
        return connection

    def _forget(self, url: str) -> None:
        connection = self._connections.pop(_server(url), None)
        if connection is not None:
            connection.close()
