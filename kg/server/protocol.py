"""The SPARQL 1.1 Protocol: what a request to `/sparql` asks for. https://www.w3.org/TR/sparql11-protocol/

Pure: a method, a query string, a content type and a body go in, an operation comes out, or a Refusal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from email.message import Message as Header
from urllib.parse import parse_qsl

from kg.server.problems import Refusal

FORM, QUERY, UPDATE = "application/x-www-form-urlencoded", "application/sparql-query", "application/sparql-update"
_MAX_FIELDS = 1_000


@dataclass(frozen=True, slots=True)
class Operation:
    """What is asked for: `kind` is `query`, `update` or `description`; the graphs are IRIs as given."""

    kind: str
    text: str = ""
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    format: str | None = None


def read_operation(method: str, query_string: bytes, content_type: str | None, body: bytes) -> Operation:
    """The operation of a GET or POST request. Raises Refusal with 400 or 415."""
    url = read_fields(query_string)
    if method in ("GET", "HEAD"):
        if "update" in url:
            raise Refusal("bad-request", "an update is sent with POST")
        if "query" not in url:
            return Operation("description", format=_one(url, "format"))
        return _operation("query", _one(url, "query"), url)
    media, charset = read_content_type(content_type)
    if media == FORM:
        form = read_fields(body)
        kinds = [kind for kind in ("query", "update") if kind in form]
        if len(kinds) != 1 or "query" in url or "update" in url:
            raise Refusal("bad-request", "a form holds one query or one update, in its body")
        return _operation(kinds[0], _one(form, kinds[0]), {**url, **form})
    if media in (QUERY, UPDATE):
        kind = "query" if media == QUERY else "update"
        if charset not in (None, "utf-8", "utf8"):
            raise Refusal("unsupported-media-type", f"{media} is read in UTF-8 only")
        if "query" in url or "update" in url:
            raise Refusal("bad-request", f"the {kind} is in the body; there is another one in the URL")
        return _operation(kind, _text(body), url)
    raise Refusal("unsupported-media-type", f"send the query as {FORM}, {QUERY} or {UPDATE}")


def read_content_type(value: str | None) -> tuple[str, str | None]:
    """Media type and charset of a Content-Type header, in lower case."""
    header = Header()
    header["content-type"] = value or "application/octet-stream"
    charset = header.get_param("charset")
    return header.get_content_type(), charset.lower() if isinstance(charset, str) else None


def read_fields(data: bytes) -> Mapping[str, Sequence[str]]:
    """The fields of a query string or a form, each with its values in order. Raises Refusal."""
    try:
        pairs = parse_qsl(
            data.decode("utf-8"), keep_blank_values=True, encoding="utf-8", errors="strict", max_num_fields=_MAX_FIELDS
        )
    except (UnicodeDecodeError, ValueError):
        raise Refusal("bad-request", "the parameters are not UTF-8, or too many") from None
    fields: dict[str, list[str]] = {}
    for name, value in pairs:
        fields.setdefault(name, []).append(value)
    return fields


def _operation(kind: str, text: str | None, fields: Mapping[str, Sequence[str]]) -> Operation:
    default, named = (
        ("default-graph-uri", "named-graph-uri") if kind == "query" else ("using-graph-uri", "using-named-graph-uri")
    )
    if text is None:
        raise Refusal("bad-request", f"there is no {kind}")
    return Operation(kind, text, tuple(fields.get(default, ())), tuple(fields.get(named, ())), _one(fields, "format"))


def _one(fields: Mapping[str, Sequence[str]], name: str) -> str | None:
    values = fields.get(name, ())
    if len(values) > 1:
        raise Refusal("bad-request", f"“{name}” stands {len(values)} times: give it once")
    return values[0] if values else None


def _text(body: bytes) -> str:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        raise Refusal("bad-request", "the body is not UTF-8") from None
