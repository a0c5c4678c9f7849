"""What persons decided: applied at every build, kept through new rules, undone when taken back; always as a new build would."""

from pathlib import Path

import pytest

from kg.graph.folder import JUDGEMENTS
from kg.graph.store import open_graph
from kg.pipeline import make_recipe
from tests.graph import samples
from tests.graph.samples import ARTICLES, claims, record, records
from tests.graph.test_indexing import dump

HEAD = "verdict,left,right,change,by,when,why\n"


@pytest.fixture(autouse=True)
def real_recipe(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "recipe", make_recipe)


def judge(folder: Path, *rows: str) -> None:
    (folder / JUDGEMENTS).write_text(HEAD + "".join(f"{row}\n" for row in rows), encoding="utf-8")


def digest(id_: str, number: int) -> str:
    return claims(samples.article(id_, ARTICLES[id_]))[number].digest


def both_ways(tmp_path: Path, rows: list[str]) -> tuple[Path, list[str]]:
    """The folder after the judgements came to a graph that was there, which must be as one built under them."""
    samples.write(tmp_path / "g", records())
    judge(tmp_path / "g", *rows)
    samples.write(tmp_path / "g", [])
    (tmp_path / "new").mkdir()
    judge(tmp_path / "new", *rows)
    samples.write(tmp_path / "new", records())
    found = dump(tmp_path / "g")
    assert found == dump(tmp_path / "new")
    return tmp_path / "g", found[0]


def test_a_claim_judged_wrong_stays_visible_as_rejected(tmp_path: Path) -> None:
    folder, quads = both_ways(tmp_path, [f"wrong,{digest('a4', 0)},,,李,2025-05-12,只是传闻"])
    assert [quad for quad in quads if "ontology#rejected" in quad]
    graph = open_graph(folder)
    [account] = graph.explain("芬兰").accounts
    assert not account.statement.claims
    assert account.rejected[0].quote.text == "芬兰与海州终止合作。"


def test_a_changed_claim_states_what_it_was_changed_to(tmp_path: Path) -> None:
    change = "predicate=meets_with|status=realised|date=2024-03"
    folder, _ = both_ways(tmp_path, [f"change,{digest('a4', 0)},,{change},李,2025-05-12,"])
    [row] = open_graph(folder).query("partners", of="芬兰")
    assert (row["partner_zh"], row["predicate"], row["status"], row["date"]) == ("海州", "meets_with", "realised", "2024-03")


def test_a_judgement_taken_back_leaves_no_trace(tmp_path: Path) -> None:
    samples.write(tmp_path / "g", records())
    before = dump(tmp_path / "g")
    judge(tmp_path / "g", f"wrong,{digest('a1', 0)},,,李,2025-05-12,", f"right,{digest('a4', 0)},,,李,2025-05-12,")
    samples.write(tmp_path / "g", [])
    assert dump(tmp_path / "g") != before
    (tmp_path / "g" / JUDGEMENTS).unlink()
    samples.write(tmp_path / "g", [])
    assert dump(tmp_path / "g") == before


def test_names_judged_the_same_become_one_and_two_again(tmp_path: Path) -> None:
    samples.write(tmp_path / "g", [*records(), record("a6", "海州新区与日本合作。")])
    before = dump(tmp_path / "g")
    graph = open_graph(tmp_path / "g")
    one, other = graph.find("海州").id, graph.find("海州新区").id
    assert one != other
    judge(tmp_path / "g", f"same,{one},{other},,李,2025-05-12,")
    samples.write(tmp_path / "g", [])
    assert graph.find("海州").id == graph.find("海州新区").id
    assert {row["partner_zh"] for row in graph.query("partners", of="海州新区")} == {"挪威", "韩国", "日本"}
    (tmp_path / "new").mkdir()
    judge(tmp_path / "new", f"same,{one},{other},,李,2025-05-12,")
    samples.write(tmp_path / "new", [record("a6", "海州新区与日本合作。"), *records()])
    assert dump(tmp_path / "g") == dump(tmp_path / "new")
    (tmp_path / "g" / JUDGEMENTS).unlink()
    samples.write(tmp_path / "g", [])
    assert dump(tmp_path / "g") == before


def test_a_judgement_holds_when_newer_rules_read_the_article(tmp_path: Path) -> None:
    samples.write(tmp_path / "g", records())
    judge(tmp_path / "g", f"wrong,{digest('a4', 0)},,,李,2025-05-12,")
    samples.write(tmp_path / "g", [record(id_, text, version="test 2") for id_, text in ARTICLES.items()])
    assert open_graph(tmp_path / "g").explain("芬兰").accounts[0].rejected


def test_a_judgement_holds_when_the_article_grew(tmp_path: Path) -> None:
    samples.write(tmp_path / "g", records("a4"))
    judge(tmp_path / "g", f"wrong,{digest('a4', 0)},,,李,2025-05-12,")
    samples.write(tmp_path / "g", [record("a4", "本报记者报道。" + ARTICLES["a4"])])
    assert open_graph(tmp_path / "g").explain("芬兰").accounts[0].rejected
