"""Files that survive a kill and a power cut, and the lock that lets one process write.

Everything here is about bytes on disk; it knows nothing of articles or RDF.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from kg.errors import GraphError

# How RocksDB and SQLite say that there is no room.
_FULL = ("No space left", "File too large", "Disk quota exceeded", "disk is full", "disk I/O error")


def replace_file(path: Path, content: bytes) -> None:
    """Put a file in one step: whoever reads it sees the old content or the new one, whole and on disk."""
    beside = path.with_name(path.name + ".new")
    with beside.open("wb") as stream:
        stream.write(content)
        sync(stream)
    beside.replace(path)
    sync_folder(path.parent)


def sync(stream: IO[bytes]) -> None:
    """Everything written to the stream is on disk when this returns."""
    stream.flush()
    os.fsync(stream.fileno())


def sync_folder(folder: Path) -> None:
    """The folder's list of names is on disk when this returns (Windows does that by itself)."""
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


@contextmanager
def writing(folder: Path) -> Iterator[None]:
    """Inside, what the disk refuses becomes one GraphError that says what to do."""
    try:
        yield
    except OSError as error:
        raise refused(folder, error) from error


def refused(folder: Path, error: Exception) -> GraphError:
    """The GraphError for what a disk refused, whether Python tells of it or one of the databases."""
    text = " ".join(str(error).split())
    number = error.errno if isinstance(error, OSError) else None
    if number in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG) or any(words in text for words in _FULL):
        return GraphError(f"{folder}: the disk is full; what was there is safe: make room and run the same command again")
    place = (error.filename if isinstance(error, OSError) else None) or folder
    why = (error.strerror if isinstance(error, OSError) else None) or text[:200]
    return GraphError(f"{place}: {why}; what was there is safe: put that right and run the same command again")


@contextmanager
def hold(path: Path, *, shared: bool = False) -> Iterator[None]:
    """Hold the lock that a file stands for while inside; it ends with the process, however that dies.

    An exclusive holder's process id stands in the file. Raises GraphError that names it when another holds the lock.
    """
    try:
        stream = path.open("rb") if shared else path.open("a+b")
    except OSError as error:
        raise refused(path.parent, error) from error
    with stream:
        if not _lock(stream, shared):
            stream.seek(0)
            holder = stream.read(32).decode("ascii", "replace").strip()
            raise GraphError(f"{path.parent}: process {holder or '?'} is writing to it; wait for it to end, or end it")
        if not shared:
            stream.seek(0)
            stream.truncate()
            stream.write(f"{os.getpid()}\n".encode("ascii"))
            stream.flush()
        try:
            yield
        finally:
            if not shared:
                with suppress(OSError):
                    stream.truncate(0)


def is_held(path: Path) -> bool:
    """Whether any process holds the lock."""
    try:
        with path.open("rb") as stream:
            return not _lock(stream, shared=False)
    except OSError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _lock(stream: IO[bytes], shared: bool) -> bool:
        # A byte far behind the content, so that the process id stays readable. Windows knows no shared lock here, so readers
        # do without: an open file cannot be removed there anyway.
        if shared:
            return True
        stream.seek(1 << 30)
        try:
            msvcrt.locking(stream.fileno(), msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _lock(stream: IO[bytes], shared: bool) -> bool:
        try:
            fcntl.flock(stream, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in (errno.EWOULDBLOCK, errno.EACCES):
                return False
            raise
        return True
