"""The truth of a graph folder: an append-only chain of records, from which everything else is made.

    ledger/000001.jsonl     <sha-256 of the link before and this record> <record as JSON>
    ledger/000002.jsonl     …a new segment every 64 MiB; the chain runs on
    ledger/HEAD             what is acknowledged: the size of every segment and the last link of the chain

A record is acknowledged when its segment and then HEAD are on disk (fsync). What stands behind the acknowledged end is the
unfinished append of a process that died: a writer cuts it off and says so. Anything else that does not fit HEAD and the
chain is damage, and is reported with file and byte.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from kg.errors import GraphError
from kg.graph.files import replace_file, sync, sync_folder, writing
from kg.graph.records import FORMAT, Opening, Record, from_json, to_json

SEGMENT_BYTES = 64 * 1024 * 1024
_LINK = 64
_FIRST_LINK = "0" * _LINK


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place between two records: the number of records before it, and where the next begins (segment from 1, byte)."""

    records: int
    segment: int
    offset: int


START = Position(0, 1, 0)


@dataclass(frozen=True, slots=True)
class Head:
    """What is acknowledged: the segments' sizes in bytes, the number of records, the last link of the chain."""

    sizes: tuple[int, ...]
    records: int
    link: str

    @property
    def end(self) -> Position:
        """Behind the last acknowledged record."""
        return Position(self.records, len(self.sizes), self.sizes[-1])


@dataclass(frozen=True, slots=True)
class Entry:
    """A record and where it stands."""

    record: Record
    start: Position
    end: Position


class Ledger:
    """The ledger of one folder, to be read by any number of processes and written by the one that holds the folder's lock."""

    def __init__(self, folder: Path) -> None:
        """Open a ledger; its size is compared with HEAD. Raises GraphError when there is none or when it is damaged."""
        self.folder = folder
        self.head = _read_head(folder)
        for number, size in enumerate(self.head.sizes, 1):
            found = _size(self._segment(number))
            if found is None:
                raise _damage(self._segment(number), 0, "the file is missing")
            if found < size:
                raise _damage(self._segment(number), found, f"it ends here, and {size - found} bytes are missing")
            if found > size and number < len(self.head.sizes):
                raise _damage(self._segment(number), size, f"{found - size} bytes follow that were never written here")

    @classmethod
    def create(cls, folder: Path, base: str) -> Ledger:
        """A new ledger, which appears in one step. Raises GraphError."""
        beside = folder.with_name(folder.name + ".new")
        with writing(folder.parent):
            shutil.rmtree(beside, ignore_errors=True)
            beside.mkdir(parents=True)
            (beside / "000001.jsonl").touch()
            _write_head(beside, Head((0,), 0, _FIRST_LINK))
        with Appender(cls(beside)) as appender:
            appender.append(Opening(base))
            appender.commit()
        with writing(folder.parent):
            beside.rename(folder)
            sync_folder(folder.parent)
        return cls(folder)

    @cached_property
    def base(self) -> str:
        """The base under which the graph's IRIs are minted."""
        first = self.record_at(START)
        if not isinstance(first, Opening):
            raise _damage(self._segment(1), 0, "it does not begin as a ledger does")
        return first.base

    def entries(self, since: Position = START, link: str | None = None) -> Iterator[Entry]:
        """The acknowledged records from a position on, each checked against the chain.

        `link` is the chain's link at `since`, where it is known; without it the first record's own link is believed. Raises
        GraphError that names file and byte at the first record that is damaged.
        """
        known = _FIRST_LINK if since == START else link
        records = since.records
        for number in range(since.segment, len(self.head.sizes) + 1):
            path, offset = self._segment(number), since.offset if number == since.segment else 0
            for line in _lines(path, offset, self.head.sizes[number - 1]):
                stated, payload = _split(line)
                if stated is None or (known is not None and stated != _next_link(known, payload)):
                    raise _damage(path, offset, "the record is not the one that was written")
                known = stated
                try:
                    record = from_json(payload)
                except ValueError as error:
                    raise _damage(path, offset, f"the record cannot be read ({error})") from error
                start = Position(records, number, offset)
                offset += len(line)
                records += 1
                yield Entry(record, start, Position(records, number, offset))
        if (records, known) != (self.head.records, self.head.link) and known is not None:
            raise _damage(self.folder / "HEAD", 0, f"it tells of {self.head.records} records, the segments hold {records}")

    def record_at(self, position: Position) -> Record:
        """The record that begins at a position."""
        path = self._segment(position.segment)
        with path.open("rb") as stream:
            stream.seek(position.offset)
            line = stream.readline()
        try:
            return from_json(_split(line)[1])
        except ValueError as error:
            raise _damage(path, position.offset, f"the record cannot be read ({error})") from error

    def _segment(self, number: int) -> Path:
        return self.folder / f"{number:06}.jsonl"


class Appender:
    """The writing end of a ledger: `append` records, then `commit` to acknowledge them. Use it as a context manager."""

    def __init__(self, ledger: Ledger, segment_bytes: int = SEGMENT_BYTES) -> None:
        """Cut off what an interrupted process left behind the acknowledged end; `cut` is how many bytes that were."""
        self.ledger = ledger
        self.segment_bytes = segment_bytes
        self.cut = _cut_tail(ledger)
        head = ledger.head
        self._sizes, self._records, self._link = list(head.sizes), head.records, head.link
        self._stream: IO[bytes] = self._open()

    def append(self, record: Record) -> Position:
        """Write a record behind the last; it counts once it is committed. What you get is where it begins."""
        payload = to_json(record)
        with writing(self.ledger.folder):
            if self._sizes[-1] >= self.segment_bytes:
                self._roll()
            position = Position(self._records, len(self._sizes), self._sizes[-1])
            link = _next_link(self._link, payload)
            line = link.encode("ascii") + b" " + payload + b"\n"
            self._stream.write(line)
        self._link = link
        self._sizes[-1] += len(line)
        self._records += 1
        return position

    def commit(self) -> None:
        """Acknowledge everything appended: it is on disk when this returns."""
        head = Head(tuple(self._sizes), self._records, self._link)
        if head == self.ledger.head:
            return
        with writing(self.ledger.folder):
            sync(self._stream)
            _write_head(self.ledger.folder, head)
        self.ledger.head = head

    def __enter__(self) -> Appender:
        return self

    def __exit__(self, *_: object) -> None:
        # What was not committed stays behind the acknowledged end, for the next writer to cut off. On a full disk even
        # closing fails, with nothing lost.
        with writing(self.ledger.folder):
            self._stream.close()

    def _open(self) -> IO[bytes]:
        with writing(self.ledger.folder):
            return self.ledger._segment(len(self._sizes)).open("ab")

    def _roll(self) -> None:
        sync(self._stream)
        self._stream.close()
        self._sizes.append(0)
        self._stream = self._open()
        sync_folder(self.ledger.folder)


def recover_head(folder: Path, at_least: Position | None) -> Ledger:
    """Write HEAD anew from segments whose chain is whole to the last byte. Raises GraphError where it is not.

    `at_least` is a position that is known to have been acknowledged: a ledger that ends before it has lost records.
    """
    segments = sorted(folder.glob("[0-9][0-9][0-9][0-9][0-9][0-9].jsonl"))
    if not segments:
        raise GraphError(f"{folder}: no segment of the ledger is left; put back a copy of it")
    sizes = tuple(path.stat().st_size for path in segments)
    link, records = _FIRST_LINK, 0
    for path, size in zip(segments, sizes, strict=True):
        offset = 0
        for line in _lines(path, 0, size):
            stated, payload = _split(line)
            if stated is None or stated != _next_link(link, payload):
                raise _damage(path, offset, "the record is not the one that was written")
            link, records, offset = stated, records + 1, offset + len(line)
    head = Head(sizes, records, link)
    if at_least is not None and head.end < at_least:
        raise _damage(segments[-1], sizes[-1], f"{at_least.records - records} records that were here are missing")
    with writing(folder):
        _write_head(folder, head)
    return Ledger(folder)


def _cut_tail(ledger: Ledger) -> int:
    """Cut off what stands behind the acknowledged end; how many bytes that were."""
    cut = 0
    number, size = len(ledger.head.sizes), ledger.head.sizes[-1]
    with writing(ledger.folder):
        last = ledger._segment(number)
        if (found := last.stat().st_size) > size:
            cut += found - size
            with last.open("r+b") as stream:
                stream.truncate(size)
                sync(stream)
        while (extra := ledger._segment(number := number + 1)).exists():
            cut += extra.stat().st_size
            extra.unlink()
    return cut


def _lines(path: Path, offset: int, size: int) -> Iterator[bytes]:
    """The lines of a segment from a byte on, up to its acknowledged size."""
    try:
        with path.open("rb") as stream:
            stream.seek(offset)
            while offset < size:
                line = stream.readline(size - offset)
                if not line:
                    raise _damage(path, offset, "it ends here")
                offset += len(line)
                yield line
    except OSError as error:
        raise _damage(path, offset, f"it cannot be read: {error.strerror}") from error


def _split(line: bytes) -> tuple[str | None, bytes]:
    """The link and the record of a line; None for the link where the line is not whole."""
    whole = line[_LINK : _LINK + 1] == b" " and line.endswith(b"\n")
    return line[:_LINK].decode("ascii", "replace") if whole else None, line[_LINK + 1 : -1]


def _read_head(folder: Path) -> Head:
    path = folder / "HEAD"
    try:
        stated, _, payload = path.read_bytes().partition(b" ")
    except FileNotFoundError:
        if folder.exists() or (folder.parent / "store").exists():
            raise _damage(path, 0, "the file is missing") from None
        raise GraphError(f"{folder.parent}: is no graph folder; make one with: kg build SOURCE -o {folder.parent}") from None
    except OSError as error:
        raise GraphError(f"{path}: cannot be read: {error.strerror}") from error
    if stated.decode("ascii", "replace") != hashlib.sha256(payload).hexdigest():
        raise _damage(path, 0, "its checksum does not fit")
    data = json.loads(payload)
    if data.pop("format") != FORMAT:
        raise GraphError(f"{path}: was written by another version of this program; install that one, or build a new folder")
    return Head(tuple(data["sizes"]), data["records"], data["link"])


def _write_head(folder: Path, head: Head) -> None:
    payload = json.dumps({"format": FORMAT, **asdict(head)}).encode("ascii") + b"\n"
    replace_file(folder / "HEAD", hashlib.sha256(payload).hexdigest().encode("ascii") + b" " + payload)


def _next_link(link: str, payload: bytes) -> str:
    return hashlib.sha256(link.encode("ascii") + payload).hexdigest()


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return None
    except OSError as error:
        raise GraphError(f"{path}: cannot be read: {error.strerror}") from error


def _damage(path: Path, offset: int, why: str) -> GraphError:
    return GraphError(f"{path}: damaged at byte {offset}: {why}; see what is whole with: kg verify, or put back a copy")
