"""Judgements: the file read, written and refused, chains, contradictions, undoing."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kg.errors import DataError
from kg.identity import group, judge_names, read_judgements, undo_names, write_judgements
from kg.model import Judgement, Verdict

HEADER = "verdict,left,right,change,by,when,why\n"
A, B, C, D = "company~甲公司", "company~乙公司", "company~丙公司", "company~丁公司"


def same(left: str, right: str) -> Judgement:
    return Judgement(Verdict.SAME, left, right, "", "an analyst", "2025-03-01", "")


def different(left: str, right: str) -> Judgement:
    return Judgement(Verdict.DIFFERENT, left, right, "", "an analyst", "2025-03-02", "")


def test_no_file_is_no_judgements(tmp_path: Path) -> None:
    assert read_judgements(tmp_path / "judgements.csv") == []


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    kept = [same(A, B), Judgement(Verdict.CHANGE, "0f" * 16, "", "status=planned", "x", "2025-01-01", "“,”\nor not")]
    write_judgements(path, kept)
    assert read_judgements(path) == kept


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("maybe,company~甲公司,company~乙公司,,x,2025-01-01,", "maybe"),
        ("same,company~甲公司,,,x,2025-01-01,", "missing"),
        ("same,company~甲公司,nobody,,x,2025-01-01,", "nobody"),
        ("same,company~甲公司,atlantis~government,,x,2025-01-01,", "atlantis"),
        ("same,company~甲公司,company~乙公司,,x,yesterday,", "yesterday"),
        ("same,company~甲公司", "2 cells"),
    ],
)
def test_a_row_that_cannot_be_meant_is_refused_with_its_place(tmp_path: Path, row: str, why: str) -> None:
    path = tmp_path / "judgements.csv"
    path.write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"judgements\.csv:2.*" + why):
        read_judgements(path)


def test_deciding_and_undoing(tmp_path: Path) -> None:
    path = tmp_path / "judgements.csv"
    judge_names(path, Verdict.SAME, B, A, by="an analyst", when="2025-03-01", why="one firm")
    judge_names(path, Verdict.DIFFERENT, A, C, by="an analyst", when="2025-03-01")
    assert group(read_judgements(path)).representative(B) == group(read_judgements(path)).representative(A)
    assert [j.verdict for j in undo_names(path, A, B)] == [Verdict.SAME]
    assert group(read_judgements(path)).representative(B) == B
    assert undo_names(path, A, B) == []
    assert len(read_judgements(path)) == 1


@pytest.mark.parametrize(
    ("left", "right", "verdict"), [(A, A, Verdict.SAME), (A, "nobody", Verdict.SAME), (A, B, Verdict.RIGHT)]
)
def test_what_cannot_be_decided(tmp_path: Path, left: str, right: str, verdict: Verdict) -> None:
    with pytest.raises(DataError):
        judge_names(tmp_path / "judgements.csv", verdict, left, right, by="x", when="2025-01-01")
    assert not (tmp_path / "judgements.csv").exists()


def test_chains_hold_and_the_registry_stands_for_all() -> None:
    groups = group([same(A, B), same(B, "equinor"), same("equinor", "cn-shandong~commerce")])
    assert {groups.representative(id_) for id_ in (A, B, "equinor", "cn-shandong~commerce")} == {"equinor"}
    assert groups.representative(C) == C


def test_the_last_word_on_a_pair_counts() -> None:
    assert group([same(A, B), different(B, A)]).representative(B) == B
    assert not group([same(A, B), different(B, A)]).contradictions
    assert group([different(A, B), same(A, B)]).representative(B) == group([same(A, B)]).representative(B)


def test_a_contradiction_is_reported_and_joins_nothing() -> None:
    groups = group([same(A, B), same(B, C), different(A, C), same(C, D)])
    [contradiction] = groups.contradictions
    assert {contradiction.left, contradiction.right} == {A, C}
    assert [{j.left, j.right} for j in contradiction.chain] == [{A, B}, {B, C}]
    assert "an analyst" in str(contradiction)
    assert all(groups.representative(id_) == id_ for id_ in (A, B, C, D))


def test_different_speaks_for_whole_groups() -> None:
    groups = group([same(A, B), different(B, C)])
    assert frozenset((groups.representative(A), C)) in groups.different


@given(st.permutations([same(A, B), same(C, D), same(B, C), different(A, "equinor")]))
def test_order_does_not_matter(judgements: list[Judgement]) -> None:
    groups = group(judgements)
    assert groups.of == group([same(A, B), same(B, C), same(C, D), different(A, "equinor")]).of
    assert len({groups.representative(id_) for id_ in (A, B, C, D)}) == 1
