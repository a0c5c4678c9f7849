"""Text → Article: one pure function that every reader ends in."""

from __future__ import annotations

import re

from kg.articles import dateline, paragraphs, sentences
from kg.articles.repairs import repair
from kg.errors import SourceError
from kg.model import Article, ParagraphKind

LANGUAGES = ("zh", "en")
# A text is Chinese with this many Chinese characters among them and its Latin words: names in Latin letters are many in
# Chinese news, Chinese names in English news few.
CHINESE = 0.4
SAMPLE = 20_000
_HAN = re.compile("[\u3400-\u9fff\uf900-\ufaff]")
_LATIN = re.compile("[A-Za-z]+")
_SURROGATE = re.compile("[\ud800-\udfff]")


def article_from_text(
    text: str,
    *,
    id: str,
    title: str | None = None,
    publisher: str | None = None,
    published: str | None = None,
    language: str | None = None,
    url: str | None = None,
    source: str = "",
) -> Article:
    """An Article of a text as found: repaired, folded, split into paragraphs and sentences.

    What is None is looked for in the text: the title in its first line, publisher and day in its source line, the language
    by its letters. Raises SourceError where there is nothing but space.
    """
    text = _SURROGATE.sub("\ufffd", text)
    language = detect_language(text) if language not in LANGUAGES else language
    repaired = repair(text, language)
    clean = repaired.clean
    found = paragraphs.split(clean)
    if not found:
        raise SourceError(f"{source or id}: the text is empty")
    if publisher is None or published is None:
        lines = [clean[p.start : p.end] for p in found]
        stated_publisher, stated_day = dateline.recognise(lines)
        publisher = stated_publisher if publisher is None else publisher
        published = stated_day if published is None else published
    if title is None:
        first = next((p for p in found if p.kind is not ParagraphKind.BOILERPLATE), found[0])
        title = clean_title = clean[first.start : first.end][:200]
    else:
        title = _SURROGATE.sub("\ufffd", title)
        clean_title = " ".join(repair(title, language).clean.split())
    return Article(
        id=id,
        title=title,
        publisher=publisher,
        published=published,
        language=language,
        url=url,
        source=source,
        text=text,
        clean=clean,
        offsets=repaired.offsets,
        clean_title=clean_title,
        paragraphs=found,
        sentences=sentences.split(clean, found),
        repairs=repaired.repairs,
    )


def detect_language(text: str) -> str:
    """`zh` or `en`, by the Chinese characters and the Latin words of its beginning."""
    sample = text[:SAMPLE]
    han = len(_HAN.findall(sample))
    latin = sum(1 for _ in _LATIN.finditer(sample))
    return "zh" if han and han >= CHINESE * (han + latin) else "en"
