"""The W3C SPARQL 1.1 test suite over HTTP, where it is at hand: in ../shared/w3c, or in the folder that W3C_SPARQL names.

The suite is 4 MB of other people's files and not part of this repository. Without it the same ground is covered by
`tests/server/test_protocol.py` and `test_graph_store.py`, which need nothing.
"""

from __future__ import annotations

import importlib.util
import os
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from tests.server.conftest import TOKEN, Server, begin, end

FOLDER = Path(os.environ.get("W3C_SPARQL", Path(__file__).resolve().parents[3] / "shared" / "w3c"))
AT_HAND = (FOLDER / "run.py").is_file()

# What the engine does otherwise than the suite wants; `oxigraph serve` fails the same.
KNOWN = {
    "aggregates/agg-empty-group-count-graph": "GRAPH ?g over a group that is empty in one graph",
    "aggregates/agg-groupconcat-04": "GROUP_CONCAT(DISTINCT …) keeps another order",
    "aggregates/agg-groupconcat-06": "GROUP_CONCAT(DISTINCT …) keeps another order",
    "bindings/graph": "VALUES inside GRAPH ?g binds without a look at the graph",
    "csv-tsv-res/tsv03": "literals are written in canonical form",
    "functions/bnode01": "BNODE(str) gives one node for all rows",
    "negation/graph-minus": "MINUS inside GRAPH ?g",
    "property-path/zero_or_more_set_end": "a zero-length path to a constant that is in no triple",
    "property-path/zero_or_more_set_start": "a zero-length path from a constant that is in no triple",
    "property-path/zero_or_one_set_end": "a zero-length path to a constant that is in no triple",
    "property-path/zero_or_one_set_start": "a zero-length path from a constant that is in no triple",
    "service/service5": "SERVICE ?variable without a value",
}
PARTS = {"protocol": 34, "graph-store-protocol": 13, "service-description": 3}
ALL = 555


def load_runner() -> ModuleType:
    spec = importlib.util.spec_from_file_location("w3c_run", FOLDER / "run.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["w3c_run"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A writable server whose queries may call the suite's own endpoints."""
    folder = tmp_path_factory.mktemp("w3c")
    options = ["--writable", "--token", TOKEN, "--service", "*", "--client-seconds", "1000000"]
    server = begin(folder / "none", folder / "requests.jsonl", *options)
    yield server
    end(server)


def outcomes(server: Server, accept: str, rdf_accept: str, only: str | None = None) -> dict[str, tuple[str, str]]:
    """Every test of the suite by name, with its outcome and why."""
    run: Any = load_runner()
    writing = f"{server.url}/~{TOKEN}"
    suite = FOLDER / "sparql11"
    runner = run.Runner(f"{server.url}/sparql", f"{writing}/sparql", f"{writing}/graphs", FOLDER, accept, 30, rdf_accept)
    found = {}
    for manifest_path in sorted((suite / only if only else suite).rglob("manifest*.ttl")):
        skipped = {"entailment", "http-rdf-update"} & set(manifest_path.parts)
        if skipped or manifest_path.name.startswith(("manifest-sparql", "manifest-all", "manifest-eval", "manifest-syntax")):
            continue
        manifest = run.Manifest(manifest_path, FOLDER)
        for test in manifest.tests():
            name = f"{manifest_path.parent.name}/{test[1].rsplit('#', 1)[-1]}"
            try:
                runner.run(manifest, test)
                found[name] = ("pass", "")
            except run.Skip as skip:
                found[name] = ("skip", str(skip))
            except run.Fail as fail:
                found[name] = ("fail", str(fail)[:300])
    runner.fed.srv.shutdown()
    runner.fed.srv.server_close()
    for connection in runner.http.conns.values():
        connection.close()
    return found


if AT_HAND:

    def test_the_whole_suite(scratch: Server) -> None:
        found = outcomes(scratch, "json", "application/n-triples")
        run = {name: outcome for name, outcome in found.items() if outcome[0] != "skip"}
        assert len(run) == ALL
        failed = {name: why for name, (outcome, why) in run.items() if outcome != "pass"}
        assert not {name: why for name, why in failed.items() if name not in KNOWN}
        assert len(run) - len(failed) >= 543
        passed = Counter(name.partition("/")[0] for name, (outcome, _) in run.items() if outcome == "pass")
        assert {part: passed[part] for part in PARTS} == PARTS

    @pytest.mark.parametrize("accept", ["xml", "tsv", "csv"])
    def test_the_other_formats_say_the_same(scratch: Server, accept: str) -> None:
        found = outcomes(scratch, accept, "text/turtle", "functions")
        assert len(found) == 75
        assert {name for name, (outcome, _) in found.items() if outcome == "fail"} <= KNOWN.keys()

else:

    def test_the_known_failures_have_reasons() -> None:
        assert len(KNOWN) == 12 and all(KNOWN.values())
