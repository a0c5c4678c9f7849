"""Sources → Articles: files, folders, globs and standard input, one article at a time.

    place (path, folder, glob, -) ──▶ file ──▶ reader by extension ──▶ record ──▶ Article

A reader takes a file and yields records; a record is the fields of one article, or the SourceError that stands in its place.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from kg.articles import dateline
from kg.articles.charset import decode
from kg.articles.reading import LANGUAGES, article_from_text
from kg.errors import SourceError
from kg.model import Article

STDIN = "-"
# The largest file that is taken into memory whole, and the longest line of a .jsonl file.
LIMIT = 64 * 1024 * 1024
# Files that speak about a folder; they are articles only where they are named themselves.
ABOUT = frozenset({"readme", "sources", "license", "licence", "notice", "changelog", "contributing", "copying", "authors"})

_JSON = re.compile(rb"\{|\[\s*(?:[{\]]|$)")

OnProblem = Callable[[SourceError], None]


class Stream(Protocol):
    """What a reader reads from: bytes, at most `size` of them where it is not negative."""

    def read(self, size: int = -1, /) -> bytes:
        """The next bytes."""
        ...

    def readline(self, size: int = -1, /) -> bytes:
        """The next line with its line feed, or a part of it."""
        ...


@dataclass(frozen=True, slots=True)
class Record:
    """The fields of one article before its text is repaired. `place` is where it was read (`news.jsonl:12`)."""

    place: str
    id: str
    text: str
    title: str | None = None
    publisher: str | None = None
    published: str | None = None
    language: str | None = None
    url: str | None = None


Reader = Callable[[Stream, str, str], Iterator[Record | SourceError]]


def read_text(stream: Stream, place: str, stem: str) -> Iterator[Record | SourceError]:
    """A plain text: one article, its title in its first line."""
    yield Record(place, stem, decode(_whole(stream, place), place).text)


def read_json(stream: Stream, place: str, stem: str) -> Iterator[Record | SourceError]:
    """A JSON article, or a list of them; JSON lines are taken too."""
    text = decode(_whole(stream, place), place).text
    try:
        data = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        lines = text.split("\n")
        if _is_object(lines[0]) and len(lines) > 1:
            yield from _json_lines((line.encode("utf-8", "replace") for line in lines), place)
            return
        raise SourceError(f"{place}: is not valid JSON: {_why(error)}") from error
    if isinstance(data, list):
        if not data:
            raise SourceError(f"{place}: the list holds no article")
        yield from (_record(item, f"{place}[{i}]", f"{stem}-{i}") for i, item in enumerate(data))
    else:
        yield _record(data, place, stem)


def read_jsonl(stream: Stream, place: str, stem: str) -> Iterator[Record | SourceError]:
    """JSON articles, one a line, read line by line."""
    yield from _json_lines(_lines(stream), place)


def read_any(stream: Stream, place: str, stem: str) -> Iterator[Record | SourceError]:
    """JSON lines, JSON or plain text, told by how it begins."""
    first = stream.readline(LIMIT)
    rest = _Chained(first, stream)
    start = first.lstrip(b"\xef\xbb\xbf \t\r\n")
    if start.startswith(b"{") and _is_object(first):
        yield from read_jsonl(rest, place, stem)
    elif _JSON.match(start):
        yield from read_json(rest, place, stem)
    else:
        yield from read_text(rest, place, stem)


READERS: dict[str, Reader] = {
    ".txt": read_text,
    ".md": read_text,
    ".json": read_json,
    ".jsonl": read_jsonl,
    ".ndjson": read_jsonl,
}


def iter_articles(
    sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], on_problem: OnProblem | None = None
) -> Iterator[Article]:
    """The articles of the sources, one at a time and in a fixed order; memory does not grow with their number.

    A source is a file, a folder (with all its folders, in sorted order, hidden files left out), a glob or `-` (standard
    input). Raises SourceError for a source that is missing, for a folder without articles, and for a file that cannot be read
    where it is the only one; with several files `on_problem` is told of it and the others are read. Without `on_problem`
    every problem is raised.
    """
    problems = _Problems(on_problem)
    given = [sources] if isinstance(sources, str | os.PathLike) else list(sources)
    files = [file for source in given for file in _expand(os.fspath(source), problems)]
    seen: dict[str, str] = {}
    for path, place in files:
        try:
            for item in _open(path, place):
                if isinstance(item, SourceError):
                    problems.tell(item)
                    continue
                try:
                    article = _article(item, seen)
                except SourceError as problem:
                    problems.tell(problem)
                    continue
                if article is not None:
                    problems.release()
                    yield article
        except SourceError as problem:
            problems.tell(problem)
    problems.close()


class _Problems:
    """What could not be read: told as it comes, but held back as long as nothing was read at all.

    So a single bad source raises its own error, and is not told twice.
    """

    def __init__(self, on_problem: OnProblem | None) -> None:
        self._on_problem = on_problem
        self._held: list[SourceError] = []
        self._failed: list[SourceError] = []
        self._reading = False

    def tell(self, problem: SourceError) -> None:
        """An article is lost."""
        if self._on_problem is None:
            raise problem
        self._failed = self._failed or [problem]
        self.mention(problem)

    def mention(self, problem: SourceError) -> None:
        """Nothing is lost that was meant to be read."""
        if not self._reading:
            self._held.append(problem)
        elif self._on_problem is not None:
            self._on_problem(problem)

    def release(self) -> None:
        """Something was read: what was held back is told."""
        if not self._reading:
            self._reading = True
            for problem in self._held:
                self.mention(problem)
            self._held.clear()

    def close(self) -> None:
        """All was tried: if nothing was read, that is the error."""
        if self._reading or not self._failed:
            return
        if len(self._held) == 1:
            raise self._failed[0]
        self.release()
        raise SourceError(f"no article could be read: {self._failed[0]}")


def read(
    sources: str | os.PathLike[str] | Iterable[str | os.PathLike[str]], *, on_problem: OnProblem | None = None
) -> list[Article]:
    """All articles of the sources as a list; see `iter_articles` for what a source is and what is raised."""
    return list(iter_articles(sources, on_problem))


def _expand(source: str, problems: _Problems) -> list[tuple[str, str]]:
    """The files a source stands for, each with the name it is reported under."""
    if source == STDIN:
        return [(STDIN, "standard input")]
    path = Path(source)
    if path.is_dir():
        return _walk(path, problems)
    if path.exists():
        return [(source, source)]
    if any(mark in source for mark in "*?["):
        found = _glob(source)
        if found:
            return [(name, name) for name in found]
        raise SourceError(f"{source}: no file matches")
    raise SourceError(f"{source}: there is no such file or folder")


def _glob(pattern: str) -> list[str]:
    anchor = Path(pattern).anchor
    relative = str(Path(pattern).relative_to(anchor)) if anchor else pattern
    return sorted(str(path) for path in Path(anchor).glob(relative) if path.is_file())


def _walk(folder: Path, problems: _Problems) -> list[tuple[str, str]]:
    found: list[str] = []
    other: dict[str, int] = {}
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(names):
            path = Path(root, name)
            if name.startswith(".") or not path.is_file() or path.stem.lower() in ABOUT:
                continue
            if path.suffix.lower() in READERS:
                found.append(str(path))
            else:
                other[path.suffix or name] = other.get(path.suffix or name, 0) + 1
    if not found:
        raise SourceError(f"{folder}: the folder holds no article ({', '.join(READERS)})")
    if other:
        kinds = ", ".join(f"{count} × {suffix}" for suffix, count in sorted(other.items()))
        problems.mention(SourceError(f"{folder}: not read, no article format: {kinds}"))
    return [(name, name) for name in sorted(found)]


def _open(path: str, place: str) -> Iterator[Record | SourceError]:
    if path == STDIN:
        yield from read_any(sys.stdin.buffer, place, "stdin")
        return
    reader = READERS.get(Path(path).suffix.lower(), read_any)
    try:
        with Path(path).open("rb") as stream:
            yield from reader(stream, place, Path(path).stem)
    except OSError as error:
        raise SourceError(f"{place}: cannot be read: {error.strerror}") from error


def _article(record: Record, seen: dict[str, str]) -> Article | None:
    """The Article of a record; None where the same text under the same id was read before."""
    digest = hashlib.sha256(record.text.encode("utf-8", "replace")).hexdigest()[:16]
    name = record.id
    if seen.get(name) == digest:
        return None
    if name in seen:
        name = f"{name}-{digest[:8]}"
        if name in seen:
            return None
    seen[name] = digest
    return article_from_text(
        record.text,
        id=name,
        title=record.title,
        publisher=record.publisher,
        published=record.published,
        language=record.language,
        url=record.url,
        source=record.place,
    )


def _whole(stream: Stream, place: str) -> bytes:
    data = stream.read(LIMIT + 1)
    if len(data) > LIMIT:
        raise SourceError(f"{place}: is larger than {LIMIT >> 20} MiB: split it, or give its articles as .jsonl, one a line")
    return data


def _lines(stream: Stream) -> Iterator[bytes]:
    while line := stream.readline(LIMIT + 1):
        yield line


def _json_lines(lines: Iterable[bytes], place: str) -> Iterator[Record | SourceError]:
    cut = False
    for number, line in enumerate(lines, 1):
        here = f"{place}:{number}"
        ends = line.endswith(b"\n")
        if len(line) > LIMIT or cut:
            if not cut:
                yield SourceError(f"{here}: the line is longer than {LIMIT >> 20} MiB")
            cut = not ends and len(line) > LIMIT
            continue
        if not line.strip(b"\xef\xbb\xbf \t\r\n"):
            continue
        try:
            data = json.loads(decode(line, here).text)
        except SourceError as problem:
            yield problem
        except (json.JSONDecodeError, RecursionError) as error:
            yield SourceError(f"{here}: is not valid JSON: {_why(error)}")
        else:
            yield _record(data, here, f"{Path(place).stem}-{number}")


def _record(data: object, place: str, stem: str) -> Record | SourceError:
    """One JSON article; fields that are no strings are as good as missing. Annotations are never looked at."""
    if not isinstance(data, dict):
        return SourceError(f"{place}: is no article: a JSON object with id, title and text is expected")
    text = data.get("text")
    if not isinstance(text, str) or not text.strip():
        return SourceError(f"{place}: has no text: an article needs the field “text”")

    def field(name: str) -> str | None:
        value = data.get(name)
        return value.strip() or None if isinstance(value, str) else None

    id_ = data.get("id")
    language = field("lang") or field("language") or ""
    published = field("published")
    return Record(
        place,
        str(id_).strip() if isinstance(id_, str | int) and str(id_).strip() else stem,
        text,
        field("title"),
        field("publisher"),
        dateline.find_date(published) if published else None,
        language[:2].lower() if language[:2].lower() in LANGUAGES else None,
        field("url"),
    )


def _is_object(line: str | bytes) -> bool:
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _why(error: Exception) -> str:
    return f"line {error.lineno}: {error.msg}" if isinstance(error, json.JSONDecodeError) else "it is nested too deep"


class _Chained:
    """A stream whose first line was read already."""

    def __init__(self, first: bytes, rest: Stream) -> None:
        self._first, self._rest = first, rest

    def read(self, size: int = -1, /) -> bytes:
        first, self._first = self._first, b""
        return first + self._rest.read(size - len(first) if size >= 0 else -1)

    def readline(self, size: int = -1, /) -> bytes:
        first, self._first = self._first, b""
        return first or self._rest.readline(size)
