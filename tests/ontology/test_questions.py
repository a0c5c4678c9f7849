"""Every question runs on the golden graph, its example has an answer, and the answers are the right ones."""

import re
from pathlib import Path

import pytest

from kg.errors import DataError
from kg.questions import load_questions, read_question, read_rule
from kg.schema import load_schema
from tests.ontology.graphs import ask, derived, entity, give, names, stated

QUESTIONS = load_questions()
EXPECTED = {
    *(
        "partners",
        "agreements",
        "shared-partners",
        "organizers",
        "planned",
        "timeline",
        "strongest-pairs",
        "members",
        "by-topic",
    ),
    *("path", "foreign-partners", "single-source", "corroboration", "conflicts", "busiest-articles", "quotes", "signatories"),
    *("participants", "topics", "most-connected", "inferred", "funding", "ended", "people", "establishments", "countries"),
}


def test_the_questions_are_these() -> None:
    assert set(QUESTIONS) == EXPECTED


@pytest.mark.parametrize("name", QUESTIONS)
def test_the_example_in_the_header_has_an_answer(name: str) -> None:
    question = QUESTIONS[name]
    rows = ask(derived(), question, **give(question))
    assert rows
    assert rows == ask(derived(), question, **give(question))
    columns = [key for row in rows for key in row]
    assert any(column.endswith("_zh") for column in columns) == any(column.endswith("_en") for column in columns)


@pytest.mark.parametrize("name", QUESTIONS)
def test_every_parameter_is_projected_and_every_order_is_total(name: str) -> None:
    """A substitution reaches a variable only where the SELECT projects it; without a total order answers would vary."""
    question = QUESTIONS[name]
    head = re.search(r"SELECT(.*?)WHERE", question.sparql, re.DOTALL)
    assert head is not None
    for parameter in question.parameters:
        assert f"?{parameter.name}" in head[1]
    assert "ORDER BY" in question.sparql
    for language in ("zh", "en"):
        assert question.titles[language] and question.descriptions[language]
        assert all(parameter.labels[language] for parameter in question.parameters)


@pytest.mark.parametrize("name", [name for name, question in QUESTIONS.items() if all(p.optional for p in question.parameters)])
def test_optional_parameters_may_be_left_out_and_only_narrow_the_answer(name: str) -> None:
    question = QUESTIONS[name]
    everything = ask(derived(), question)
    given = give(question)
    narrowed = ask(derived(), question, **given)
    assert everything
    assert {_rest(row, given) for row in narrowed} <= {_rest(row, given) for row in everything}
    if given:
        assert len(narrowed) < len(everything)


def _rest(row: dict[str, str], given: dict[str, object]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted((key, value) for key, value in row.items() if key not in given))


def test_partners_are_stated_realised_or_ongoing_with_their_sources() -> None:
    rows = ask(stated(), QUESTIONS["partners"], of=entity("linhai"))
    found = {(row["partner_en"], row["status"]): (row["date"], row["articles"], row["sources"]) for row in rows}
    assert found == {
        ("Japan", "ongoing"): ("", "1", "1"),
        ("Japan", "realised"): ("2024", "2", "1"),
        ("Norway", "realised"): ("2024", "2", "1"),
        ("South Korea", "ongoing"): ("", "1", "1"),
        ("South Korea", "realised"): ("2024", "2", "1"),
    }


def test_partners_do_not_change_by_what_rules_derive() -> None:
    for name in ("partners", "path", "shared-partners", "most-connected", "foreign-partners"):
        question = QUESTIONS[name]
        assert ask(stated(), question, **give(question)) == ask(derived(), question, **give(question))


def test_a_plan_that_was_carried_out_is_no_longer_only_planned() -> None:
    planned = {(row["predicate"], row["object_en"]) for row in ask(stated(), QUESTIONS["planned"], of=entity("linhai"))}
    assert planned == {("agreement", "Norway"), ("partners_with", "Pacific island states")}


def test_a_rejected_or_denied_claim_is_no_partnership() -> None:
    bergen = ask(stated(), QUESTIONS["partners"], of=entity("bergen"))
    assert [row["partner_en"] for row in bergen] == ["Kazakhstan"]
    rows = ask(stated(), QUESTIONS["quotes"], of=entity("haizhou"), other=entity("kazakhstan"))
    assert rows == []


def test_conflicts_keep_both_sides_with_their_quotes() -> None:
    rows = ask(stated(), QUESTIONS["conflicts"])
    assert {(row["conflict"], row["predicate"]) for row in rows} == {
        ("date", "agreement"),
        ("date", "signatory_of"),
        ("denial", "partners_with"),
    }
    assert all(row["one_quote"] and row["two_quote"] for row in rows)


@pytest.mark.parametrize(
    ("one", "other", "steps", "via"),
    [
        ("haizhou", "norway", "1", ("", "")),
        ("haizhou", "linhai", "2", ("Norway", "")),
        ("haizhou", "south_korea", "3", ("Norway", "Linhai Province")),
    ],
)
def test_the_shortest_path_only(one: str, other: str, steps: str, via: tuple[str, str]) -> None:
    [row] = ask(stated(), QUESTIONS["path"], of=entity(one), other=entity(other))
    assert (row["steps"], (row.get("via1_en", ""), row.get("via2_en", ""))) == (steps, via)
    assert ask(stated(), QUESTIONS["path"], of=entity(one), other=entity("undp")) == []


def test_the_path_goes_along_every_predicate_that_implies_cooperation() -> None:
    implying = {f"coop:{name}" for name, predicate in load_schema().predicates.items() if predicate.cooperation}
    for group in re.findall(r"\((coop:[^)]+)\)", QUESTIONS["path"].sparql):
        assert set(group.split("|")) == implying


def test_a_reprint_is_no_second_source() -> None:
    rows = ask(stated(), QUESTIONS["corroboration"], of=entity("linhai"))
    assert {
        (row["articles"], row["sources"]) for row in rows if row["status"] == "realised" and row["object_en"] == "Norway"
    } == {("2", "1")}


def test_a_topic_takes_in_the_topics_below_it() -> None:
    climate = {row["narrower_en"] for row in ask(stated(), QUESTIONS["by-topic"], topic=names()["气候变化"])}
    assert climate == {"Emission reduction"}


HEADER = "# title zh: 问\n# title en: Ask\n# description zh: 问。\n# description en: Ask.\n"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("SELECT * WHERE {}", "title zh"),
        (HEADER + "# nonsense\nSELECT", "no header line"),
        (HEADER + "# title zh: 又\nSELECT", "stands twice"),
        (HEADER + "# param of: thing\nSELECT", "write one of entity"),
        (HEADER + "# param of: entity\nSELECT", "param of zh"),
        (HEADER + "# param of: entity\n# param of zh: 谁\n# param of en: who\nSELECT", "must give every parameter"),
        (HEADER + "# example: of=海州市\nSELECT", "and no other"),
    ],
)
def test_a_broken_header_is_named(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "broken.rq"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError, match=says) as caught:
        read_question(path)
    assert "broken.rq" in str(caught.value)


def test_a_rule_says_when_it_runs(tmp_path: Path) -> None:
    path = tmp_path / "broken.rq"
    path.write_text(HEADER + "CONSTRUCT", encoding="utf-8")
    with pytest.raises(DataError, match="when: build"):
        read_rule(path)
    with pytest.raises(DataError, match="cannot be read"):
        read_rule(tmp_path / "missing.rq")
