"""Generations: readers keep the one they have and see the next, the old ones go, and what is wrong with them is said."""

import os
import shutil
import sys
import threading
from pathlib import Path

import pytest

from kg.errors import GraphError
from kg.graph.engine import FolderEngine
from kg.graph.files import hold, is_held
from kg.graph.generations import Workshop, check, collect, current_name, reading
from kg.graph.ledger import START
from kg.graph.store import open_graph
from kg.graph.verification import verify
from tests.graph.samples import records, write

COUNT = "SELECT (COUNT(*) AS ?n) { ?a a coop:Article }"


def generations(folder: Path) -> list[str]:
    return sorted(path.name for path in (folder / "store").iterdir() if path.name != "CURRENT")


def test_an_open_graph_sees_what_a_build_adds(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    graph = open_graph(tmp_path / "g")
    assert graph.query(COUNT) == [{"n": 1}]
    write(tmp_path / "g", records("a2"))
    assert graph.query(COUNT) == [{"n": 2}]
    assert generations(tmp_path / "g") in (["g000002"], ["g000001", "g000002"])
    write(tmp_path / "g", records("a3"))
    del graph
    write(tmp_path / "g", records("a4"))
    assert generations(tmp_path / "g") == ["g000004"]


def test_a_reader_keeps_its_generation_until_it_is_through(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    engine = FolderEngine(tmp_path / "g")
    quads = engine.quads()
    first = next(quads)
    write(tmp_path / "g", records("a2", "a3"))
    assert "g000001" in generations(tmp_path / "g")
    found = {str(quad) for quad in (first, *quads)}
    assert not [quad for quad in found if "graph/article/a2" in quad]


def test_readers_in_many_threads(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    graph, errors, over = open_graph(tmp_path / "g"), list[object](), threading.Event()

    def ask() -> None:
        while not over.is_set():
            found = graph.query(COUNT)[0]["n"]
            if found not in (1, 2, 3, 4, 5):
                errors.append(found)

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for id_ in ("a2", "a3", "a4", "a5"):
        write(tmp_path / "g", records(id_))
    over.set()
    for thread in threads:
        thread.join()
    assert errors == []
    assert graph.query(COUNT) == [{"n": 5}]


def test_what_is_not_published_is_thrown_away(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    store = tmp_path / "g" / "store"
    with reading(store) as generation, pytest.raises(ZeroDivisionError), Workshop(store, generation) as workshop:
        workshop.rdf.clear()
        raise ZeroDivisionError
    assert generations(tmp_path / "g") == ["g000001"]
    verify(tmp_path / "g")


def test_a_generation_that_was_published_half_is_taken_away(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    store = tmp_path / "g" / "store"
    shutil.copytree(store / "g000001", store / "g000007")
    collect(store)
    assert generations(tmp_path / "g") == ["g000001"]


def test_files_are_shared_between_generations(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    graph = open_graph(tmp_path / "g")
    write(tmp_path / "g", records("a2"))
    store = tmp_path / "g" / "store"
    shared = {path.name for path in (store / "g000001" / "rdf").glob("*.sst")}
    assert shared & {path.name for path in (store / "g000002" / "rdf").glob("*.sst")}
    verify(tmp_path / "g")
    assert graph.query(COUNT) == [{"n": 2}]


def test_the_store_may_be_thrown_away(tmp_path: Path) -> None:
    write(tmp_path / "g", records())
    shutil.rmtree(tmp_path / "g" / "store")
    with pytest.raises(GraphError, match="the store is not there; make the store anew with: kg rebuild -g"):
        open_graph(tmp_path / "g")
    write(tmp_path / "g", [])
    assert open_graph(tmp_path / "g").query(COUNT) == [{"n": 5}]


@pytest.mark.parametrize("content", [b"", b"g1\n", b"nowhere", b"../../etc", b"\xff\xfe"])
def test_a_damaged_pointer_is_said(tmp_path: Path, content: bytes) -> None:
    write(tmp_path / "g", records("a1"))
    (tmp_path / "g" / "store" / "CURRENT").write_bytes(content)
    with pytest.raises(GraphError, match=r"CURRENT: .*kg rebuild"):
        current_name(tmp_path / "g" / "store")


def test_a_store_of_another_ledger_is_said(tmp_path: Path) -> None:
    write(tmp_path / "one", records("a1"))
    write(tmp_path / "other", records("a2"))
    shutil.rmtree(tmp_path / "one" / "store")
    shutil.copytree(tmp_path / "other" / "store", tmp_path / "one" / "store")
    with pytest.raises(GraphError, match=r"another ledger|damaged"):
        verify(tmp_path / "one")
    with pytest.raises(GraphError, match="damaged"):
        write(tmp_path / "one", records("a3"))


def test_a_ledger_that_lost_records_is_said(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    shutil.copytree(tmp_path / "g" / "ledger", tmp_path / "old")
    write(tmp_path / "g", records("a2"))
    shutil.rmtree(tmp_path / "g" / "ledger")
    shutil.copytree(tmp_path / "old", tmp_path / "g" / "ledger")
    for command in (lambda: verify(tmp_path / "g"), lambda: write(tmp_path / "g", records("a3"))):
        with pytest.raises(GraphError, match="2 records behind the store are missing"):
            command()


def test_the_lock_names_who_holds_it_and_ends_with_him(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with hold(lock):
        assert is_held(lock)
        with pytest.raises(GraphError, match=f"process {os.getpid()} is writing to it"), hold(lock):
            raise AssertionError("held twice")
    assert not is_held(lock)
    if sys.platform != "win32":
        child = os.fork()
        if child == 0:
            held = hold(lock)
            held.__enter__()
            os.kill(os.getpid(), 9)
        os.waitpid(child, 0)
        with hold(lock):
            pass


def test_a_read_only_folder_can_be_read(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    for path in (tmp_path / "g").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        assert open_graph(tmp_path / "g").query(COUNT) == [{"n": 1}]
        verify(tmp_path / "g")
    finally:
        for path in (tmp_path / "g").rglob("*"):
            path.chmod(0o755 if path.is_dir() else 0o644)


def test_a_seal_tells_sizes_and_digests_of_every_file(tmp_path: Path) -> None:
    write(tmp_path / "g", records("a1"))
    generation = check(tmp_path / "g" / "store" / "g000001", deep=True)
    on_disk = {path.relative_to(generation.path).as_posix() for path in generation.path.rglob("*") if path.is_file()}
    assert on_disk - generation.seal.files.keys() == {"SEAL", "readers"}
    assert generation.seal.position > START
    assert generation.number == 1
