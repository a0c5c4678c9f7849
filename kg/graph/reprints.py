"""Which articles print the same text: MinHash sketches over character 3-grams, compared where a band of them is equal.

A sketch is 256 bytes. One hash is taken of every 3-gram; its upper bits choose the place, and of the hashes of one place the
least is kept (one-permutation hashing). Empty places of short texts borrow from their neighbours. All hashing is fixed, so
that every machine makes the same sketch.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator
from operator import eq

from kg.model import Article, ParagraphKind

PLACES = 256
# 25 bands of 10 places, two of which must meet: of pairs that share 90 % of their 3-grams all do, of 85 % 97 in 100, of 45 %
# (two pieces in the phrases of one office) 4 in 100,000. With one it were 99 and 850, and the work would grow with the corpus.
ROWS = 10
MEETINGS = 2
# Reprints with another headline, source line or shortened end keep more than this share; two reports of one event do not.
SAME = 0.75


def sketch(article: Article) -> bytes:
    """The sketch of an article's prose, boilerplate and white space apart."""
    parts = (article.clean[p.start : p.end] for p in article.paragraphs if p.kind is not ParagraphKind.BOILERPLATE)
    return sketch_text("".join("".join(part.split()) for part in parts))


def sketch_text(text: str) -> bytes:
    """The sketch of a text: 256 bytes; of a text without a 3-gram none."""
    least = [-1] * PLACES
    for gram in {text[i : i + 3] for i in range(len(text) - 2)}:
        # crc32 alone is linear; the multiplication mixes its bits, so that place and value are independent.
        value = zlib.crc32(gram.encode("utf-8", "surrogatepass")) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        place = value >> 56
        rest = value >> 8 & 0xFFFFFFFFFFFF
        if least[place] < 0 or rest < least[place]:
            least[place] = rest
    if max(least) < 0:
        return b""
    return bytes(_filled(least, place) & 0xFF for place in range(PLACES))


def _filled(least: list[int], place: int) -> int:
    """The value of a place, or of the next one that has any, told apart by the distance."""
    distance = 0
    while least[(place + distance) % PLACES] < 0:
        distance += 1
    return least[(place + distance) % PLACES] + distance * 0x9E3779B1 if distance else least[place]


def bands(sketch_: bytes) -> Iterator[int]:
    """The bands of a sketch as signed 64-bit numbers; articles that share fewer than `MEETINGS` are not compared."""
    for start in range(0, len(sketch_) - ROWS + 1, ROWS):
        key = bytes([start // ROWS]) + sketch_[start : start + ROWS]
        yield int.from_bytes(hashlib.blake2b(key, digest_size=8).digest(), "big", signed=True)


def similarity(left: bytes, right: bytes) -> float:
    """The estimated share of 3-grams that two sketches have in common, 0 to 1."""
    if not left or not right:
        return 0.0
    # Two different hashes have the same low byte once in 256 times.
    equal: float = sum(map(eq, left, right)) / PLACES
    return max(0.0, (equal - 1 / 256) * 256 / 255)
