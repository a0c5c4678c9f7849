"""`/sparql` and `/graphs`: the SPARQL protocol and the graph store protocol, as handlers."""

from __future__ import annotations

import uuid
from email.parser import BytesParser
from email.policy import HTTP

from starlette.requests import Request
from starlette.responses import Response

from kg.server.description import describe
from kg.server.frames import Message
from kg.server.negotiation import RDF, choose_rdf, choose_results
from kg.server.problems import Refusal
from kg.server.protocol import Operation, read_content_type, read_fields, read_operation
from kg.server.service import of, read_body, respond_with, run_job

_MAX_PARTS = 100


async def answer_sparql(request: Request) -> Response:
    """A query, an update, or the description of the service."""
    service = of(request)
    limits = service.settings.limits
    # A form may write every byte as %XX.
    limit = limits.upload_bytes if service.settings.writable else 3 * limits.query_bytes + 4096
    body = await read_body(request, limit) if request.method == "POST" else b""
    operation = read_operation(request.method, request.scope["query_string"], request.headers.get("content-type"), body)
    request.scope["kg.text"] = operation.text
    match operation.kind:
        case "query":
            return await _query(request, operation)
        case "update":
            return await _update(request, operation)
    media = _acceptable(choose_rdf(request.headers.get("accept"), operation.format))
    return await describe(request, media)


async def _query(request: Request, operation: Operation) -> Response:
    accept = request.headers.get("accept")
    job: Message = {
        "do": "query",
        "sparql": operation.text,
        "base": _endpoint(request),
        "default_graphs": list(operation.default_graphs),
        "named_graphs": list(operation.named_graphs),
        "results": choose_results(accept, operation.format),
        "rdf": choose_rdf(accept, operation.format),
    }
    return respond_with(await run_job(request, job))


async def _update(request: Request, operation: Operation) -> Response:
    _check_writer(request)
    job: Message = {
        "do": "update",
        "sparql": operation.text,
        "base": _endpoint(request),
        "using_graphs": list(operation.default_graphs),
        "using_named_graphs": list(operation.named_graphs),
    }
    await run_job(request, job)
    return Response(status_code=204)


async def answer_graphs(request: Request) -> Response:
    """The graph store protocol: a graph is named in the query string, or by the URL itself."""
    if request.method in ("GET", "HEAD"):
        graph = _graph(request)
        media = _acceptable(choose_rdf(request.headers.get("accept"), request.query_params.get("format")))
        job: Message = {"do": "read-graph", "graph": graph, "rdf": media, "head": request.method == "HEAD"}
        return respond_with(await run_job(request, job))
    _check_writer(request)
    if request.method == "DELETE":
        await run_job(request, {"do": "drop-graph", "graph": _graph(request)})
        return Response(status_code=204)
    body = await read_body(request, of(request).settings.limits.upload_bytes)
    location = None
    if request.method == "POST" and _names_none(request):
        location = f"{_endpoint(request)}/{uuid.uuid4().hex}"
    graph = location or _graph(request)
    body, parts = _documents(request.headers.get("content-type"), body)
    job = {"do": "write-graph", "graph": graph, "base": graph or _endpoint(request), "parts": parts}
    answer = await run_job(request, {**job, "replace": request.method == "PUT"}, body)
    if location:
        return Response(status_code=201, headers={"Location": location})
    return Response(status_code=201 if answer.created else 204)


def _documents(content_type: str | None, body: bytes) -> tuple[bytes, list[tuple[str, int, int]]]:
    """The RDF documents of a body, one or many in a form: their bytes in a row, and for each media type, start and end."""
    media, _ = read_content_type(content_type)
    if media != "multipart/form-data":
        return body, [(_readable(media), 0, len(body))]
    head = f"Content-Type: {content_type}\r\n\r\n".encode("latin-1", "replace")
    message = BytesParser(policy=HTTP).parsebytes(head + body)
    if not message.is_multipart():
        raise Refusal("bad-request", "the form has no parts")
    joined, parts = b"", list[tuple[str, int, int]]()
    for part in message.iter_parts():
        data = part.get_payload(decode=True)
        if not isinstance(data, bytes) or len(parts) >= _MAX_PARTS:
            raise Refusal("bad-request", f"a form holds up to {_MAX_PARTS} RDF documents and nothing else")
        parts.append((_readable(part.get_content_type()), len(joined), len(joined) + len(data)))
        joined += data
    return joined, parts


def _readable(media: str) -> str:
    if media not in RDF:
        raise Refusal("unsupported-media-type", f"{media[:60]} is not read here; send one of {', '.join(RDF)}")
    return media


def _graph(request: Request) -> str | None:
    """The IRI of the graph that a request names; None for the default graph."""
    if request.path_params.get("graph"):
        return f"{_endpoint(request)}/{request.scope['raw_path'].decode('ascii', 'replace').partition('/graphs/')[2]}"
    fields = read_fields(request.scope["query_string"])
    graphs = fields.get("graph", [])
    if len(graphs) + len(fields.get("default", [])) != 1:
        raise Refusal("bad-request", "name one graph: ?graph=IRI or ?default")
    return graphs[0] if graphs else None


def _names_none(request: Request) -> bool:
    return not request.path_params.get("graph") and not {"graph", "default"} & set(read_fields(request.scope["query_string"]))


def _check_writer(request: Request) -> None:
    if not of(request).settings.writable:
        raise Refusal("read-only", "this server only reads")
    if not request.scope.get("kg.authorized"):
        raise Refusal("unauthorized", "writing needs the token that the server was started with")


def _endpoint(request: Request) -> str:
    """The URL of the endpoint as the client called it: `…/sparql` or `…/graphs`."""
    first = request.url.path.strip("/").partition("/")[0]
    return f"{request.url.scheme}://{request.url.netloc}/{first}"


def _acceptable(media: str | None) -> str:
    if media is None:
        raise Refusal("not-acceptable", f"there is {', '.join(RDF)}")
    return media
