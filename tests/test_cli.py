"""The command line as a contract: what goes to stdout, what to stderr, and the exit code; bad input costs one clear line."""

from __future__ import annotations

import io
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg import cli
from kg.pipeline import make_recipe
from tests.graph import samples

TEXTS = {
    "a1": "青岛市与挪威签署了《海洋环保备忘录》。青岛市与韩国合作。",
    "a2": "青岛市与挪威签署了《海洋环保备忘录》。冰岛计划与山东省合作。",
    "a3": "华东化工公司与日本会谈。华东化工公司与芬兰会谈。",
}
Run = Callable[..., tuple[int, str, list[str]]]


@pytest.fixture(scope="session")
def graph(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A graph folder with real names, made without extraction. Tests that change it copy it."""
    folder = tmp_path_factory.mktemp("cli") / "g"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples, "recipe", make_recipe)
        samples.write(folder, [samples.record(id_, text) for id_, text in TEXTS.items()])
    return folder


@pytest.fixture
def kg(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command in this process: exit code, stdout, the lines of stderr."""

    def run(*arguments: object, stdin: str = "") -> tuple[int, str, list[str]]:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()), encoding="utf-8"))
        capfd.readouterr()
        code = cli.run([str(argument) for argument in arguments])
        out, err = capfd.readouterr()
        assert "Traceback" not in err
        return code, out, err.splitlines()

    return run


def start(*arguments: object, **options: object) -> subprocess.Popen[str]:
    """The real command in a process of its own."""
    return subprocess.Popen(
        [sys.executable, "-m", "kg", *map(str, arguments)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        **options,  # type: ignore[call-overload]
    )


# Answers


def test_partners_are_listed_in_both_languages(kg: Run, graph: Path) -> None:
    code, out, err = kg("query", "-g", graph, "partners", "-p", "of=青岛")
    assert (code, err) == (0, [])
    assert "挪威" in out and "Norway" in out and "韩国" in out
    assert "冰岛" not in out, "planned"


@pytest.mark.parametrize("name", ["挪威", "Norway", "norway", "NORWAY", "挪威王国", "Norge", "iso3166-1:NO", "id:norway"])
def test_an_entity_is_found_by_any_form_of_its_name(kg: Run, graph: Path, name: str) -> None:
    code, out, _ = kg("query", "-g", graph, "partners", "-p", f"of={name}")
    assert code == 0
    assert "青岛市" in out


def test_sparql_from_stdin_knows_the_prefixes(kg: Run, graph: Path) -> None:
    for question in ([], ["-"]):
        code, out, _ = kg("query", "-g", graph, *question, stdin="SELECT ?a ?b { ?a coop:agreement ?b }")
        assert code == 0
        assert out.count("id:norway") == 2


def test_a_question_from_a_file_with_and_without_header(kg: Run, graph: Path, tmp_path: Path) -> None:
    plain = tmp_path / "plain.rq"
    plain.write_text("SELECT (COUNT(*) AS ?n) { ?s a coop:Article }", encoding="utf-8-sig")
    assert "3" in kg("query", "-g", graph, plain)[1]
    headed = tmp_path / "headed.rq"
    text = (Path(cli.__file__).parent.parent / "ontology" / "queries" / "partners.rq").read_text(encoding="utf-8")
    headed.write_text(text, encoding="utf-8")
    assert "韩国" in kg("query", "-g", graph, headed, "-p", "of=青岛市")[1]


def test_regions_roll_up_to_their_countries_on_request_with_the_reason(kg: Run, graph: Path) -> None:
    code, out, _ = kg("query", "-g", graph, "country-roll-up")
    triples = {(str(t.subject), str(t.predicate), str(t.object)) for t in ox.parse(out, format=ox.RdfFormat.TURTLE)}
    ids = "<https://w3id.org/cooperation-kg/id/{}>".format
    cooperates = "<https://w3id.org/cooperation-kg/ontology#cooperates_with>"
    assert code == 0
    # The company that met Japan and Finland does not speak for China; what is only planned with Iceland does not count.
    assert {(s, o) for s, p, o in triples if p == cooperates} == {
        pair for other in ("norway", "south-korea") for pair in [(ids("china"), ids(other)), (ids(other), ids("china"))]
    }
    assert out.count('coop:rule "country-roll-up"') == 2 and "prov:wasDerivedFrom" in out
    _, rows, _ = kg("query", "-g", graph, "countries", "--format", "csv")
    assert [row.split(",")[1:6] for row in rows.splitlines()[1:]] == [
        ["中国", "China", "挪威", "Norway", "1"],
        ["中国", "China", "韩国", "South Korea", "1"],
    ]
    assert "country-roll-up" in kg("query", "-g", graph, "nothing-of-the-kind")[2][0]
    assert kg("query", "-g", graph, "country-roll-up", "-p", "of=挪威")[0] == 2


@pytest.mark.parametrize(
    ("form", "read"),
    [
        ("json", lambda text: ox.parse_query_results(text, format=ox.QueryResultsFormat.JSON)),
        ("xml", lambda text: ox.parse_query_results(text, format=ox.QueryResultsFormat.XML)),
        ("tsv", lambda text: ox.parse_query_results(text, format=ox.QueryResultsFormat.TSV)),
    ],
)
def test_answers_in_the_formats_of_the_w3c(kg: Run, graph: Path, form: str, read: Callable[[str], ox.QuerySolutions]) -> None:
    sparql = 'SELECT ?n ?q { BIND("a\\tb\\n\\"c\\"" AS ?q) { SELECT (COUNT(*) AS ?n) { ?s a coop:Article } } }'
    code, out, _ = kg("query", "-g", graph, "--format", form, "-", stdin=sparql)
    assert code == 0
    [row] = read(out)
    assert (row["n"].value, row["q"].value) == ("3", 'a\tb\n"c"')


def test_an_answer_as_csv_is_that_of_the_w3c(kg: Run, graph: Path) -> None:
    sparql = 'SELECT ?x ?y { VALUES (?x ?y) { ("=1+1" <urn:a>) ("a,b" UNDEF) } }'
    assert kg("query", "-g", graph, "--format", "csv", "-", stdin=sparql)[1] == 'x,y\r\n=1+1,urn:a\r\n"a,b",\r\n'


def test_a_construct_is_answered_in_turtle(kg: Run, graph: Path) -> None:
    sparql = "CONSTRUCT { ?a coop:agreement ?b } WHERE { ?a coop:agreement ?b }"
    for form in ("table", "turtle"):
        code, out, _ = kg("query", "-g", graph, "--format", form, "-", stdin=sparql)
        assert (code, len(list(ox.parse(out, format=ox.RdfFormat.TURTLE)))) == (0, 2)
    assert kg("query", "-g", graph, "--format", "json", "-", stdin="ASK { ?a coop:agreement ?b }")[1].strip().endswith("true}")


def test_explain_prints_the_sentence_and_who_printed_it(kg: Run, graph: Path) -> None:
    code, out, _ = kg("explain", "-g", graph, "青岛", "挪威")
    assert code == 0
    assert "“青岛市与挪威签署了《海洋环保备忘录》。”" in out
    assert "示例日报 · 2024-05-10" in out
    assert "co-signatories" in out


def test_what_an_article_says_cannot_steer_the_terminal(kg: Run, tmp_path: Path) -> None:
    text = "挪威与韩国会谈\x1b]0;\x07。"
    evil = samples.article("e", text)
    found = samples.claims(samples.article("e", "挪威与韩国会谈。"))[0]
    from dataclasses import replace

    from kg.graph.records import file_article
    from kg.model import Quote

    samples.write(tmp_path / "g", [file_article(evil, [replace(found, quote=Quote("e", 0, len(text), text))], "1")])
    out = kg("explain", "-g", tmp_path / "g", "挪威")[1]
    assert "\x1b" not in out and "\x07" not in out
    assert "␛]0;␇" in out


def test_every_export_is_written(kg: Run, graph: Path, tmp_path: Path) -> None:
    sizes = {}
    for form in cli.ExportFormat:
        path = tmp_path / form.value
        assert kg("export", "-g", graph, "--format", form.value, "-o", path)[0] == 0
        sizes[form.value] = path.stat().st_size
    assert len(sizes) == 13
    assert [form for form, size in sizes.items() if size < 1000] == ["jsonl-review"], "nothing is judged yet"


def test_the_canonical_export_is_sorted_and_always_the_same(graph: Path, tmp_path: Path) -> None:
    written = []
    for seed in ("1", "2"):
        process = start("export", "-g", graph, "--format", "nquads", env={**os.environ, "PYTHONHASHSEED": seed})
        out, err = process.communicate(timeout=60)
        assert (process.returncode, err) == (0, "")
        written.append(out)
    assert written[0] == written[1]
    assert written[0].splitlines() == sorted(set(written[0].splitlines()))


def test_the_questions_are_listed_at_a_terminal(
    kg: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stdin, "isatty", lambda: True, raising=False)
    capfd.readouterr()
    assert cli.run(["query"]) == 0
    assert "partners" in capfd.readouterr().out


def test_tables_keep_to_the_width_that_is_given(kg: Run, graph: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from rich.cells import cell_len

    monkeypatch.setenv("COLUMNS", "80")
    out = kg("query", "-g", graph, "partners", "-p", "of=青岛")[1]
    assert max(map(cell_len, out.splitlines())) <= 80


def test_verify_and_validate_say_that_all_is_well(kg: Run, graph: Path) -> None:
    assert kg("verify", "-g", graph)[0] == 0
    code, out, err = kg("validate", "-g", graph)
    assert (code, err) == (0, [])
    assert "conforms" in out


# Building


def write(folder: Path, **files: str | bytes) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        path = folder / name.replace("_", ".")
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def test_building_again_reads_nothing_again(kg: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "news", a_txt=TEXTS["a1"], b_txt=TEXTS["a2"])
    assert kg("build", source, "-o", tmp_path / "g")[0] == 0
    before = kg("export", "-g", tmp_path / "g", "--format", "nquads")[1]
    code, out, _ = kg("build", source, "-o", tmp_path / "g")
    assert code == 0
    assert "2    未变 unchanged" in out
    assert kg("export", "-g", tmp_path / "g", "--format", "nquads")[1] == before
    (source / "b.txt").write_text("今天没有消息。", encoding="utf-8")
    assert "1    变更 changed" in kg("build", source, "-o", tmp_path / "g")[1]
    assert kg("remove", "-g", tmp_path / "g", source / "b.txt")[0] == 0
    kg("build", source / "a.txt", "-o", tmp_path / "one")
    one = kg("export", "-g", tmp_path / "one", "--format", "nquads")[1]
    assert kg("export", "-g", tmp_path / "g", "--format", "nquads")[1] == one


def test_a_bad_file_is_reported_and_the_others_are_built(kg: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "news", a_txt=TEXTS["a1"], b_txt=bytes(range(256)) * 40, c_txt="", d_json="{", e_txt=TEXTS["a2"])
    code, out, err = kg("build", source, "-o", tmp_path / "g")
    assert code == 0
    assert "2  文章 articles in the graph" in out
    assert len(err) == 3
    assert [line for line in err if "b.txt" in line] and [line for line in err if "c.txt" in line] and "d.json" in "".join(err)


def test_claims_are_json_lines_as_the_contract_says(kg: Run, tmp_path: Path) -> None:
    text = "山东省与挪威签署了合作协议。"
    article = {"id": "x1", "title": "消息", "publisher": "示例日报", "published": "2024-05-10", "text": text}
    code, out, _ = kg("extract", "-", stdin=json.dumps(article))
    assert code == 0
    for line in out.splitlines():
        claim = json.loads(line)
        assert list(claim) == ["doc", "subject", "predicate", "object", "status", "date", "evidence", "rule", "confidence"]
        assert list(claim["subject"]) == list(claim["object"]) == ["name", "mention", "type"]
        evidence = claim["evidence"]
        assert text[evidence["start"] : evidence["end"]] == evidence["text"]
        assert claim["doc"] == "x1"


# Bad input: one clear line, the exit code, no traceback, nothing left behind

BAD = [
    (["build", "nowhere"], 2, "nowhere: there is no such file or folder"),
    (["build", "no*.txt"], 2, "no file matches"),
    (["build", "empty.txt"], 2, "empty.txt"),
    (["build", "binary.txt"], 2, "binary.txt"),
    (["build", "nothing"], 2, "holds no article"),
    (["build", "good.txt", "-o", "good.txt"], 2, "is a file"),
    (["build", "good.txt", "-o", "full"], 2, "is no graph folder and not empty"),
    (["build", "good.txt", "--base", "not an iri"], 2, "cannot be a base"),
    (["extract", "nowhere"], 2, "nowhere: there is no such file or folder"),
    (["extract", "good.txt", "--format", "yaml"], 2, "yaml"),
    (["query", "-g", "G", "nosuch"], 2, "there is no question “nosuch”"),
    (["query", "-g", "G", "partners"], 2, "needs of"),
    (["query", "-g", "G", "partners", "-p", "of"], 2, "is no parameter"),
    (["query", "-g", "G", "partners", "-p", "of=青岛", "-p", "x=1"], 2, "has no parameter x"),
    (["query", "-g", "G", "partners", "-p", "of=亚特兰蒂斯"], 1, "“亚特兰蒂斯” is not in the graph"),
    (["query", "-g", "G", "by-topic", "-p", "topic=无此主题"], 1, "there is no topic"),
    (["query", "-g", "G", "-"], 2, "SPARQL"),
    (["query", "-g", "G", "nowhere.rq"], 2, "nowhere.rq"),
    (["query", "-g", "G", "partners", "-p", "of=青岛", "--format", "turtle"], 2, "turtle"),
    (["explain", "-g", "G", "亚特兰蒂斯"], 1, "is not in the graph"),
    (["explain", "-g", "G", "芬兰", "冰岛"], 1, "nothing in the graph joins"),
    (["export", "-g", "G", "--format", "nquads", "-o", "nowhere/x"], 2, "nowhere/x: cannot be written"),
    (["export", "-g", "G", "--format", "nosuch"], 2, "nosuch"),
    (["remove", "-g", "G", "nosuch"], 1, "“nosuch” is no article"),
    (["diff", "G", "G@9"], 2, "has no build 9"),
    (["review", "-g", "G", "--read", "good.txt"], 2, "lacks the columns"),
    (["review", "-g", "G", "--read", "nowhere.csv"], 2, "cannot be read"),
    (["nosuch"], 2, "nosuch"),
    (["query", "--nosuch"], 2, "--nosuch"),
    *[([verb, *rest], 2, "is no graph folder; make one with: kg build") for verb, *rest in [
        ["query", "-g", "none", "partners", "-p", "of=a"], ["explain", "-g", "none", "a"], ["view", "-g", "none"],
        ["export", "-g", "none", "--format", "trig"], ["validate", "-g", "none"], ["verify", "-g", "none"],
        ["rebuild", "-g", "none"], ["remove", "-g", "none", "a"], ["gaps", "-g", "none"], ["review", "-g", "none"],
        ["diff", "none", "none"], ["review", "names", "-g", "none"], ["verify", "-g", "full"],
        ["query", "-g", "full", "planned"],
    ]],
]  # fmt: skip


@pytest.mark.parametrize(("arguments", "code", "said"), BAD, ids=[" ".join(case[0]) for case in BAD])
def test_bad_input_costs_one_clear_line(
    kg: Run, graph: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], code: int, said: str
) -> None:
    write(tmp_path, good_txt="青岛市与挪威合作。", empty_txt="", binary_txt=bytes(range(256)) * 40)
    write(tmp_path / "nothing", x_png=b"\x89PNG")
    write(tmp_path / "full", x_txt="x")
    monkeypatch.chdir(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    found, out, err = kg(
        *(word.replace("G", str(graph), 1) if word in ("G", "G@9") else word for word in arguments), stdin="SELECT {"
    )
    assert (found, out) == (code, "")
    assert len(err) == 1, err
    assert err[0].startswith("kg: ")
    assert said in err[0]
    assert sorted(tmp_path.rglob("*")) == before


def test_an_ambiguous_name_gets_its_candidates(kg: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(samples, "recipe", make_recipe)
    texts = {"p": "江苏省与江山合作。", "q": "江山与挪威签署了《江山》。"}
    samples.write(tmp_path / "g", [samples.record(id_, text) for id_, text in texts.items()])
    code, out, err = kg("explain", "-g", tmp_path / "g", "江山")
    assert (code, out, len(err)) == (1, "", 1)
    assert "“江山” could be: " in err[0]
    assert "Region" in err[0] and "Agreement" in err[0]
    [chosen] = [part.split(", ")[-1].rstrip(")") for part in err[0].split("; ") if "Agreement" in part]
    assert kg("explain", "-g", tmp_path / "g", chosen.split(")")[0])[0] == 0


@pytest.fixture
def listener() -> Iterator[tuple[str, list[bytes]]]:
    """An address on the loopback, and what was sent to it."""
    heard: list[bytes] = []
    server = socket.create_server(("127.0.0.1", 0))
    server.settimeout(0.1)
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            try:
                connection, _ = server.accept()
            except TimeoutError:
                continue
            heard.append(connection.recv(100))
            connection.close()

    thread = threading.Thread(target=listen)
    thread.start()
    yield f"http://127.0.0.1:{server.getsockname()[1]}/x", heard
    over.set()
    thread.join()
    server.close()


@pytest.mark.parametrize(
    "sparql",
    [
        "SELECT * { SERVICE <URL> { ?s ?p ?o } }",
        "SELECT * { SERVICE SILENT <URL> { ?s ?p ?o } }",
        "select*{service<URL>{?s ?p ?o}}",
        "SELECT * { BIND(<URL> AS ?u) SERVICE ?u { ?s ?p ?o } }",
        "LOAD <URL>",
        "SELECT * FROM <URL> { ?s ?p ?o }",
    ],
)
def test_no_query_reaches_another_machine(kg: Run, graph: Path, listener: tuple[str, list[bytes]], sparql: str) -> None:
    url, heard = listener
    kg("query", "-g", graph, "-", stdin=sparql.replace("URL", url))
    time.sleep(0.2)
    assert heard == []


# Processes


def test_whoever_has_read_enough_may_close_the_pipe(graph: Path) -> None:
    with start("export", "-g", graph, "--format", "nquads") as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == ""
        assert process.wait(30) == 0


def test_ctrl_c_is_one_line(graph: Path) -> None:
    # A test run in the background ignores SIGINT, and what it starts would too.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    with start("query", "-g", graph, "-") as process:
        signal.signal(signal.SIGINT, before)
        assert process.stdin is not None and process.stderr is not None
        until, maps = time.monotonic() + 30, Path(f"/proc/{process.pid}/maps")
        while "pyoxigraph" not in maps.read_text() and time.monotonic() < until:
            time.sleep(0.1)
        time.sleep(1)
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 2
        assert process.stderr.read() == "kg: stopped\n"


def test_a_bug_is_one_line_too(graph: Path) -> None:
    code = "import sys; from kg import cli; cli._open = None; sys.argv = ['kg', 'explain', 'x']; cli.main()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=False)
    assert done.returncode == 2
    assert done.stderr.startswith("kg: internal error at cli.py:") and done.stderr.count("\n") == 1


def test_an_ascii_locale_does_no_harm(graph: Path) -> None:
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    process = start("query", "-g", graph, "partners", "-p", "of=青岛", env=env)
    out, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    assert "挪威" in out


def test_claims_are_explained(kg: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "news", a_txt="5月9日，青岛市与挪威签署渔业合作协议。\n合作前景广阔。")
    code, out, err = kg("extract", "--explain", source)
    assert (code, err) == (0, [])
    assert "⟦青岛市⟧与⟦挪威⟧‹签署›" in out and "zh.sign" in out
    code, out, err = kg("gaps", source)
    assert (code, err) == (0, [])
    assert "no name] 合作前景广阔。" in out
