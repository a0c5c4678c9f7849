"""Who cooperates with whom: news in, a graph with evidence out.

import kg

graph = kg.build("seeds/articles", "cooperation.kg")  # read → extract → resolve → assemble → validate
graph.query("partners", of="山东省")                   # rows; a DataFrame with .df()
graph.explain("山东省", "挪威")                         # the sentences
kg.view(graph)                                         # the network, inline in a notebook
kg.network(graph)                                      # a networkx graph
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kg.articles import read as read
    from kg.errors import KgError as KgError
    from kg.extraction import extract as extract
    from kg.graph.assembly import assemble as assemble
    from kg.graph.store import Graph as Graph
    from kg.identity import resolve as resolve
    from kg.pipeline import build as build
    from kg.server.remote import open_graph as open  # noqa: F401
    from kg.views.exports import export as export
    from kg.views.network import network as network
    from kg.views.page import view as view

# Where each public name lives; a name is imported when it is first used, so that `import kg` costs next to nothing.
_HOMES = {
    "Graph": "kg.graph.store:Graph",
    "KgError": "kg.errors:KgError",
    "assemble": "kg.graph.assembly:assemble",
    "build": "kg.pipeline:build",
    "export": "kg.views.exports:export",
    "extract": "kg.extraction:extract",
    "network": "kg.views.network:network",
    "open": "kg.server.remote:open_graph",
    "read": "kg.articles:read",
    "resolve": "kg.identity:resolve",
    "view": "kg.views.page:view",
}
__all__ = sorted(_HOMES)


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module kg has no name {name!r}")
    module, _, attribute = _HOMES[name].partition(":")
    value = getattr(import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return [*globals(), *__all__]
