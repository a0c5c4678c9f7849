"""The ledger: what was acknowledged is there, whatever happened; what is damaged is said, with file and byte."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kg.errors import GraphError
from kg.graph.ledger import START, Appender, Ledger, recover_head
from kg.graph.records import ArticleRecord, BuildRecord, Opening, Removal, from_json, to_json
from kg.graph.terms import BASE
from tests.graph.samples import ARTICLES, record, records


def ledger_with(folder: Path, *batches: list[ArticleRecord], segment_bytes: int = 1 << 20) -> Ledger:
    ledger = Ledger.create(folder / "ledger", BASE)
    with Appender(ledger, segment_bytes) as appender:
        for batch in batches:
            for item in batch:
                appender.append(item)
            appender.commit()
    return Ledger(folder / "ledger")


def said(ledger: Ledger) -> list[object]:
    return [entry.record for entry in ledger.entries()]


def test_a_record_comes_back_as_it_was(tmp_path: Path) -> None:
    ledger = ledger_with(tmp_path, records())
    assert said(ledger) == [Opening(BASE), *records()]
    assert ledger.base == BASE
    for entry in ledger.entries():
        assert ledger.record_at(entry.start) == entry.record


@pytest.mark.parametrize("item", [Removal("a\n\u2028b"), BuildRecord(None), BuildRecord("x,y\n"), Opening("urn:x:")])
def test_other_records_come_back(item: Removal) -> None:
    assert from_json(to_json(item)) == item


@given(st.text(min_size=1).filter(lambda text: text.strip() and not text.isspace()))
@settings(max_examples=60, deadline=None)
def test_any_text_comes_back(text: str) -> None:
    try:
        item = record("x", text)
    except Exception as error:
        assert "empty" in str(error)
        return
    line = to_json(item)
    assert b"\n" not in line
    assert from_json(line) == item


def test_segments_carry_one_chain(tmp_path: Path) -> None:
    ledger = ledger_with(tmp_path, records(), records(), segment_bytes=1500)
    assert len(ledger.head.sizes) > 3
    assert said(ledger) == [Opening(BASE), *records(), *records()]
    middle = list(ledger.entries())[4]
    after = [entry.record for entry in ledger.entries(middle.end)]
    assert after == said(ledger)[5:]


@pytest.mark.parametrize("junk", [b"x", b"deadbeef {", b"\n\n", b"0" * 5000])
def test_an_unfinished_append_is_cut_off_and_said(tmp_path: Path, junk: bytes) -> None:
    ledger = ledger_with(tmp_path, records("a1"))
    with (ledger.folder / "000001.jsonl").open("ab") as stream:
        stream.write(junk)
    (ledger.folder / "000002.jsonl").write_bytes(junk)
    assert said(Ledger(ledger.folder)) == [Opening(BASE), *records("a1")]
    with Appender(Ledger(ledger.folder)) as appender:
        assert appender.cut == 2 * len(junk)
        appender.append(Removal("a1"))
        appender.commit()
    assert said(Ledger(ledger.folder)) == [Opening(BASE), *records("a1"), Removal("a1")]


def test_what_was_not_committed_does_not_count(tmp_path: Path) -> None:
    ledger = ledger_with(tmp_path, records("a1"))
    with Appender(ledger) as appender:
        appender.append(Removal("a1"))
    assert said(Ledger(ledger.folder)) == [Opening(BASE), *records("a1")]


def test_every_damaged_byte_is_found(tmp_path: Path) -> None:
    ledger = ledger_with(tmp_path, records("a1", "a4"), segment_bytes=900)
    checked = 0
    for path in sorted(ledger.folder.iterdir()):
        whole = path.read_bytes()
        for place in range(0, len(whole), 7):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x20]) + whole[place + 1 :])
            with pytest.raises(GraphError, match=path.name):
                said(Ledger(ledger.folder))
            checked += 1
        path.write_bytes(whole)
    assert checked > 300
    assert said(Ledger(ledger.folder)) == [Opening(BASE), *records("a1", "a4")]


@pytest.mark.parametrize("name", ["HEAD", "000001.jsonl", "000002.jsonl"])
@pytest.mark.parametrize("harm", ["delete", "empty", "half", "zero", "one less"])
def test_a_file_that_lost_something_is_found(tmp_path: Path, name: str, harm: str) -> None:
    ledger = ledger_with(tmp_path, records("a1", "a4"), segment_bytes=900)
    path = ledger.folder / name
    whole = path.read_bytes()
    assert len(whole) > 1
    match harm:
        case "delete":
            path.unlink()
        case "empty":
            path.write_bytes(b"")
        case "half":
            path.write_bytes(whole[: len(whole) // 2])
        case "zero":
            path.write_bytes(bytes(len(whole)))
        case "one less":
            path.write_bytes(whole[:-1])
    with pytest.raises(GraphError, match=name):
        said(Ledger(ledger.folder))


def test_records_may_not_change_places(tmp_path: Path) -> None:
    ledger = ledger_with(tmp_path, [record("a1", ARTICLES["a1"])], [record("a2", ARTICLES["a1"])])
    path = ledger.folder / "000001.jsonl"
    opening, one, other = path.read_bytes().splitlines(keepends=True)
    assert len(one) == len(other)
    path.write_bytes(opening + other + one)
    with pytest.raises(GraphError, match=f"byte {len(opening)}"):
        said(Ledger(ledger.folder))


def test_a_lost_head_is_written_anew_only_from_a_whole_chain(tmp_path: Path) -> None:
    ledger = ledger_with(tmp_path, records())
    end = ledger.head.end
    (ledger.folder / "HEAD").unlink()
    assert recover_head(ledger.folder, end).head == ledger.head
    path = ledger.folder / "000001.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(lines[:-1]))
    with pytest.raises(GraphError, match="1 records that were here are missing"):
        recover_head(ledger.folder, end)
    path.write_bytes(b"".join(lines)[:-5])
    with pytest.raises(GraphError, match="damaged at byte"):
        recover_head(ledger.folder, None)


def test_no_ledger_is_no_graph_folder(tmp_path: Path) -> None:
    with pytest.raises(GraphError, match="is no graph folder; make one with: kg build"):
        Ledger(tmp_path / "nothing" / "ledger")


def test_a_position_without_its_link_believes_the_first_record(tmp_path: Path) -> None:
    ledger = ledger_with(tmp_path, records("a1", "a2"))
    entries = list(ledger.entries(START))
    with pytest.raises(GraphError, match="damaged"):
        list(ledger.entries(entries[1].start, link="0" * 64))
