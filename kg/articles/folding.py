"""What is written in several ways, written in one: full-width letters, spaces, quotation marks, punctuation, characters.

Every step puts one character for one, so that positions stay.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import cache

from kg.resources import data_path, read_table

VARIANTS = ("variant", "simplified", "except", "example", "reads")
_HAN = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_NUMERALS = "〇一二三四五六七八九十"
_OPENING, _CLOSING = "“‘《〈【（", "”’》〉】）"

# For texts in any language: spaces, line breaks, full-width and compatibility forms of one character.
_ANY: dict[int, int | str] = dict.fromkeys([0x09, 0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000], " ")
_ANY |= dict.fromkeys([0x0B, 0x0C, 0x85, 0x2028, 0x2029], "\n")
_ANY |= {point: chr(point - 0xFEE0) for point in (*range(0xFF10, 0xFF1A), *range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))}
_ANY |= str.maketrans("％＋＝＆＠／＃＄＊［］＿｜－．", "%+=&@/#$*[]_|-.")
_ANY |= {
    point: form
    for point in (*range(0x2E80, 0x2FD6), *range(0xF900, 0xFADA))
    if len(form := unicodedata.normalize("NFKC", chr(point))) == 1 and form != chr(point)
}
_ZH = _ANY | str.maketrans("「」『』﹁﹂〝〞＂｡､﹑﹐﹕﹔﹖﹗﹙﹚∶︰‧・･⋅∙•─―", '“”‘’“”“”"。、、，：；？！（）：：······——')
_EN = _ANY | str.maketrans("“”„‟‘’‚‛‐‑―＂", '""""\'\'\'\'--—"')
_TABLES = {"zh": _ZH, "en": _EN}
_FOLDABLE = {language: re.compile("[" + re.escape("".join(map(chr, table))) + "]") for language, table in _TABLES.items()}

_MARKS = dict(zip(",:;?!", "，：；？！", strict=True))
_MARK = re.compile(r"[,:;?!]")
_AFTER = re.compile(f"[{_HAN}{_CLOSING}]")
_BEFORE = re.compile(f"[{_HAN}{_OPENING}]")
_STOP = re.compile(rf"\.(?<=[{_HAN}]\.)(?<![{_NUMERALS}]\.)(?=[{_HAN}{_OPENING}\n]|$)")
_BRACKETS = re.compile(r"\(([^()\n]{0,300})\)")
_ANY_HAN = re.compile(f"[{_HAN}]")
_ZERO = re.compile(rf"[○◯O0](?<=[{_NUMERALS}].)(?=[{_NUMERALS}○◯年])")


def fold(text: str, language: str) -> str:
    """The text with one form for each thing, in simplified characters; as long as it was."""
    return simplify(punctuate(narrow(text, language), language))


def narrow(text: str, language: str) -> str:
    """The first step of folding: one form for each letter, digit, space, line break and quotation mark."""
    return text.translate(_TABLES[language]) if _FOLDABLE[language].search(text) else text


def simplify(text: str) -> str:
    """Traditional characters, with the variants of Hong Kong and Taiwan, put into simplified ones; as long as it was.

    Text without a character that is traditional alone stays as it is: 乾 and 著 are simplified characters too.
    """
    if not _traditional().search(text):
        return text
    return "\n".join(map(_convert, _variants().sub(_variant, text).split("\n")))


def _variant(match: re.Match[str]) -> str:
    return _variant_rows().get(match[0], match[0])


def _convert(line: str) -> str:
    converted: str = _converter()(line)
    # A dictionary that changes the length of a phrase would move every position after it.
    return converted if len(converted) == len(line) else "".join(_converter()(c)[:1] or c for c in line)


def punctuate(text: str, language: str) -> str:
    """Chinese punctuation where half-width marks stand between Chinese characters; 3,000 and “Co., Ltd.” keep theirs."""
    if language != "zh":
        return text
    # What a later step looks at, an earlier one has settled: quotation marks and brackets before the marks beside them.
    if '"' in text:
        text = "\n".join(_quote(line) if '"' in line else line for line in text.split("\n"))
    if "(" in text:
        text = _BRACKETS.sub(_bracket, text)
    text = _MARK.sub(_mark, text)
    if "." in text:
        text = _STOP.sub("。", text)
    return _ZERO.sub("〇", text)


def _mark(match: re.Match[str]) -> str:
    text, at = match.string, match.start()
    beside = (at and _AFTER.match(text, at - 1)) or _BEFORE.match(text, at + 1)
    return _MARKS[match[0]] if beside else match[0]


def _bracket(match: re.Match[str]) -> str:
    before = match.string[match.start() - 1 : match.start()]
    after = match.string[match.end() : match.end() + 1]
    chinese = _ANY_HAN.search(before + match[1] + after) or (before and before in "”’》〉】")
    return f"（{match[1]}）" if chinese else match[0]


def _quote(line: str) -> str:
    """Straight quotation marks opened and closed in turn, where a Chinese line has an even number of them."""
    parts = line.split('"')
    if len(parts) % 2 == 0 or not _ANY_HAN.search(line):
        return line
    return "".join(part + mark for part, mark in zip(parts, "“”" * (len(parts) // 2) + " ", strict=True))[:-1]


@cache
def _converter() -> Callable[[str], str]:
    import opencc

    return opencc.OpenCC("t2s").convert


@cache
def _variant_rows() -> dict[str, str]:
    """Characters that the converter does not know or leaves, by seeds/repairs/variants.csv; the words that keep them."""
    rows = read_table(data_path("seeds") / "repairs" / "variants.csv", VARIANTS, key="variant")
    kept = {word: word for row in rows for word in row.many("except")}
    return kept | {row["variant"]: row["simplified"] for row in rows}


@cache
def _variants() -> re.Pattern[str]:
    return re.compile("|".join(sorted(_variant_rows(), key=len, reverse=True)))


@cache
def _traditional() -> re.Pattern[str]:
    block = [chr(point) for point in (*range(0x3400, 0x4DC0), *range(0x4E00, 0xA000))]
    converted = _converter()("\n".join(block)).split("\n")
    changed = {a for a, b in zip(block, converted, strict=True) if a != b} - set(_BOTH) | {
        form for form in _variant_rows() if len(form) == 1
    }
    return re.compile("[" + "".join(sorted(changed)) + "]")


# Traditional for one word, simplified for another (乾隆, 瞭望, 藉口): by themselves no sign of a traditional text.
_BOTH = "乾藉瞭徵夥麽覆著餘馀锺於呐噁嶴苧蘋么擣薴"
