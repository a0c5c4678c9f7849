"""The store shows what the ledger says: the same quads whatever the order, the steps and what was there before."""

import random
from itertools import permutations
from pathlib import Path

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.graph.dataset import count_dataset, describe_dataset
from kg.graph.generations import open_rdf, reading
from kg.graph.store import COUNTS, open_graph
from kg.graph.terms import Terms, term
from kg.questions import load_rules
from tests.graph.samples import ARTICLES, record, records, write


def dump(folder: Path) -> tuple[list[str], list[str]]:
    """The quads of the named graphs, and the triples of the store's default graph, sorted."""
    with reading(folder / "store") as generation:
        quads = list(open_rdf(generation.path))
        assert generation.seal.counts == counted(folder)
    default = [quad for quad in quads if isinstance(quad.graph_name, ox.DefaultGraph)]
    named = [quad for quad in quads if not isinstance(quad.graph_name, ox.DefaultGraph)]
    assert sorted({str(quad.triple) for quad in named}) == sorted(str(quad.triple) for quad in default)
    rest = ox.Store()
    statistics = {quad.triple for quad in named if quad.graph_name == Terms().graph("dataset")}
    statistics -= {quad.triple for quad in describe_dataset(Terms())}
    rest.bulk_extend([quad for quad in default if quad.triple not in statistics])
    assert statistics == {quad.triple for quad in count_dataset(rest, Terms())}
    return sorted(map(str, named)), sorted(map(str, default))


def counted(folder: Path) -> dict[str, object]:
    """What the engine counts, where the seal has what was counted on the way."""
    return dict(open_graph(folder).query(COUNTS)[0])


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("whole") / "g"
    write(folder, records())
    return dump(folder)[0]


@pytest.mark.parametrize("order", list(permutations(ARTICLES))[::24])
def test_any_order_gives_the_same_quads(tmp_path: Path, whole: list[str], order: tuple[str, ...]) -> None:
    write(tmp_path / "g", records(*order))
    assert dump(tmp_path / "g")[0] == whole


@pytest.mark.parametrize("order", list(permutations(ARTICLES))[7::30])
def test_one_by_one_gives_the_same_quads(tmp_path: Path, whole: list[str], order: tuple[str, ...]) -> None:
    for id_ in order:
        write(tmp_path / "g", records(id_))
    assert dump(tmp_path / "g")[0] == whole


@given(st.lists(st.tuples(st.sampled_from(sorted(ARTICLES)), st.sampled_from(["put", "other", "out"])), max_size=8))
@settings(max_examples=8, deadline=None)
def test_any_history_ends_in_what_a_new_build_says(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, str]]
) -> None:
    folder = tmp_path_factory.mktemp("history")
    state: dict[str, str] = {}
    write(folder / "g", [])
    for id_, what in steps:
        text = ARTICLES[id_] if what == "put" else ARTICLES["a1"] + "日本与冰岛合作。"
        if what == "out":
            write(folder / "g", [], remove=[id_])
            state.pop(id_, None)
        else:
            write(folder / "g", [record(id_, text)])
            state[id_] = text
    write(folder / "new", [record(id_, text) for id_, text in state.items()])
    assert dump(folder / "g") == dump(folder / "new")


def test_a_number_that_ends_a_byte_is_taken_back(tmp_path: Path) -> None:
    """After four articles the graph holds 5119 triples, 0x13FF: what the engine finds by that number is more than the number."""
    other = ARTICLES["a1"] + "日本与冰岛合作。"
    history = [("a1", other), ("a3", ARTICLES["a3"]), ("a4", other), ("a5", ARTICLES["a5"]), ("a2", ARTICLES["a2"])]
    write(tmp_path / "g", [])
    for id_, text in history:
        write(tmp_path / "g", [record(id_, text)])
    write(tmp_path / "new", [record(id_, text) for id_, text in history])
    assert dump(tmp_path / "g") == dump(tmp_path / "new")


def test_nothing_changed_makes_no_generation(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    before = sorted(path.name for path in (tmp_path / "g" / "store").iterdir())
    write(tmp_path / "g", [])
    assert sorted(path.name for path in (tmp_path / "g" / "store").iterdir()) == before == ["CURRENT", "g000001"]


def test_direct_edges_are_those_of_the_rule(tmp_path: Path) -> None:
    write(tmp_path / "g", records())
    graph = open_graph(tmp_path / "g")
    wanted = {str(triple) for triple in graph.engine.evaluate(load_rules()["edges"].sparql, {})}  # type: ignore[union-attr]
    entities = {Terms().entity(entity.id) for entity in graph.entities()}
    between = [q for q in graph.quads() if q.subject in entities and q.object in entities]
    found = {str(q.triple) for q in between if q.graph_name != Terms().graph("derived")}
    assert found == wanted
    assert len(wanted) > 8
    assert not [edge for edge in found if "冰岛" in edge], "planned"
    assert not [edge for edge in found if "芬兰" in edge], "ended"


def test_co_signatories_are_derived_and_go_with_their_last_article(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1", "a2"))
    derived = f"<{Terms().graph('derived').value}>"
    assert [line for line in dump(tmp_path / "g")[0] if line.endswith(derived)]
    write(tmp_path / "g", [], remove=["a1"])
    assert [line for line in dump(tmp_path / "g")[0] if line.endswith(derived)], "a2 states it too"
    write(tmp_path / "g", [], remove=["a2"])
    assert not [line for line in dump(tmp_path / "g")[0] if line.endswith(derived)]


def test_a_reprint_points_to_the_earliest_of_its_group(tmp_path: Path) -> None:
    rng = random.Random(7)
    body = "".join(chr(rng.randrange(0x4E00, 0x5E00)) for _ in range(600)) + "。"
    days = {"b1": "2024-05-03", "b2": "2024-05-01", "b3": None, "c1": "2024-04-01"}
    texts = {"b1": body, "b2": body + "责任编辑甲。", "b3": "据报道，" + body, "c1": body[::-1]}
    for id_, text in texts.items():
        write(tmp_path / "g", [record(id_, text, days[id_])])

    def reprints() -> set[tuple[str, str]]:
        quads = [quad for quad in open_graph(tmp_path / "g").quads() if quad.predicate == term("coop:reprint_of")]
        return {(str(quad.subject)[-3:-1], str(quad.object)[-3:-1]) for quad in quads}

    assert reprints() == {("b1", "b2"), ("b3", "b2")}
    write(tmp_path / "g", [], remove=["b2"])
    assert reprints() == {("b3", "b1")}
    write(tmp_path / "g", [record("b1", body[:300] + body[::-1][:300], "2024-05-03")])
    assert reprints() == set()


def test_the_same_statement_of_two_articles_is_one(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1", "a2"))
    [row] = open_graph(tmp_path / "g").query("partners", of="挪威")
    assert (row["partner_zh"], row["articles"], row["status"]) == ("海州", 2, "realised")
