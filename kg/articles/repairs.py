"""Text as found → clean text, with the map back.

What a page has suffered on its way (readings put into brackets, characters cut in half, markup, control characters) is
undone, and what is written in several ways (full-width letters, quotation marks, traditional characters) is folded to one.
The first changes the length and is recorded as a Repair; the second goes character by character and needs no record.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from kg.articles import damage, folding
from kg.model import Repair

HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_TONED = "āáǎàēéěèêīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
_TONE = re.compile(f"[{_TONED}]")
# One syllable with its tone, right after the character it belongs to: 動(dòng).
_READING = re.compile(rf"(?<=[{HAN}])[(（]([a-zü]{{0,4}}[{_TONED}][a-zü]{{0,4}})[)）]")
# Neutral syllables bear no mark (們(men)); they count only on a page that is full of readings.
_NEUTRAL = re.compile(rf"(?<=[{HAN}])[(（](?:men|de|ma|me|zhe|le|ge|zi|ne|ba|bei|fu|shi)[)）]")
_SYLLABLE = re.compile(r"(?:[zcs]h|[bpmfdtnlgkhjqxrzcsyw])?(?:[iuü]?[aeo][iuon]?|iu|ui|[iuü]n?|er)(?:n?g|r)?|hm|hng|m|ng?")

_TAGS = (
    "a|b|big|blockquote|body|br|center|dd|div|dl|dt|em|font|form|h[1-6]|head|hr|html|i|img|input|label|li|meta|nobr|o:p|ol|option"
    "|p|pre|s|script|select|small|span|st1:[a-z]{1,20}|strike|strong|style|sub|sup|table|tbody|td|th|thead|title|tr|tt|u|ul"
)
_MARKUP = re.compile(
    rf"<!--(?:(?!<!--|-->).){{0,20000}}-->|<(script|style)\b[^<>]{{0,500}}>(?:(?!</?\1).){{0,20000}}</\1\s*>|<(/?)({_TAGS})(?:\s[^<>]{{0,1000}})?/?>|<!\[CDATA\[|\]\]>",
    re.IGNORECASE | re.DOTALL,
)
_BREAKING = re.compile(r"</?(?:br|p|div|li|tr|h[1-6]|hr|blockquote|dd|dt|table|ul|ol)\b", re.IGNORECASE)
_ENTITY = re.compile(
    r"&(?:amp;){0,5}(?P<one>(?:nbsp|amp|lt|gt|quot|apos|[lr][sd]quo|[mn]dash|hellip|middot|bull|copy|reg|e[mn]sp|thinsp|ldquor|laquo|raquo"
    r"|#[0-9]{2,7}|#[xX][0-9a-fA-F]{2,6});)"
)
# Controls (but tab and line feed), zero-width and bidi characters, soft hyphen, byte-order marks, noncharacters.
_INVISIBLE = (
    "\x00-\x08\x0b-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufdd0-\ufdef\ufe00-\ufe0f"
)
_INVISIBLE += "\ufeff\ufff9-\ufffc\ufffe\uffff"
_CONTROL = re.compile(rf"\r\n?|[{_INVISIBLE}]")
_COMBINING = re.compile("[\u0300-\u036f\u3099\u309a]")
_COMPOSED = re.compile("[^\\W\\d_][\u0300-\u036f\u3099\u309a]+")


# What one repair uncovers (a tag inside a tag) the next round repairs; hostile nesting deeper than this stays.
ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Edit:
    """`text[start:end]` reads `put`. Where `put` is longer than one character, its characters are spread over the span."""

    start: int
    end: int
    put: str


@dataclass(frozen=True, slots=True)
class Repaired:
    """Clean text, where each of its characters begins in the text as found (one more at the end), and what was repaired."""

    clean: str
    offsets: Sequence[int]
    repairs: tuple[Repair, ...]


def repair(text: str, language: str) -> Repaired:
    """The clean text of an article. What is clean already stays as it is."""
    state = _run(_FIRST, Repaired(text, range(len(text) + 1), ()))
    for _ in range(ROUNDS):
        before = state = replace(state, clean=folding.narrow(state.clean, language))
        state = _run(_PASSES, state)
        if state is before:
            break
    clean = folding.simplify(folding.punctuate(state.clean, language))
    if len(clean) != len(state.clean):
        raise AssertionError("folding goes character by character")
    return Repaired(clean, state.offsets, tuple(sorted(state.repairs, key=lambda r: (r.start, r.end, r.kind))))


def _run(passes: _Passes, state: Repaired) -> Repaired:
    for kind, find in passes:
        edits = list(find(state.clean))
        if edits:
            found = (Repair(kind, state.offsets[e.start], state.offsets[e.end]) for e in edits)
            state = Repaired(*_apply(state.clean, state.offsets, edits), state.repairs + tuple(found))
    return state


def _apply(text: str, offsets: Sequence[int], edits: Iterable[Edit]) -> tuple[str, Sequence[int]]:
    parts: list[str] = []
    moved: list[int] = []
    done = 0
    for edit in edits:
        parts += (text[done : edit.start], edit.put)
        moved += offsets[done : edit.start]
        span = edit.end - edit.start
        moved += (offsets[edit.start + i * span // len(edit.put)] for i in range(len(edit.put)))
        done = edit.end
    parts.append(text[done:])
    moved += offsets[done:]
    return "".join(parts), tuple(moved)


def _bytes(text: str) -> Iterable[Edit]:
    return (Edit(found.start, found.end, found.put) for found in damage.find(text))


def _markup(text: str) -> Iterable[Edit]:
    if "<" not in text and "]]>" not in text:
        return
    for match in _MARKUP.finditer(text):
        yield Edit(match.start(), match.end(), "\n" if _BREAKING.match(match[0]) else "")


def _entities(text: str) -> Iterable[Edit]:
    if "&" not in text:
        return
    for match in _ENTITY.finditer(text):
        yield Edit(match.start(), match.end(), html.unescape("&" + match["one"]))


def _controls(text: str) -> Iterable[Edit]:
    for match in _CONTROL.finditer(text):
        yield Edit(match.start(), match.end(), "\n" if match[0][0] == "\r" else "")


def _composed(text: str) -> Iterable[Edit]:
    if not _COMBINING.search(text):
        return
    for match in _COMPOSED.finditer(text):
        put = unicodedata.normalize("NFC", match[0])
        if put != match[0]:
            yield Edit(match.start(), match.end(), put)


def _readings(text: str) -> Iterable[Edit]:
    if not _TONE.search(text):
        return
    toned = [match for match in _READING.finditer(text) if _SYLLABLE.fullmatch(_toneless(match[1]))]
    neutral = list(_NEUTRAL.finditer(text)) if len(toned) >= 3 else []
    for match in sorted(toned + neutral, key=lambda match: match.start()):
        yield Edit(match.start(), match.end(), "")


def _toneless(syllable: str) -> str:
    marked = unicodedata.normalize("NFD", syllable.replace("ü", "v"))
    return "".join(c for c in marked if not unicodedata.combining(c)).replace("v", "ü")


_Passes = tuple[tuple[str, Callable[[str], Iterable[Edit]]], ...]
# The bytes come first: they are read from the characters as they were found.
_FIRST: _Passes = (("bytes", _bytes),)
_PASSES: _Passes = (
    ("markup", _markup),
    ("entity", _entities),
    ("control", _controls),
    ("composed", _composed),
    ("reading", _readings),
)
