"""What the tagger sees of a Chinese text: one column of small integers per kind of observation, one row per character."""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from functools import cache
from itertools import takewhile

import numpy as np
import rjieba
from numpy.typing import NDArray

from kg.extraction.hashing import Ints, Template, mix, shifted, type_code
from kg.extraction.lexicon import bound_runs, gazetteer, heads, is_han
from kg.names import load_names
from kg.schema import load_schema

_PUNCTUATION = "，。、；：“”《》（）！？·—-\n「」『』【】"
_STOPS = "，。；！？\n：、\0"
_STOP_CODES = np.array([ord(char) for char in _STOPS], dtype=np.uint32)
_REPEATS = range(3, 9)
_DISTANCES = np.array([0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 3] + [4] * 6 + [5] * 4000, dtype=np.uint32)


def _template(text: str) -> Template:
    parts = []
    for part in text.split():
        name, _, by = part.partition("@")
        parts.append((name, int(by or 0)))
    return tuple(parts)


TEMPLATES: tuple[Template, ...] = tuple(
    _template(text)
    for text in (
        "", "c", "c@-1", "c@1", "c@-2", "c@2", "c@-1 c", "c c@1", "c@-2 c@-1", "c@1 c@2", "c@-1 c c@1",
        "kind@-2 kind@-1 kind kind@1 kind@2", "place", "word place", "pos place", "before place", "after place",
        "pos_before pos place", "pos pos_after place", "pos_before pos pos_after place", "quote place", "quote@-1 quote",
        "head place", "head", "head@-1", "head@1", "ahead near", "ahead pos place", "ahead c@-1", "ahead before place",
        "known", "known place", "known@-1", "known@1", "known c@-1", "known@-1 c", "repeat place", "repeat repeat@-1",
        "word head", "pos known", "kind known ahead",
        "tail place", "tail tails place", "tail pos place", "tail known", "since until place", "opener since place", "opener tail place",
        "part place", "part@-1 part place", "part place part@1", "part tail place", "part_after place part", "part_before place part",
        "tail known place c@-1", "opener known tail",
    )
)  # fmt: skip


@cache
def _types() -> dict[str, int]:
    return {name: type_code(name) for name in load_schema().types}


@cache
def _pos_number(tag: str) -> int:
    return zlib.crc32(tag[:2].encode()) & 0xFFFF


@cache
def _kinds() -> Ints:
    table = np.full(0x110000, 1, dtype=np.uint32)
    table[0x4E00:0xA000] = 2
    for code in range(0x250):
        char = chr(code)
        table[code] = 3 if char.isdigit() else 4 if char.isalpha() else 1
    for number, char in enumerate(_PUNCTUATION, 5):
        table[ord(char)] = number
    return table


# What parts texts that are seen at once: as wide as the shifts of the templates reach. No clean text holds it.
APART = "\0\0"


def observe(text: str) -> dict[str, Ints]:
    """The columns of a clean Chinese text, each of length `len(text)`.

    Where APART parts several texts, each is seen as if it stood alone; the column `text` tells them apart.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    kinds = _kinds()[codes]
    tagged: Sequence[tuple[str, str]] = rjieba.tag(text)
    sizes = np.array([len(word) for word, _ in tagged])
    ends = np.cumsum(sizes)
    place = np.full(len(text), 2, dtype=np.uint32)
    place[ends - 1] = 3
    place[ends - sizes] = 1
    place[(ends - sizes)[sizes == 1]] = 4
    words = np.array([zlib.crc32(word.encode("utf-8", "surrogatepass")) for word, _ in tagged], dtype=np.uint32)
    pos = np.array([_pos_number(tag) for _, tag in tagged], dtype=np.uint32)
    between = codes[ends - sizes] == 0
    words[between] = pos[between] = 0
    by_word = {
        "word": words,
        "before": shifted(words, -1),
        "after": shifted(words, 1),
        "pos": pos,
        "pos_before": shifted(pos, -1),
        "pos_after": shifted(pos, 1),
        **_words(tagged),
    }
    spread = np.repeat(np.stack(list(by_word.values())), sizes, axis=1)
    columns = {"kind": kinds, "place": place, **dict(zip(by_word, spread, strict=True)), **_heads(text, codes)}
    columns |= {"known": _known(text), "quote": _quotes(text)}
    apart = codes == 0
    number = np.cumsum(apart, dtype=np.uint32)
    columns["repeat"] = _repeats(codes, kinds, number)
    for column in columns.values():
        column[apart] = 0
    return {"c": codes, "text": number, **columns}


# What the last word of an organisation or undertaking ends in; a word that breaks the chain between it and what stands before.
_TAILS = frozenset("部司厅局署院所馆站处会队室园港厂行社委办台校团城区州省市县府桥路场库网展赛节坛约定录书议言告同划程目")
_BREAKS = frozenset("pcduryxw")
_LINKS = frozenset("和与及、“”—－-·（）()‘’")


def _words(tagged: Sequence[tuple[str, str]]) -> dict[str, Ints]:
    """Per word: the last character of the next word that can end a name with no break between (`tail`) and how many words
    away (`tails`), words since the last break and until the next (`since`, `until`), what the break was (`opener`), and what part of
    known names the word is (`part`)."""
    count, known = len(tagged), name_parts()
    part = [known.get(word, 0) for word, _ in tagged]
    breaks = [
        word not in _LINKS and (tag[:1] in _BREAKS or (tag[:1] == "v" and not part[number] and tag != "vn"))
        for number, (word, tag) in enumerate(tagged)
    ]
    tail, tails, until = [0] * count, [0] * count, [0] * count
    ending = far = run = 0
    for number in range(count - 1, -1, -1):
        word, tag = tagged[number]
        if breaks[number]:
            ending = far = run = 0
            continue
        run += 1
        if word[-1] in _TAILS:
            ending, far = ord(word[-1]), 0
        tail[number], tails[number], until[number] = ending, far if far < 6 else 6, run if run < 6 else 6
        far += 1
    since, opener = [0] * count, [0] * count
    run, what = 0, 1
    for number, (word, tag) in enumerate(tagged):
        if breaks[number]:
            # between two texts nothing opens: 1, as at the beginning
            run, what = 0, ord(word[-1]) or 1 if len(word) == 1 else ord(tag[0]) if tag else 2
            continue
        since[number], opener[number] = run if run < 6 else 6, what
        run += 1
    columns = {"tail": tail, "tails": tails, "until": until, "since": since, "opener": opener, "part": part, "break": breaks}
    found = {name: np.array(values, dtype=np.uint32) for name, values in columns.items()}
    found["part_before"], found["part_after"] = shifted(found["part"], -1), shifted(found["part"], 1)
    return found


@cache
def name_parts() -> dict[str, int]:
    """Words of the known names → a code that tells whether names begin with it, hold it and end in it, and of which type."""
    types = _types()
    first, inner, last = Counter[str](), Counter[str](), dict[str, Counter[str]]()
    names = [(form, name.type) for name in load_names() for form in name.forms if len(form) > 3 and is_han(form)]
    words = iter(rjieba.cut("\n".join(form for form, _ in names)))
    for _, kind in names:
        parts = list(takewhile(lambda word: word != "\n", words))
        if len(parts) < 2:
            continue
        first[parts[0]] += 1
        inner.update(parts[1:-1])
        last.setdefault(parts[-1], Counter())[kind] += 1
    found = {}
    for word in {*first, *inner, *last}:
        ends = last.get(word, Counter[str]())
        kind = max(sorted(ends), key=ends.__getitem__) if ends.total() > 1 else ""
        code = (first[word] > 1) + 2 * (inner[word] > 0) + 4 * (inner[word] > 3)
        if code or kind:
            found[word] = 8 * types.get(kind, 0) + code
    return found


def _heads(text: str, codes: Ints) -> dict[str, Ints]:
    types, hits = _types(), heads("zh").find(text)
    found = {name: np.zeros(len(text), dtype=np.uint32) for name in ("head", "ahead", "near")}
    stops = [0, *(np.flatnonzero(np.isin(codes, _STOP_CODES)) + 1).tolist()]
    begins, before = list[int](), 0
    for start, end, _ in hits:
        begins.append(max(before, stops[bisect_right(stops, start) - 1], end - 40))
        before = end
    ends, kinds = (
        np.array([end for _, end, _ in hits], dtype=np.int64),
        np.array([types[kind] for _, _, kind in hits], dtype=np.uint32),
    )
    row, at = _covered([start for start, _, _ in hits], ends)
    found["head"][at] = kinds[row] * 2
    found["head"][ends - 1] += 1
    row, at = _covered(begins, ends - 1)
    found["ahead"][at] = kinds[row]
    found["near"][at] = _DISTANCES[ends[row] - 1 - at]
    return found


def _covered(starts: Sequence[int], ends: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The positions that stretches cover, each with the number of its stretch."""
    begin = np.array(starts, dtype=np.int64)
    sizes = np.maximum(ends - begin, 0)
    row = np.repeat(np.arange(len(sizes)), sizes)
    return row, np.arange(len(row)) + (begin + sizes - np.cumsum(sizes))[row]


def _known(text: str) -> Ints:
    types, hits = _types(), gazetteer("zh").find(text)
    known = np.zeros(len(text), dtype=np.uint32)
    starts, ends = (np.array([hit[side] for hit in hits], dtype=np.int64) for side in (0, 1))
    numbers = np.array([types[kind.lstrip("?")] * 16 + (8 if kind[0] == "?" else 0) for _, _, kind in hits], dtype=np.uint32)
    row, at = _covered(starts.tolist(), ends)
    known[at] = numbers[row] + 1
    known[ends - 1] = numbers + 2
    known[starts] = numbers + np.where(ends - starts > 1, 3, 4).astype(np.uint32)
    for match in bound_runs().finditer(text):
        start, end = match.span()
        if end - start == 1 and text[end : end + 1] != "方":
            continue
        for stop in (*(np.flatnonzero(known[start:end]) + start).tolist(), end):
            after = text[stop : stop + 1]
            if (stop - start > 1 and after not in ("", "\0")) or (stop - start == 1 and after == "方"):
                known[start:stop] = 7
            start = stop + 1
    return known


_QUOTES = {"《": 1, "〈": 1, "“": 2, "「": 2}
_MARK = re.compile("[《〈“「》〉”」\n\0]")


def _quotes(text: str) -> Ints:
    quote = np.zeros(len(text), dtype=np.uint32)
    state = begin = 0
    for match in _MARK.finditer(text):
        at, opened = match.start(), _QUOTES.get(match.group(), 0)
        end = at if opened else at + 1  # what closes stands inside
        quote[begin:end] = state
        state, begin = opened, end
    quote[begin:] = state
    return quote


def _repeats(codes: Ints, kind: Ints, text: Ints) -> Ints:
    """How long a string that starts here returns elsewhere in its text (3–8 characters; letters, digits and Han only)."""
    repeat = np.zeros(len(codes), dtype=np.uint32)
    # how many characters of such a kind stand from here on
    stops = np.append(np.flatnonzero((kind < 2) | (kind > 4)), len(codes))
    run = stops[np.searchsorted(stops, np.arange(len(codes)))] - np.arange(len(codes))
    begin = np.arange(len(codes))
    for size in _REPEATS:
        begin = begin[run[begin] >= size]  # of what returned one character shorter
        code = mix(*(codes[begin + by] for by in range(size)), seed=size) | text[begin].astype(np.uint64) << np.uint64(32)
        order = np.argsort(code)
        equal = np.diff(code[order]) == 0
        again = np.zeros(len(begin), dtype=bool)
        again[order[1:][equal]] = again[order[:-1][equal]] = True
        begin = begin[again]
        if not len(begin):
            break
        repeat[begin] = size
    return repeat
