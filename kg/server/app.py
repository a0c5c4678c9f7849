"""The web application: addresses and what answers them."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp

from kg.server import metrics
from kg.server.endpoints import answer_graphs, answer_sparql
from kg.server.gate import Gate, Log
from kg.server.problems import Refusal, respond
from kg.server.service import Service, of
from kg.server.web import FOLDER, show_home, show_node, show_query_page

_REASONS = {404: "not-found", 405: "method-not-allowed"}
_GRAPH_METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE")


def make_app(service: Service, log: Log) -> ASGIApp:
    """The application of a running service; `log` gets one line of JSON for every request."""
    app = Starlette(routes=_routes(), exception_handlers={Refusal: _on_refusal, HTTPException: _on_http_exception})
    app.state.service = service
    return Gate(app, service, log)


def _routes() -> Sequence[Route | Mount]:
    return [
        Route("/sparql", answer_sparql, methods=["GET", "HEAD", "POST"]),
        Route("/sparql/", answer_sparql, methods=["GET", "HEAD", "POST"]),
        Route("/graphs", answer_graphs, methods=_GRAPH_METHODS),
        Route("/graphs/{graph:path}", answer_graphs, methods=_GRAPH_METHODS),
        Route("/id/{name:path}", show_node, methods=["GET", "HEAD"]),
        Route("/query", show_query_page, methods=["GET", "HEAD"]),
        Route("/", show_home, methods=["GET", "HEAD"]),
        Route("/health", _health, methods=["GET", "HEAD"]),
        Route("/metrics", _metrics, methods=["GET", "HEAD"]),
        Mount("/static", StaticFiles(directory=FOLDER / "static")),
    ]


async def _health(request: Request) -> Response:
    """Whether queries are answered, from which generation, and what is wrong with the next one if anything is."""
    pool = of(request).pool
    well = pool.gauges["workers"] > 0
    state = {"status": "ok" if well else "down", "generation": pool.generation, **pool.gauges}
    if pool.trouble:
        state["trouble"] = pool.trouble
    return JSONResponse(state, status_code=200 if well else 503, headers={"Cache-Control": "no-store"})


async def _metrics(request: Request) -> Response:
    service = of(request)
    gauges = {f"pool_{name}": float(value) for name, value in service.pool.gauges.items()}
    gauges["clients"] = float(len(service.clients))
    gauges["cache_bytes"] = float(service.answers.size)
    return PlainTextResponse(service.metrics.render(gauges, service.pool.counts), headers={"Content-Type": metrics.MEDIA})


async def _on_refusal(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refusal)
    request.scope["kg.reason"] = error.reason
    return respond(error.reason, str(error), error.headers)


async def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    reason = _REASONS.get(error.status_code, "bad-request")
    request.scope["kg.reason"] = reason
    return respond(reason, f"{request.method} {request.url.path[:200]}: {error.detail}", error.headers)
