"""What a request gets that is not answered: a JSON problem (RFC 9457) with its reason and status."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus

from starlette.responses import Response

MEDIA = "application/problem+json"
BASE = "https://w3id.org/cooperation-kg/problem/"

# Every reason there is. A query that was refused is the client's mistake; one that was ended or had to wait may be tried again.
STATUS: Mapping[str, HTTPStatus] = {
    "bad-request": HTTPStatus.BAD_REQUEST,
    "syntax": HTTPStatus.BAD_REQUEST,
    "too-complex": HTTPStatus.BAD_REQUEST,
    "wrong-host": HTTPStatus.BAD_REQUEST,
    "unauthorized": HTTPStatus.UNAUTHORIZED,
    "remote-access": HTTPStatus.FORBIDDEN,
    "read-only": HTTPStatus.FORBIDDEN,
    "wrong-origin": HTTPStatus.FORBIDDEN,
    "not-found": HTTPStatus.NOT_FOUND,
    "method-not-allowed": HTTPStatus.METHOD_NOT_ALLOWED,
    "not-acceptable": HTTPStatus.NOT_ACCEPTABLE,
    "too-slow": HTTPStatus.REQUEST_TIMEOUT,
    "too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "result-too-large": HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    "unsupported-media-type": HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    "evaluation": HTTPStatus.UNPROCESSABLE_ENTITY,
    "too-many-requests": HTTPStatus.TOO_MANY_REQUESTS,
    "busy": HTTPStatus.SERVICE_UNAVAILABLE,
    "closing": HTTPStatus.SERVICE_UNAVAILABLE,
    "gone": HTTPStatus.SERVICE_UNAVAILABLE,
    "out-of-memory": HTTPStatus.SERVICE_UNAVAILABLE,
    "timeout": HTTPStatus.SERVICE_UNAVAILABLE,
    "worker-died": HTTPStatus.SERVICE_UNAVAILABLE,
}
_HEADERS: Mapping[str, Mapping[str, str]] = {
    "unauthorized": {"WWW-Authenticate": 'Bearer realm="cooperation-kg"'},
    "busy": {"Retry-After": "2"},
    "too-many-requests": {"Retry-After": "10"},
}


class Refusal(Exception):
    """A request that is not answered: `reason` is a key of `STATUS`, the message one line for a person."""

    def __init__(self, reason: str, detail: str, headers: Mapping[str, str] | None = None) -> None:
        self.reason = reason
        self.headers = headers or {}
        super().__init__(detail)


def respond(reason: str, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """The problem as a response."""
    status = STATUS[reason]
    document = {
        "type": BASE + reason,
        "title": status.phrase,
        "status": int(status),
        "reason": reason,
        "detail": detail,
    }
    body = json.dumps(document, ensure_ascii=False).encode("utf-8", "replace")
    # A problem is about this request at this moment.
    fixed = {"Cache-Control": "no-store", **_HEADERS.get(reason, {}), **(headers or {})}
    return Response(body, status_code=status, media_type=MEDIA, headers=fixed)
