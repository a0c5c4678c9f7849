"""Names in one form: what is written in several ways is written in one, and what tells nothing apart is left out.

    as found      Ｅquinor ASA      “云南之窗”文化展厅      長橋機電股份有限公司
    cleaned       Equinor ASA       云南之窗文化展厅        长桥机电股份有限公司
    canonical     Equinor           云南之窗文化展厅        长桥机电公司

The canonical form is what an entity outside the registry is called and what its id is made of, so it is a pure function of
name and type, and applying it twice changes nothing.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from kg.articles.folding import simplify
from kg.identity.glossary import is_head, load_words
from kg.resources import data_path, read_table

HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_LEGAL = ("form", "becomes", "example", "reads")
_WITH_LEGAL_FORM = frozenset({"Company", "ResearchOrganization", "Association", "Alliance", "Project", "Platform"})

# Letters of other scripts that look like Latin ones. In a word that also has Latin letters they are meant as these.
_LOOK_ALIKE = str.maketrans(
    "аеорсухіјѕԁһӏԛԝкмтнвАВЕКМНОРСТУХІЈЅԌԚԜοαεικνρτυχΑΒΕΖΗΙΚΜΝΟΡΤΥΧϲ",
    "aeopcyxijsdhlqwkmthbABEKMHOPCTYXIJSGQWoaeiknptuxABEZHIKMNOPTYXc",
)
_MIXED = re.compile(r"(?=\w*[A-Za-z])(?=\w*[\u0370-\u03ff\u0400-\u052f])\w+")
_NO_LETTERS = str.maketrans(dict.fromkeys([0x034F, 0x115F, 0x1160, 0x17B4, 0x17B5, 0x3164, 0xFFA0, *range(0xFE00, 0xFE10)]))
_QUOTES = re.compile('[“”„‟"«»「」『』《》〈〉`´]')
_APOSTROPHE = re.compile(r"(?<=[0-9A-Za-zÀ-ɏ])[‘’ʼʻ′'](?=[0-9A-Za-zÀ-ɏ])")
_SINGLE = re.compile(r"[‘’‚‛′]|(?<![0-9A-Za-zÀ-ɏ])'|'(?![0-9A-Za-zÀ-ɏ])")
_DOT = re.compile("[•・‧⋅∙･˙]")
_DASH = re.compile(r"\s*[‐‑‒–—―−─﹣~〜～∼-]+\s*")
_SPACED_DASH = re.compile(r"\s[‐‑‒–—―−─﹣~〜～∼-]+\s")
_HAN_CHAR = re.compile(f"[{HAN}]")
_SPACE_BY_HAN = re.compile(rf"(?<=[{HAN}）（，、·—])\s+|\s+(?=[{HAN}（），、·—])")
_BRACKETS = re.compile(r"\s*\(([^()]*)\)\s*")
_ACRONYM_TAIL = re.compile(r"\s*[（(](?=[^()（）]*[A-Z][^()（）]*[A-Z])[A-Za-z][A-Za-z0-9&./-]{1,11}[)）]$")
_ARTICLE = re.compile(r"^the\s+(?=\S)", re.IGNORECASE)
# What cleaning leaves as it is, but for traditional characters and the article.
_PLAIN = re.compile(r"[0-9A-Za-z\u4e00-\u9fff]+|[0-9A-Za-z]+(?:[ '-](?<=[0-9A-Za-z].)[0-9A-Za-z]+)*")
# Words in small letters of which each has a capital.
_SMALL_WORD = re.compile(r"[a-zà-öø-þ][^A-Z]*")
_EDGES = " ,.;:、，。；：·—-_/|"


@lru_cache(maxsize=65_536)
def clean_name(name: str) -> str:
    """The name in compatibility form and simplified characters, without quotation marks and invisible characters.

    Letters of another script inside a Latin word give way to the Latin ones that they look like; a word wholly in another
    script stays. Dashes beside a Chinese character are `—`, others `-`; brackets likewise. No `~` is left, which ids use.
    """
    # What one step lays bare the next may change: a quotation mark gone, letters of two scripts are one word.
    while (cleaner := _clean_once(name)) != name:
        name = cleaner
    return name


def _clean_once(name: str) -> str:
    if _PLAIN.fullmatch(name):
        return _ARTICLE.sub("", name) if name.isascii() else simplify(name)
    text = unicodedata.normalize("NFKC", name).translate(_NO_LETTERS)
    text = "".join(
        " " if char.isspace() else char
        for char in text
        if unicodedata.category(char) not in ("Cf", "Co", "Cn", "Cs", "Cc") or char.isspace()
    )
    text = _MIXED.sub(lambda match: match[0].translate(_LOOK_ALIKE), text).replace("_", " ")
    text = _DOT.sub("·", simplify(text))
    text = _SINGLE.sub("", _APOSTROPHE.sub("'", _QUOTES.sub("", text)))
    text = _SPACE_BY_HAN.sub("", _dashes(" ".join(text.split())))
    text = _BRACKETS.sub(lambda match: _bracket(match, text), text)
    text = _ARTICLE.sub("", text.strip())
    return text.strip(_EDGES) or text.strip()


def _dashes(text: str) -> str:
    def one(match: re.Match[str]) -> str:
        before, after = text[match.start() - 1 : match.start()], text[match.end() : match.end() + 1]
        if _HAN_CHAR.match(before) or _HAN_CHAR.match(after):
            return "—"
        return " - " if _SPACED_DASH.fullmatch(match[0]) else "-"

    return _DASH.sub(one, text)


def _bracket(match: re.Match[str], text: str) -> str:
    if _HAN_CHAR.search(text):
        return f"（{match[1].strip()}）"
    before, after = " " if match.start() else "", " " if match.end() < len(text) else ""
    return f"{before}({match[1].strip()}){after}"


def has_han(text: str) -> bool:
    """Whether there is a Chinese character in it."""
    return _HAN_CHAR.search(text) is not None


@lru_cache(maxsize=65_536)
def canonicalize(name: str, type_: str) -> str:
    """What an entity of this type is called where the registry does not know it; `?` for a name without letters.

    Acronyms in brackets at the end and legal forms go (长桥机电股份有限公司 and 长桥机电 are 长桥机电公司), words of Latin
    script begin with a capital.
    """
    text = clean_name(name)
    if tail := _ACRONYM_TAIL.search(text):
        text = text[: tail.start()].strip(_EDGES) or text
    if not any(char.isalnum() for char in text):
        return "?"
    if type_ in _WITH_LEGAL_FORM:
        text = _without_legal_form(text)
    if not has_han(text):
        return _capitals(text)
    if type_ == "Company" and not is_head(text):
        # 长桥有限 with its 公司 is 长桥有限公司, hence 长桥公司.
        text = _without_legal_form(f"{text}公司")
    return text


def _without_legal_form(text: str) -> str:
    """The name with the longest legal form that ends it put short; a name that is nothing else stays."""
    while text.casefold().endswith(_legal_ends()):
        for form, becomes, latin in _legal_forms():
            if not (text.casefold().endswith(form) if latin else text.endswith(form)):
                continue
            rest = text[: -len(form)]
            if latin and not rest.endswith((" ", ",", ".")):
                continue
            rest = rest.strip(_EDGES)
            if not latin and len(rest) < 2 and not rest.isascii():
                continue
            shorter = (f"{rest} {becomes}" if latin and becomes else rest + becomes).strip()
            if rest and shorter != text:
                text = shorter
                break
        else:
            break
    return text


@cache
def _legal_ends() -> tuple[str, ...]:
    return tuple(form for form, _, _ in _legal_forms())


@cache
def _legal_forms() -> tuple[tuple[str, str, bool], ...]:
    rows = read_table(data_path("seeds") / "identity" / "legal_forms.csv", _LEGAL, key="form")
    found = set()
    for row in rows:
        latin = not has_han(row["form"])
        form = row["form"].casefold() if latin else row["form"]
        found |= {(form, row["becomes"], latin), (form.rstrip(".") if latin else form, row["becomes"], latin)}
    return tuple(sorted(found, key=lambda item: (-len(item[0]), item)))


def _capitals(text: str) -> str:
    return " ".join(
        word[:1].upper() + word[1:] if _SMALL_WORD.fullmatch(word) and not (at and word in load_words("small")) else word
        for at, word in enumerate(text.split(" "))
    )


@lru_cache(maxsize=65_536)
def fold_name(name: str) -> str:
    """A key under which forms of one spelling meet: any case, no spaces, hyphens, accents. For looking up, never for ids."""
    text = clean_name(name).casefold()
    if text.isascii():
        return text.replace("&", "and").translate(_IGNORED)
    decomposed = unicodedata.normalize("NFD", text.replace("&", "and").translate(_STROKES).translate(_IGNORED))
    return "".join(char for char in decomposed if not unicodedata.combining(char))


_IGNORED = str.maketrans(dict.fromkeys(" -'·.,—（）()"))
_STROKES = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ß": "ss", "ı": "i", "þ": "th", "ð": "d"})


def is_acronym(form: str) -> bool:
    """Whether a form is written in capitals and so short that case tells it from a word: US, WHO, IT."""
    letters = [char for char in form if char.isalpha()]
    return bool(letters) and len(form) <= 5 and form.isascii() and all(char.isupper() for char in letters)


def skeleton(name: str) -> str:
    """What the name looks like: letters of any script by the Latin letter they resemble."""
    text = unicodedata.normalize("NFKC", name).translate(_LOOK_ALIKE)
    return fold_name(text.replace("0", "o").replace("1", "l").replace("I", "l"))
