"""Files, folders, globs and standard input become articles; a bad file costs one clear line and nothing else."""

import errno
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from kg.articles import iter_articles, read
from kg.articles.sources import LIMIT, READERS
from kg.errors import SourceError

ZH = "山东省与挪威签署合作协议\n来源：海岱新闻 2025-02-12 13:04\n2月11日，山东省与挪威签署环保合作协议。双方将共建海洋中心。"
EN = "Norway and Shandong sign pact\nOSLO, 12 May 2024 (Fjord Wire) – Norway and Shandong signed a pact on Sunday."
ARTICLE = {
    "id": "n-1",
    "title": "签约",
    "publisher": "海岱新闻",
    "published": "2025-02-12",
    "text": "山东与挪威签约。",
    "entities": [{"id": "e1", "name": "不该读到"}],
    "relations": [{"subject": "e1"}],
}


def write(folder: Path, name: str, content: str | bytes) -> str:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return str(path)


def line(**changes: object) -> str:
    return json.dumps({**ARTICLE, **changes}, ensure_ascii=False)


def test_a_plain_text_tells_its_title_publisher_and_day(tmp_path: Path) -> None:
    [zh] = read(write(tmp_path, "a.txt", ZH))
    assert (zh.id, zh.title, zh.publisher, zh.published, zh.language) == (
        "a",
        "山东省与挪威签署合作协议",
        "海岱新闻",
        "2025-02-12",
        "zh",
    )
    assert zh.text == ZH and zh.source == str(tmp_path / "a.txt")
    [en] = read(write(tmp_path, "b.md", EN))
    assert (en.title, en.publisher, en.published, en.language) == (
        "Norway and Shandong sign pact",
        "Fjord Wire",
        "2024-05-12",
        "en",
    )


def test_a_json_article_has_its_fields_and_its_annotations_are_never_looked_at(tmp_path: Path) -> None:
    [article] = read(write(tmp_path, "x.json", json.dumps(ARTICLE)))
    assert (article.id, article.title, article.publisher, article.published) == ("n-1", "签约", "海岱新闻", "2025-02-12")
    assert article.text == ARTICLE["text"]
    assert "不该读到" not in repr(article)


def test_json_comes_as_an_object_a_list_lines_and_in_any_encoding(tmp_path: Path) -> None:
    one, two = line(), line(id="n-2")
    assert [a.id for a in read(write(tmp_path, "a.json", f"[{one},{two}]"))] == ["n-1", "n-2"]
    assert [a.id for a in read(write(tmp_path, "b.json", f"{one}\n{two}\n"))] == ["n-1", "n-2"]
    assert [a.id for a in read(write(tmp_path, "c.jsonl", f"\ufeff{one}\r\n\r\n{two}"))] == ["n-1", "n-2"]
    assert [a.title for a in read(write(tmp_path, "d.json", one.encode("gb18030")))] == ["签约"]


def test_what_a_json_article_does_not_say_is_looked_for_in_its_text_and_not_made_up(tmp_path: Path) -> None:
    [stated] = read(write(tmp_path, "a.json", '{"text": "两地签约\\n来源：某网 2024-01-02\\n山东与挪威签约。"}'))
    assert (stated.id, stated.title, stated.publisher, stated.published) == ("a", "两地签约", "某网", "2024-01-02")
    [bare] = read(write(tmp_path, "b.json", '{"id": 7, "title": 8, "published": "soon", "text": "山东与挪威签约。"}'))
    assert (bare.id, bare.title, bare.publisher, bare.published, bare.url) == ("7", "山东与挪威签约。", "", None, None)


def test_a_folder_is_read_sorted_deep_and_without_what_is_hidden_or_about_it(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.txt", "a/c.json", ".hidden.txt", ".git/d.txt", "README.md", "SOURCES.md", "a/LICENSE.txt"):
        write(tmp_path, name, line(id=name) if name.endswith("json") else ZH + name)
    assert [Path(a.source).relative_to(tmp_path).as_posix() for a in read(tmp_path)] == ["a/c.json", "a/z.txt", "b.txt"]
    assert [a.id for a in read(tmp_path / "README.md")] == ["README"]


def test_a_glob_stands_for_its_files(tmp_path: Path) -> None:
    for name in ("x/a1.txt", "x/a2.txt", "y/b.txt"):
        write(tmp_path, name, ZH + name)
    assert [a.id for a in read(str(tmp_path / "*" / "a*.txt"))] == ["a1", "a2"]
    assert [a.id for a in read(str(tmp_path / "**" / "*.txt"))] == ["a1", "a2", "b"]
    with pytest.raises(SourceError, match="no file matches"):
        read(str(tmp_path / "*.none"))


def test_several_files_of_one_name_keep_apart_and_the_same_file_twice_is_one(tmp_path: Path) -> None:
    for folder in ("a", "b", "c"):
        write(tmp_path, f"{folder}/news.txt", ZH + ("" if folder == "c" else folder))
    write(tmp_path, "d/news.txt", ZH)
    ids = [a.id for a in read(tmp_path)]
    assert len(ids) == len(set(ids)) == 3 and ids[0] == "news" and all(i.startswith("news-") for i in ids[1:])
    assert len(read([tmp_path / "a" / "news.txt"] * 2)) == 1


MISSING = [
    ("missing.txt", "no such file or folder"),
    ("empty", "holds no article"),
    ("empty.txt", "empty"),
    ("blank.txt", "empty"),
    ("picture.txt", "PNG"),
    ("nul.txt", "binary"),
    ("broken.json", "not valid JSON: line 1"),
    ("number.json", "is no article"),
    ("notext.json", "has no text"),
    ("nolist.json", "holds no article"),
    ("deep.json", "not valid JSON"),
    ("cut.txt", "broken UTF-8 at byte"),
]
BAD = {
    "empty.txt": b"",
    "blank.txt": "\n \u3000\n".encode(),
    "picture.txt": b"\x89PNG\r\n\x1a\n" + bytes(50),
    "nul.txt": bytes(range(64)),
    "broken.json": b'{"id": "x", ',
    "number.json": b"3",
    "notext.json": b'{"id": "x", "text": ""}',
    "nolist.json": b"[]",
    "deep.json": b"[" * 200_000,
    "cut.txt": ZH.encode()[:-2],
}


@pytest.mark.parametrize(("name", "why"), MISSING)
def test_a_bad_source_that_is_the_only_one_is_an_error_of_one_line(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "empty").mkdir()
    for file, content in BAD.items():
        write(tmp_path, file, content)
    with pytest.raises(SourceError) as raised:
        read(tmp_path / name, on_problem=lambda problem: None)
    message = str(raised.value)
    assert name in message and why in message and "\n" not in message


def test_among_others_a_bad_file_is_reported_and_the_others_are_read(tmp_path: Path) -> None:
    for file, content in BAD.items():
        write(tmp_path, file, content)
    write(tmp_path, "good.txt", ZH)
    write(tmp_path, "scan.pdf", b"%PDF-")
    problems: list[SourceError] = []
    assert [a.id for a in read(tmp_path, on_problem=problems.append)] == ["good"]
    told = "\n".join(map(str, problems))
    assert all(name in told for name in (*BAD, ".pdf")) and len(problems) == len(BAD) + 1
    with pytest.raises(SourceError):
        read(tmp_path)


def test_a_format_that_is_not_read_is_mentioned_and_is_no_error(tmp_path: Path) -> None:
    write(tmp_path, "good.txt", ZH)
    write(tmp_path, "scan.pdf", b"%PDF-")
    problems: list[SourceError] = []
    assert len(read(tmp_path)) == len(read(tmp_path, on_problem=problems.append)) == 1
    assert [str(p) for p in problems] == [f"{tmp_path}: not read, no article format: 1 × .pdf"]


def test_where_nothing_could_be_read_the_first_reason_is_raised(tmp_path: Path) -> None:
    write(tmp_path, "a.txt", b"")
    write(tmp_path, "b.txt", b"")
    with pytest.raises(SourceError, match=r"no article could be read: .*a\.txt"):
        read(tmp_path, on_problem=lambda problem: None)


def test_a_bad_line_is_reported_with_its_number_and_the_other_lines_are_read(tmp_path: Path) -> None:
    path = write(tmp_path, "n.jsonl", "\n".join([line(), "{broken", line(id="n-3"), "[]", line(id="n-5", text="")]))
    problems: list[SourceError] = []
    assert [a.id for a in read(path, on_problem=problems.append)] == ["n-1", "n-3"]
    assert [str(p).split(": ")[0] for p in problems] == [f"{path}:{n}" for n in (2, 4, 5)]


STDIN = [
    (line() + "\n" + line(id="n-2") + "\n", ["n-1", "n-2"]),
    (json.dumps(ARTICLE, indent=1), ["n-1"]),
    (f"[{line()}]", ["n-1"]),
    (ZH, ["stdin"]),
    ("[Oslo] Norway and Denmark sign a pact.", ["stdin"]),
]


@pytest.mark.parametrize(("given", "ids"), STDIN)
def test_standard_input_is_json_lines_json_or_text(monkeypatch: pytest.MonkeyPatch, given: str, ids: list[str]) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(given.encode())))
    assert [a.id for a in read("-")] == ids


def test_a_file_of_an_unknown_extension_is_told_by_its_content(tmp_path: Path) -> None:
    assert [a.id for a in read(write(tmp_path, "a.dat", line()))] == ["n-1"]
    assert [a.id for a in read(write(tmp_path, "b.text", ZH))] == ["b"]


def test_lone_surrogates_of_json_do_not_get_in(tmp_path: Path) -> None:
    [article] = read(write(tmp_path, "x.json", '{"id": "x", "title": "\\ud800", "text": "山东\\udfff与挪威签约。"}'))
    assert article.text == "山东\ufffd与挪威签约。" and article.title == "\ufffd"
    assert article.digest


def test_a_file_that_is_too_large_says_so(tmp_path: Path) -> None:
    path = tmp_path / "huge.txt"
    with path.open("wb") as stream:
        stream.truncate(LIMIT + 1)
    with pytest.raises(SourceError, match="larger than 64 MiB"):
        read(path)


def test_a_file_that_may_not_be_read_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES))

    path = write(tmp_path, "secret.txt", ZH)
    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(SourceError, match=r"secret\.txt: cannot be read: Permission denied"):
        read(path)


def test_every_reader_has_a_format_of_its_own() -> None:
    assert set(READERS) == {".txt", ".md", ".json", ".jsonl", ".ndjson"}


def test_memory_does_not_grow_with_the_number_of_articles(tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    with path.open("w", encoding="utf-8") as stream:
        for number in range(8_000):
            stream.write(line(id=f"n-{number}", text=f"第{number}次会议上，山东与挪威签约。" * 5) + "\n")
    script = (
        "import resource, sys\nfrom itertools import islice\nfrom kg.articles import iter_articles\n"
        "articles = iter_articles(sys.argv[1])\nlist(islice(articles, 0, 2000, 1999))\n"
        "first = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\nrest = sum(1 for _ in articles)\n"
        "print(rest, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - first)"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    rest, grown = map(int, done.stdout.split())
    assert rest == 6_000 and grown < 8_000, f"{grown} KiB more for 6,000 articles"


def test_reading_is_lazy(tmp_path: Path) -> None:
    path = write(tmp_path, "n.jsonl", line() + "\n{broken")
    assert next(iter_articles(path)).id == "n-1"
