"""What the writer must know of every article without reading the ledger: one SQLite table beside each generation of the store.

For every article: what was read (digest), by which rules (extractor), where from, where its record stands in the ledger, and
its sketch. From the sketches' bands come the pairs that print the same text, and from the pairs the groups of reprints.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from kg.graph.ledger import Position
from kg.graph.records import ArticleRecord
from kg.graph.reprints import MEETINGS, SAME, bands, similarity

_SCHEMA = """
CREATE TABLE IF NOT EXISTS article (
    number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, digest TEXT NOT NULL, extractor TEXT NOT NULL, source TEXT NOT NULL,
    published TEXT NOT NULL, records INTEGER NOT NULL, segment INTEGER NOT NULL, offset INTEGER NOT NULL, sketch BLOB NOT NULL
);
CREATE TABLE IF NOT EXISTS band (value INTEGER, number INTEGER, PRIMARY KEY (value, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pair (one INTEGER, other INTEGER, PRIMARY KEY (one, other)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS article_source ON article (source);
"""
# An unknown day sorts behind every known one.
_NO_DAY = "9999"


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an article: its id, the digest of what was read, the extractor's version, and where it was read."""

    id: str
    digest: str
    extractor: str
    source: str


class ArticleTable:
    """The table of one generation; open it, use it, close it (a context manager)."""

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        """Open the table in a file, or make an empty one."""
        address = path.absolute().as_uri() + ("?mode=ro&immutable=1" if read_only else "")
        self._db = sqlite3.connect(address, uri=True, isolation_level=None)
        # The file belongs to a generation that is sealed as a whole, or thrown away: SQLite need not guard it by itself.
        self._db.executescript("PRAGMA cache_size = -65536; PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;")
        if not read_only:
            self._db.executescript(_SCHEMA)
        self._db.execute("BEGIN")

    def __enter__(self) -> ArticleTable:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Write everything to the file."""
        try:
            self._db.execute("COMMIT")
        finally:
            self._db.close()

    def get(self, id_: str) -> Known | None:
        """What is known of an article, by id."""
        row = self._db.execute("SELECT id, digest, extractor, source FROM article WHERE id = ?", [id_]).fetchone()
        return Known(*row) if row else None

    def __iter__(self) -> Iterator[Known]:
        for row in self._db.execute("SELECT id, digest, extractor, source FROM article ORDER BY id"):
            yield Known(*row)

    def __len__(self) -> int:
        [count] = self._db.execute("SELECT COUNT(*) FROM article").fetchone()
        return int(count)

    def position(self, id_: str) -> Position | None:
        """Where the record of an article stands in the ledger."""
        row = self._db.execute("SELECT records, segment, offset FROM article WHERE id = ?", [id_]).fetchone()
        return Position(*row) if row else None

    def put(self, record: ArticleRecord, position: Position) -> None:
        """Enter an article, in the place of what was known of it."""
        self.drop(record.id)
        cursor = self._db.execute(
            "INSERT INTO article VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                record.id,
                record.digest,
                record.extractor,
                record.source,
                record.published or _NO_DAY,
                position.records,
                position.segment,
                position.offset,
                record.sketch,
            ],
        )
        number = cursor.lastrowid
        self._db.executemany("INSERT OR IGNORE INTO band VALUES (?, ?)", ((band, number) for band in bands(record.sketch)))

    def drop(self, id_: str) -> None:
        """Take an article out, with its bands and pairs."""
        row = self._db.execute("SELECT number, sketch FROM article WHERE id = ?", [id_]).fetchone()
        if row is None:
            return
        number, sketch = row
        self._db.executemany("DELETE FROM band WHERE value = ? AND number = ?", ((band, number) for band in bands(sketch)))
        for (other,) in self._db.execute("SELECT other FROM pair WHERE one = ?", [number]).fetchall():
            self._db.execute("DELETE FROM pair WHERE one = ? AND other = ?", [other, number])
        self._db.execute("DELETE FROM pair WHERE one = ?", [number])
        self._db.execute("DELETE FROM article WHERE number = ?", [number])

    def pair(self, id_: str) -> None:
        """Find the articles that print the same text as this one, and remember the pairs both ways."""
        row = self._db.execute("SELECT number, sketch FROM article WHERE id = ?", [id_]).fetchone()
        if row is None:
            return
        number, sketch = row
        shared: Counter[int] = Counter()
        for band in bands(sketch):
            shared.update(other for (other,) in self._db.execute("SELECT number FROM band WHERE value = ?", [band]))
        for other in [other for other, count in shared.items() if count >= MEETINGS and other != number]:
            [found] = self._db.execute("SELECT sketch FROM article WHERE number = ?", [other]).fetchone()
            if similarity(sketch, found) >= SAME:
                self._db.executemany("INSERT OR IGNORE INTO pair VALUES (?, ?)", [(number, other), (other, number)])

    def neighbours(self, id_: str) -> list[str]:
        """The ids of the articles that pair with this one."""
        rows = self._db.execute(
            "SELECT b.id FROM article a JOIN pair ON one = a.number JOIN article b ON other = b.number WHERE a.id = ?", [id_]
        )
        return sorted(other for (other,) in rows)

    def originals(self, ids: Iterable[str]) -> dict[str, str | None]:
        """For every article of the groups that these belong to: the earliest of its group, None where it is that itself.

        A group is everything that pairs join. The earliest is the first by day of publication, then by id.
        """
        found: dict[str, str | None] = {}
        for id_ in ids:
            if id_ in found:
                continue
            group = {id_}
            queue = [id_]
            while queue:
                fresh = set(self.neighbours(queue.pop())) - group
                group |= fresh
                queue += fresh
            days = {member: self._published(member) for member in group}
            first = min(group, key=lambda member: (days[member], member))
            found |= {member: None if member == first else first for member in group}
        return found

    def _published(self, id_: str) -> str:
        row = self._db.execute("SELECT published FROM article WHERE id = ?", [id_]).fetchone()
        return str(row[0]) if row else _NO_DAY
