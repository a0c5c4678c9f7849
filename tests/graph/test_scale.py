"""The benchmark of a large graph, in its small form."""

from pathlib import Path

from benchmarks.graph.scale import measure


def test_a_small_graph_is_measured(tmp_path: Path) -> None:
    rows, _ = measure(12, tmp_path)
    values = {what: value for what, value, _ in rows}
    assert values["articles"] == "12"
    assert int(values["statements"]) > 10
    assert int(values["store, bytes a statement"]) > 0
    assert float(values["peak memory, MB"]) > 10
