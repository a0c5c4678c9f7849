"""Answers kept for those who ask the same again. A generation never changes, so an answer holds as long as its generation."""

from __future__ import annotations

import re
from collections import OrderedDict

from kg.server.frames import Message
from kg.server.pool import Answer
from kg.server.settings import MIB

ROOM = 64 * MIB
_LARGEST = MIB // 4
# Functions that give something else each time. A word that only ends like one costs no more than the keeping.
_FLEETING = re.compile(r"(?:NOW|RAND|UUID)\s*[(#]", re.IGNORECASE)
_OVERHEAD = 500


class Answers:
    """The answers of late, in so many bytes; the one not asked for longest goes first."""

    def __init__(self, room: int = ROOM) -> None:
        self._room = room
        self._generation = ""
        self._kept: OrderedDict[tuple[object, ...], Answer] = OrderedDict()
        self.size = 0

    def find(self, generation: str, job: Message) -> Answer | None:
        """What the job gave before, from the same generation."""
        if generation != self._generation:
            return None
        key = _key(job)
        answer = self._kept.get(key)
        if answer is not None:
            self._kept.move_to_end(key)
        return answer

    def keep(self, generation: str, job: Message, answer: Answer) -> None:
        """Keep an answer that was given whole, is small, and would be the same the next time."""
        if answer.reason or len(answer.body) > _LARGEST or _FLEETING.search(str(job.get("sparql", ""))):
            return
        if generation != self._generation:
            self._generation, self.size = generation, 0
            self._kept.clear()
        key = _key(job)
        if key not in self._kept:
            self._kept[key] = answer
            self.size += _size(key, answer)
        while self.size > self._room:
            self.size -= _size(*self._kept.popitem(last=False))


def _key(job: Message) -> tuple[object, ...]:
    return tuple(tuple(value) if isinstance(value, list) else value for value in job.values())


def _size(key: tuple[object, ...], answer: Answer) -> int:
    return _OVERHEAD + len(answer.body) + 4 * sum(len(part) for part in key if isinstance(part, str | tuple))
