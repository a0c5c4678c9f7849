"""Small articles with hand-made claims, and a resolution that takes every name for itself: the graph without its neighbours."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from kg.articles import article_from_text
from kg.graph.folder import FolderWriter, judgement_text, text_digest
from kg.graph.indexing import Recipe
from kg.graph.records import ArticleRecord, file_article
from kg.graph.terms import BASE, Terms
from kg.model import Article, Claim, Entity, Mention, Quote

VERSION = "test 1"
_COUNTRIES = ("挪威", "韩国", "日本", "冰岛", "芬兰")
_SENTENCE = re.compile(r"(\w+?)(计划与|与)(\w+?)(签署了?《\w+》|合作|会谈|终止合作)。")
_CUES = {"签署": "agreement", "合作": "partners_with", "会谈": "meets_with", "终止": "partners_with"}


class PlainNames:
    """Every full name is an entity of its own."""

    def entity(self, article: str, mention: Mention) -> Entity:
        names = {"zh": mention.name, "en": f"{mention.name} (en)"}
        return Entity(mention.name, mention.type, names, aliases=frozenset({f"{mention.name}方"}))

    def parent(self, entity: Entity) -> Entity | None:
        return None


def article(id_: str, text: str, published: str | None = "2024-05-10") -> Article:
    return article_from_text(text, id=id_, title=f"消息{id_}", publisher="示例日报", published=published, url=None)


def claims(article_: Article) -> list[Claim]:
    """What sentences of the forms above say; everything else is no claim."""
    found = []
    for match in _SENTENCE.finditer(article_.text):
        quote = Quote(article_.id, match.start(), match.end(), match[0])
        subject, object_ = (mention(match[side], match.start(side)) for side in (1, 3))
        predicate = _CUES[match[4][:2]]
        status = "planned" if match[2] == "计划与" else "ended" if match[4].startswith("终止") else "realised"
        date, cue = (article_.published or "")[:7] or None, (match.start(4), match.start(4) + 2)
        found.append(Claim(subject, predicate, object_, status, date, quote, f"test.{predicate}", 0.9, (cue,)))
        if title := re.search("《(\\w+)》", match[4]):
            text = Mention(title[1], title[1], "Agreement", match.start(4) + title.start(1), match.start(4) + title.end(1))
            found += [Claim(one, "signatory_of", text, status, date, quote, "test.sign", 0.8) for one in (subject, object_)]
    return found


def mention(name: str, start: int) -> Mention:
    return Mention(name, name, "Country" if name in _COUNTRIES else "Region", start, start + len(name))


def record(id_: str, text: str, published: str | None = "2024-05-10", version: str = VERSION) -> ArticleRecord:
    read = article(id_, text, published)
    return file_article(read, claims(read), version)


def recipe(terms: Terms, judgements: Path) -> Recipe:
    return Recipe(terms, lambda record_: PlainNames(), judged=text_digest(judgement_text(judgements)), maker="test")


def write(folder: Path, records: Iterable[ArticleRecord], *, remove: Sequence[str] = (), base: str = BASE) -> None:
    """One build: these records put, these articles taken out."""
    with FolderWriter(folder, recipe, create=base) as writer:
        for record_ in records:
            writer.put(record_)
        for id_ in remove:
            writer.take_out(id_)


ARTICLES = {
    "a1": "海州与挪威签署了《海洋环保备忘录》。海州与韩国合作。",
    "a2": "海州与挪威签署了《海洋环保备忘录》。冰岛计划与海州合作。",
    "a3": "韩国与日本会谈。海州与韩国合作。",
    "a4": "芬兰与海州终止合作。",
    "a5": "今天天气很好。",
}


def records(*ids: str) -> list[ArticleRecord]:
    return [record(id_, ARTICLES[id_]) for id_ in ids or ARTICLES]
