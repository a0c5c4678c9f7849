"""The servers of tests/server, for requests that nobody would send."""

from tests.server.conftest import graph_folder, start

__all__ = ["graph_folder", "start"]
