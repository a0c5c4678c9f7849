"""Where an article names somebody or something: the tagger's spans, joined with what is known and what the article defines.

Sources, in the order in which they win where they overlap:

1. definitions in brackets: 国家能源投资集团有限责任公司（下称“国家能源集团”）, 法国电力集团（EDF）
2. the tagger's spans
3. titles of texts in 《》 that end in a word for an agreement
4. known names (countries, places, bodies) where nothing else stands
5. what stands in the slot of a verb and ends in a fitting head word: 共建[海洋联合实验室], 签署[渔业合作协议]
6. what acts together with a found body: [汇付天下]与云海集团合作
7. bound forms: 日韩, 中方, 鲁韩
8. every other place in the article where a found name stands again
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise

import rjieba

from kg.extraction.boundaries import OPENERS, Span, edge_words, mend, replace
from kg.extraction.chunks import anaphors
from kg.extraction.columns import APART, TEMPLATES, observe
from kg.extraction.hashing import Ints
from kg.extraction.lexicon import (
    FUNCTION,
    Words,
    bound_forms,
    bound_runs,
    cues,
    gazetteer,
    generic_words,
    heads,
    is_generic,
    make_words,
    slot_words,
    surnames,
    titles,
)
from kg.extraction.tagging import Tagger, load_tagger
from kg.model import Article, ParagraphKind
from kg.names import KnownEntity, load_names

_TITLE = re.compile(r"《[^《》\n]{3,60}》")
_BRACKET = re.compile(
    r"（(?:以下|下|后)?(?:统)?(?:简称|称|又称|英文(?:简|缩)?[称写]?)?[为：:]?[“「]?([^（）“”「」，。；]{2,20})[”」]?(?:，[^（）\n]{0,40})?）"
)
# （以下简称“公司”“云海科技”或“甲方”）
_BRACKET_LIST = re.compile(
    r"（(?:以下|下|后)?(?:统)?(?:简称|称)[为：:]?(?:[“「][^“”「」（）\n]{2,20}[”」][、，或和及]?){2,5}(?:，[^（）\n]{0,40})?）"
)
_QUOTED = re.compile(r"[“「]([^“”「」]{2,20})[”」]")
_AMOUNTS = frozenset("0123456789十百千万亿余")
_CURRENCY = re.compile(
    "元|克朗|镑|法郎|卢比|比索|第纳尔|里亚尔|迪拉姆|先令|盾|林吉特|令吉|铢|坚戈|卢布|兰特|雷亚尔|里拉|塔卡|基普|瑞尔|索姆|索莫尼|图格里克"
)
_DATELINE = re.compile(
    r"(?m)^(?:【[^】\n]{2,14}[讯电]】|[（(]?(?:新华社|中新社|本报)[^，。；\n）)]{2,16}[电讯](?:[）)]|(?=[\s　])))"
)
_DEFINES = re.compile(r"^（(?:以下|下|后)?(?:统)?(?:简称|称)")


@dataclass(frozen=True, slots=True)
class Tagged:
    """What the tagger says of a text: spans `(start, end, type)` in order, and where words begin and end (the column `place`)."""

    spans: list[tuple[int, int, str]]
    place: Ints


def tag(articles: Sequence[Article], tagger: Tagger | None = None) -> list[Tagged]:
    """What the tagger says of Chinese articles outside boilerplate. Several at once are read faster, and no otherwise."""
    texts = [article.clean for article in articles]
    starts = [0, *accumulate(len(text) + len(APART) for text in texts)]
    places = zip(starts, articles, strict=False)
    sentences = [(at + start, at + end) for at, article in places for start, end in _told(article)]
    columns = observe(APART.join(texts))
    spans = (tagger or load_tagger("zh")).decode(columns, TEMPLATES, sentences)
    found, edges = [], [bisect_left(spans, (at,)) for at in starts]
    for number, (at, text) in enumerate(zip(starts, texts, strict=False)):
        own = [(start - at, end - at, kind) for start, end, kind in spans[edges[number] : edges[number + 1]]]
        found.append(Tagged(own, columns["place"][at : at + len(text)]))
    return found


def _told(article: Article) -> list[tuple[int, int]]:
    """The sentences of an article outside boilerplate."""
    return [
        (s.start, s.end) for s in article.sentences if article.paragraphs[s.paragraph].kind is not ParagraphKind.BOILERPLATE
    ]


def find_mentions(article: Article, tagger: Tagger | None = None, tagged: Tagged | None = None) -> list[Span]:
    """All names of a Chinese article outside boilerplate, in order, none overlapping; `tagged` where `tag` has read it."""
    text = article.clean
    sentences = _told(article)
    if not sentences:
        return []
    tagged = tagged or tag([article], tagger)[0]
    found = _Cover(text, _inside(text, sentences))
    offices = frozenset(end for _, end, _ in _title_words().find(text))
    spans = [
        replace(part, type="Person") if part.start in offices and _is_person(text[part.start : part.end]) else part
        for start, end, kind in tagged.spans
        for held in _held_apart(text, Span(start, end, kind, "tagger"), offices)
        for part in _trimmed(text, held)
    ]
    defined = _definitions(text, spans)
    for span in defined:
        found.add(span)
    for span in spans:
        money = span.type == "Country" and _CURRENCY.match(text, span.end) and text[span.start - 1 : span.start] in _AMOUNTS
        if not money:
            found.add(span)
    for match in _TITLE.finditer(text):
        if kind := _head_type(match.group()[:-1]):
            found.add(Span(match.start(), match.end(), kind, "title"))
    ended = {span.end for span in found.spans}
    for start, end, value in gazetteer("zh").find(text):
        if value == "Country" and _CURRENCY.match(text, end) and text[start - 1 : start] in _AMOUNTS:
            found.free[start:end] = bytes(end - start)  # 1050万|挪威|克朗
        if value[0] != "?" and not (start - 1 in ended and text[start - 1 : start + 1] in titles("zh")):  # 某部部|长沙某某
            found.add(Span(start, end, value, "known"))
    for span in _officials(text):
        found.add(span)
    for span in _slots(text):
        found.add(span)
    for span in _beside(text, found.spans):
        found.add(span)
    for span in _of_two(text, found.spans):
        found.add(span)
    for span in _bound(text, tagged.place):
        found.add(span)
    for span in _again(text, found.spans):
        found.add(span)
    final = _Cover(text, _inside(text, sentences))
    for span in mend(text, sorted(found.spans, key=lambda span: span.start)):
        final.add(span)
    for span in _again(text, final.spans):
        final.add(span)
    acting = _acting(text, sorted(final.spans, key=lambda span: span.start))
    return [_sided(text, span) for span in acting]


_CENTRES = ("中心", "实验室", "馆", "院", "站", "基地", "公园", "园区", "业园", "科技园", "植物园", "港")
_SIDE_BY_SIDE = frozenset("与和同跟及、")


def _acting(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans, where a centre that acts side by side with a body or has a head of its own is a body too, wherever it stands:
    某大学与[某中心]签约, [某中心]主任某某."""
    bodies = set()
    for number, span in enumerate(spans):
        if span.type != "Platform" or not text[span.start : span.end].endswith(_CENTRES):
            continue
        before, after = spans[number - 1] if number else None, spans[number + 1] if number + 1 < len(spans) else None
        left = before is not None and before.type in _ORGANISATIONS and text[before.end : span.start] in _SIDE_BY_SIDE
        right = after is not None and after.type in _ORGANISATIONS and text[span.end : after.start] in _SIDE_BY_SIDE
        title = next((word for word in titles("zh") if text.startswith(word, span.end)), "")
        headed = bool(title) and any(
            other.start == span.end + len(title) and other.type == "Person" for other in spans[number + 1 :]
        )
        if left or right or headed:
            bodies.add(text[span.start : span.end])
    return [
        replace(s, type="ResearchOrganization") if s.type == "Platform" and text[s.start : s.end] in bodies else s
        for s in spans
    ]


def _sided(text: str, span: Span) -> Span:
    """中方 with the place it stands for: the one whose bound form it holds, else the one named in the article that begins so."""
    form = text[span.start : span.end]
    if len(form) < 2 or form[-1] != "方" or span.stands_for:
        return span
    names = _by_id()
    if len(form) > 2:
        hits = gazetteer("zh").find(form[:-1])
        whole = bool(hits) and hits[0] == (0, len(form) - 1, "Country")
        return replace(span, type="Country", stands_for=form[:-1]) if whole else span
    known = _choose(text, bound_forms().get(form[0], ()), names)
    if known is None:
        named = {name.id: name for name in _places_by_first().get(form[0], ()) if name.zh in text}
        known = next(iter(named.values())) if len(named) == 1 else None
    return span if known is None else replace(span, type=known.type, stands_for=known.zh)


@cache
def _by_id() -> dict[str, KnownEntity]:
    return {name.id: name for name in load_names()}


@cache
def _places_by_first() -> dict[str, list[KnownEntity]]:
    """Countries and regions by the first character of their names."""
    found: dict[str, list[KnownEntity]] = {}
    for name in _by_id().values():
        if name.type in ("Country", "Region") and len(name.zh) > 1:
            found.setdefault(name.zh[0], []).append(name)
    return found


def _inside(text: str, sentences: Sequence[tuple[int, int]]) -> bytearray:
    """One byte per character: 1 where a name may stand; in 【某地讯】 none does anything."""
    free = bytearray(len(text) + 1)
    for start, end in sentences:
        free[start:end] = b"\1" * (end - start)
    for match in _DATELINE.finditer(text):
        free[match.start() : match.end()] = bytes(match.end() - match.start())
    return free


class _Cover:
    """Spans that do not overlap; the first to come keeps its place."""

    def __init__(self, text: str, open_: bytearray) -> None:
        self.text, self.free, self.spans = text, open_, list[Span]()

    def add(self, span: Span) -> None:
        taken = span.end <= span.start or self.free.find(0, span.start, span.end) >= 0
        if not taken and not is_generic(self.text[span.start : span.end]):
            self.free[span.start : span.end] = bytes(span.end - span.start)
            self.spans.append(span)


def _trim(text: str, span: Span) -> Span:
    """《…》 is part of a title, “…” is not part of a name."""
    start, end = span.start, span.end
    if text[start - 1 : start] == "《" and text[end : end + 1] == "》":
        start, end = start - 1, end + 1
    elif text[end : end + 1] == "》" and "《" in text[start:end]:
        end += 1
    while end > start and text[start] in "“「、，和与":
        start += 1
    while end > start and text[end - 1] in "”」、，":
        if text[end - 1] == "”" and "“" in text[start:end]:
            break
        end -= 1
    return Span(start, end, span.type, span.source)


_COPULA = frozenset(("Country", "Region", "Company", "Person", "IntergovernmentalOrganization"))
_RANKED = re.compile(
    "(?:.{2,6})?(?:第?[一二三四五]大|最大的?|知名|著名|领先的?|头部|老牌|龙头).{0,8}?(?:公司|集团|企业|银行|巨头|厂商|制造商|运营商|品牌|车企|券商)(.{2,8})$"
)
_LOCATED = re.compile("(.{3,}?)在(?!线|建|读)")
_POSTED = re.compile("(.{2,6})驻(.{2,8})")
_BOTH = re.compile("(?:两国|两地|两市|双方|三国)(?:政府)?$")


def _verb_inside(form: str) -> tuple[int, int] | None:
    """Where a body's name ends and what it does ends, in a run taken for one name: 某大学|建设|某实验室, 某医院|结为|友好医院."""
    at = 0
    for word in rjieba.cut(form) if len(form) > 7 else ():
        begin, at = at, at + len(word)
        classes = cues("zh").get(word, ("verb",) if word in edge_words("verb") else ())
        if len(word) < 2 or at == len(form) or _NOUNS.issuperset(classes) or word in edge_words("nominal"):
            continue
        known = begin > 1 and gazetteer("zh").find(form[:begin])[:1] in ([(0, begin, "Region")], [(0, begin, "Country")])
        placed = known and not {"establish", "organize"}.isdisjoint(classes) and bool(_head_type(form[at:]))
        if placed or (begin > 3 and _head_type(form[:begin]) in _BODIES):
            return begin, at
    return None


_NOUNS = frozenset(("cooperate", "text", "aid", "money", "equity", "consortium", "represent", "jointly"))
_LATIN_PAIR = re.compile(r"([A-Za-z][\w .&-]+)[和与、及]([A-Za-z][\w .&-]+)", re.ASCII)
_LATIN = re.compile(r"[A-Za-z][A-Za-z .&-]+")


def _trimmed(text: str, span: Span) -> list[Span]:
    """The span without what is not part of a name; two persons joined by 与, 和 or 、 are two, and so are two names about 是."""
    span = _trim(text, span)
    form = text[span.start : span.end]
    if (
        span.type in ("Event", "Project", "Platform")
        and (at := form.find("是")) > 1
        and _head_type(form)
        and gazetteer("zh").find(form[:at])
    ):
        return [replace(span, start=span.start + at + 1)]  # 柬埔寨是[今年论坛]
    if span.type in _COPULA and 1 < (at := form.find("是")) < len(form) - 2:
        return [replace(span, end=span.start + at), replace(span, start=span.start + at + 1)]
    if span.type in _COPULA and (posted := _POSTED.fullmatch(form)) and len(gazetteer("zh").find(posted[1])) == 1:
        behind = replace(span, start=span.start + posted.start(2), type="Country")
        return [replace(span, end=span.start + posted.end(1), type="Country"), behind]
    if span.type in _BODIES and (located := _LOCATED.match(form)):
        return _trimmed(text, replace(span, end=span.start + located.end(1)))  # 玲珑轮胎|在某地
    form = _BOTH.sub("", form)
    if span.type != "Agreement" and (cut := _verb_inside(form)) is not None:
        (end, begin), kind = cut, _head_type(form[: cut[0]]) or "Region"  # 某大学|建设|某实验室
        rest = [replace(span, start=span.start + begin)] if len(form) - begin > 3 and _head_type(form[begin:]) else []
        return [replace(span, end=span.start + end, type=kind), *(part for one in rest for part in _trimmed(text, one))]
    if span.type in _BODIES and (parts := _official().match(form)):
        # 某委副主任某某与某国某部: a body, its official, another body
        begin, end = (span.start + at for at in parts.span(2))
        other = replace(span, start=span.start + parts.start(3))
        return [replace(span, end=span.start + parts.end(1)), Span(begin, end, "Person", span.source), *_trimmed(text, other)]
    hits = gazetteer("zh").find(form) if len(form) > 3 else []
    if len(hits) > 1 and hits[0][0] == 0 and hits[-1][1] == len(form):
        (_, end, kind), (begin, _, _), (_, _, last) = hits[0], hits[1], hits[-1]
        places = {kind.lstrip("?"), last.lstrip("?")} <= {"Country", "Region"}
        if len(hits) == 2 and places and form[end:begin] in ("和", "与", "、", "及"):
            sides = ((0, end, kind), (begin, len(form), last))
            return [Span(span.start + a, span.start + b, type_, span.source) for a, b, type_ in sides]
        if end < begin and all(word in cues("zh") or tag[:1] == "v" for word, tag in rjieba.tag(form[end:begin])):
            first = replace(span, end=span.start + end, type=kind.lstrip("?"))
            return [first, replace(span, start=span.start + begin, type=last.lstrip("?"))]
    form = text[span.start : span.end]
    if two := _LATIN_PAIR.fullmatch(form):
        middle = span.start + two.end(1)
        return [replace(span, end=middle), replace(span, start=middle + 1)]
    latin = _LATIN.match(form)
    if latin and latin.end() < len(form) and _head_type(form) != span.type and rjieba.cut(form[latin.end() :])[0] in cues("zh"):
        return [replace(span, end=span.start + len(latin.group().rstrip()))]
    if span.type == "Company" and (told := _RANKED.match(form)):
        return [replace(span, start=span.start + told.start(1))]  # 葡萄牙最大保险公司[忠诚保险]
    if span.type != "Person":
        return [span]
    found, start = [], span.start
    for match in re.finditer("[与和、及]|$", text[span.start : span.end]):
        end = span.start + match.start()
        if end - start > 1:
            found.append(Span(start, end, span.type, span.source))
        start = end + 1
    return found if len(found) > 1 else [span]


def _officials(text: str) -> list[Span]:
    """Who is named behind an office, by a family name or by characters that spell a foreign one: 董事长[马一鸣]与…."""
    found = []
    for _, end, _ in _title_words().find(text):
        match = _person_behind().match(text, end)
        if match is None:
            continue
        name = _unacted(match.group())
        native = name[:1] in surnames() and len(name) < 4
        foreign = rjieba.tag(name)[0][1][:2] in ("nr", "ns") if name else False
        if len(name) > 1 and (native or foreign) and not gazetteer("zh").find(name) and not _is_word(name):
            found.append(Span(end, end + len(name), "Person", "office"))
    return found


def _held_apart(text: str, span: Span, offices: frozenset[int]) -> list[Span]:
    """A person behind an office and the body that a word leads to, where they were taken for one: [李明远]为[研究院]."""
    name = _person_behind().match(text, span.start, span.end) if span.start in offices and span.type != "Person" else None
    if name is None or name.group()[0] not in surnames() or len(name.group()) > 3 or text[name.end()] not in "为与和同向对":
        return [span]
    return [Span(span.start, name.end(), "Person", "office"), replace(span, start=name.end() + 1)]


def _is_person(name: str) -> bool:
    """Whether a name behind an office is that of who holds it: no known name, none that ends in a head word."""
    named = name[0] in surnames() or "·" in name or rjieba.tag(name)[0][1][:2] in ("nr", "ns", "nz", "x", "en")
    return 1 < len(name) < 9 and named and not name.isascii() and not _head_type(name) and not gazetteer("zh").find(name)


def _unacted(run: str) -> str:
    """A run of characters up to the first longer word that says when or what is done: 洪马内|接见, 雅赫|先后."""
    at = 0
    for word, tag in rjieba.tag(run):
        if at > 1 and len(word) > 1 and (tag[:1] in "vtdpc" or word in cues("zh")):
            return run[:at]
        at += len(word)
    return run


def _is_word(name: str) -> bool:
    """Whether a run is one word of the language or begins with a word for somebody: 单位, 团队."""
    (word, tag), *rest = rjieba.tag(name)
    return (not rest and tag[:2] not in ("nr", "ns")) or name.startswith(generic_words("common")) or word in cues("zh")


@cache
def _person_behind() -> re.Pattern[str]:
    """Two to eight characters, with dots between the parts of a foreign name, before a mark or a word that no name goes on with."""
    after = "|".join(map(re.escape, sorted(edge_words("after"), key=lambda word: (-len(word), word))))
    return re.compile(rf"[\u4e00-\u9fff]{{2,8}}?(?:·[\u4e00-\u9fff]{{1,6}}?){{0,3}}(?=[，。；：、！？（）“”等\n\d]|$|{after})")


@cache
def _title_words() -> Words:
    return make_words([(word, "T") for word in sorted(titles("zh"))])


@cache
def _official() -> re.Pattern[str]:
    words = "|".join(map(re.escape, sorted(titles("zh"), key=lambda word: (-len(word), word))))
    return re.compile(rf"(.+?[部委局厅署院会司行社协心学团])(?:{words})([\u4e00-\u9fff·]{{2,8}}?)[与和同、](.{{3,}})$")


_MONEY = re.compile(r"[约近超逾]?[\d.]+余?[十百千万亿]*(?:美|欧|日|韩|港|澳|加)?[元镑]")
_CLOSERS = frozenset("，。；、）：！？\n“”》等在于上和与及期间后时中的并，（")


def _slots(text: str) -> list[Span]:
    """What a verb takes as its object, as far as a head word that fits the verb and ends the phrase."""
    found = []
    slots = slot_words("zh").find(text)
    hits = heads("zh").find(text)
    at = 0
    for _, end, wanted in slots:
        kinds = wanted.split("|")
        begin = end + len(match.group()) if (match := OPENERS.match(text[end : end + 8])) else end
        while at < len(hits) and hits[at][0] < begin:
            at += 1
        best = None
        for start, stop, kind in hits[at:]:
            if stop - begin > 28 or any(char in "，。；：！？、\n" for char in text[begin:start]):
                break
            if kind in kinds and (stop == len(text) or text[stop] in _CLOSERS):
                best = (stop, kind)
                break
        if best and best[0] - begin >= 3 and text[begin] not in "《“由与" and not _MONEY.match(text, begin):
            found.append(Span(begin, best[0], best[1], "slot"))
    return found


_BODIES = frozenset(
    ("Company", "ResearchOrganization", "Association", "GovernmentBody", "IntergovernmentalOrganization", "Alliance")
)
_ORGANISATIONS = _BODIES - {"Alliance"}
_SIDES = r"(?:与|和|同|跟|携手|联手|联合)"
# Classes of cue words for what two do with each other.
_JOINT = frozenset(("sign", "cooperate", "meet", "establish", "do", "venture"))
_RUN = r"[\u4e00-\u9fffA-Za-z0-9·]{2,10}"
_OWNED = re.compile("(?:之间|双方|两国)?的")
_LEFT = re.compile(rf"(?:^|[，。；：！？、\n）”])({_RUN}){_SIDES}$")
_RIGHT = re.compile(rf"{_SIDES}({_RUN})")
_CLOSED = re.compile("[，。；：！？\n]")


def _beside(text: str, spans: Sequence[Span]) -> list[Span]:
    """Who acts together with a body that was found, where nothing but its place tells that it is a name: [汇付天下]与云海集团合作."""
    starts = sorted(span.start for span in spans)
    words = _joint_words()
    found = []
    for span in sorted(spans, key=lambda span: span.start):
        if span.type not in _BODIES or text[span.start : span.end] in generic_words("common"):
            continue
        kind = span.type if span.type in ("ResearchOrganization", "Association") else "Company"
        clause = max(text.rfind(mark, 0, span.start) for mark in "，。；：！？、\n）”") + 1
        before = max(clause - 1, 0)
        left, right = _LEFT.search(text[before : span.start]), _RIGHT.match(text, span.end)
        if not left and not right:
            continue
        closed = _CLOSED.search(text, span.end)
        stop = closed.start() if closed else len(text)
        acts = words.find(text[span.end : stop])
        if not acts:
            continue
        if left and (run := OPENERS.sub("", left.group(1))) and len(run) > 1 and _is_nameless(run):
            end = before + left.end(1)
            found.append(Span(end - len(run), end, kind, "beside"))
        if right:
            begin = right.start(1)
            end = min(span.end + acts[0][0], next((at for at in starts if at >= begin), stop))
            if 2 <= end - begin <= 10 and _is_nameless(text[begin:end]):
                found.append(Span(begin, end, kind, "beside"))
    return found


def _of_two(text: str, spans: Sequence[Span]) -> list[Span]:
    """What two names in a row have between them, up to a head word: 中国与塞尔维亚的[自贸协定], A和B的[联合实验室]."""
    ordered = sorted(spans, key=lambda span: span.start)
    hits = heads("zh").find(text)
    starts = [start for start, _, _ in hits]
    found = []
    for left, right in pairwise(ordered):
        gap = _OWNED.match(text, right.end)
        if text[left.end : right.start] not in _SIDE_BY_SIDE or gap is None or right.type in ("Person", "Event", "Agreement"):
            continue
        begin = gap.end()
        for start, end, kind in hits[bisect_left(starts, begin) :][:3]:
            if end - begin > 14 or any(char in _CLOSERS for char in text[begin:start]):
                break
            if kind in ("Agreement", "Platform", "Project", "Alliance") and end - begin > 3:
                found.append(Span(begin, end, kind, "slot"))
                break
    return found


@cache
def _joint_words() -> Words:
    return make_words([(word, "C") for word, classes in cues("zh").items() if not _JOINT.isdisjoint(classes) and len(word) > 1])


def _is_nameless(run: str) -> bool:
    """Whether a run of words could be a name that nothing tells: nouns, none that speaks of anybody (企业), of an act or an office."""
    if (
        run.endswith(generic_words("common"))
        or run.startswith(generic_words("common"))
        or is_generic(run)
        or run[-1] in FUNCTION
    ):
        return False
    tags = rjieba.tag(run)
    if any(word in FUNCTION or word in cues("zh") or word in titles("zh") or word in anaphors("zh") for word, _ in tags):
        return False
    kinds = {tag[:1] for _, tag in tags}
    return kinds <= set("njbxzagsofev") and kinds != {"v"}


def _head_type(name: str) -> str:
    """The type that the last head word of a name tells, if it stands at the very end."""
    hits = heads("zh").find(name)
    return hits[-1][2] if hits and hits[-1][1] == len(name) else ""


def _definitions(text: str, spans: list[Span]) -> list[Span]:
    """Short forms that the article defines in brackets directly behind a name."""
    ends = {span.end: span for span in spans}
    found = []
    for match in _BRACKET.finditer(text):
        span = ends.get(match.start()) or ends.get(match.start(1))
        short = match.group(1)
        if span is None or span.start >= match.start():
            continue
        full = text[span.start : span.end]
        if (
            _DEFINES.match(match.group())
            or (short.isascii() and short.replace("-", "").isalnum() and len(short) < 12)
            or (len(short) < len(full) and all(char in full for char in short))
        ):
            found.append(Span(match.start(1), match.end(1), span.type, "definition", full))
    for match in _BRACKET_LIST.finditer(text):
        if (span := ends.get(match.start())) is not None:
            full = text[span.start : span.end]
            found += [
                Span(match.start() + one.start(1), match.start() + one.end(1), span.type, "definition", full)
                for one in _QUOTED.finditer(match.group())
            ]
    return found


def _bound(text: str, place: Ints) -> list[Span]:
    """Runs of single-character place names (日韩, 中日韩) and one before 方 (中方)."""
    bound, names = bound_forms(), _by_id()
    found = []
    for match in bound_runs().finditer(text):
        run, start = match.group(), match.start()
        after = text[match.end() : match.end() + 1]
        led = text[start - 1 : start] in _TO_PLACES
        if (not led and place[start] not in (1, 4)) or place[match.end() - 1 + (len(run) == 1 and after == "方")] not in (3, 4):
            continue
        if any(word in run for word in generic_words("compound")) or (len(run) == 2 and text[start - 1 : start] in _LOCAL):
            continue  # 在尼斯
        alone = len(run) == 1 and text[start - 1 : start] in _TO_PLACES and _stands_alone(text, start)
        if not (1 < len(run) == len(set(run)) <= 4 or (len(run) == 1 and after == "方") or alone):
            continue
        if any(0 <= at < len(text) and place[at] == 4 and _is_odd(text[at]) for at in (start - 1, match.end())):
            continue  # a piece of a foreign name: 杜布克市
        chosen = [_choose(text, bound[char], names) for char in run]
        if alone and (chosen[0] is None or chosen[0].type != "Country"):
            continue
        if len(run) > 1 and not all(chosen):
            continue
        for offset, name in enumerate(chosen):
            if name is not None:
                end = start + offset + 1 + (len(run) == 1 and after == "方")
                found.append(Span(start + offset, end, name.type, "bound", name.zh))
    return found


# 在泰设厂, 访华, 对日出口: one character for a country behind a word that leads there.
_LOCAL = frozenset("在于赴抵到至")
_TO_PLACES = frozenset("在访赴驻对援")


def _stands_alone(text: str, at: int) -> bool:
    """Whether one character for a country is a word, alone or with what leads to it: 在|泰|设厂, 访华|期间."""
    begin = max(0, at - 6)
    edge = begin
    for word in rjieba.cut(text[begin : at + 5]):
        if edge <= at < edge + len(word):
            return edge + len(word) == at + 1 and edge >= at - 1
        edge += len(word)
    return False


def _is_odd(char: str) -> bool:
    """Whether a character that the segmenter leaves alone is neither a function word nor a mark."""
    return "\u4e00" <= char <= "\u9fff" and char not in FUNCTION and char not in "方等间两三四五国省市地"


def _choose(text: str, ids: tuple[str, ...], names: Mapping[str, KnownEntity]) -> KnownEntity | None:
    """Of the entities a bound form may stand for, the one that the article names in full; else the only one there is."""
    named = [
        names[id_]
        for id_ in ids
        if names[id_].zh in text or any(alias in text for alias in names[id_].aliases if len(alias) > 1)
    ]
    if len(named) == 1:
        return named[0]
    return names[ids[0]] if len(ids) == 1 or (ids and not named) else None


def _again(text: str, spans: list[Span]) -> list[Span]:
    """Every place where a found name stands again, with the type it mostly has; where two begin, the longer."""
    votes: dict[str, dict[str, int]] = {}
    for span in spans:
        form = text[span.start : span.end]
        if len(form) > 2 or (len(form) == 2 and span.source in ("tagger", "definition")):
            own = votes.setdefault(form, {})
            own[span.type] = own.get(span.type, 0) + 1
    places = list[tuple[int, int, str]]()
    for form in votes:
        # an automaton for the few names of one article takes longer to build
        start = text.find(form)
        while start >= 0:
            places.append((start, -len(form), form))
            start = text.find(form, start + 1)
    kinds = {form: max(sorted(types), key=types.__getitem__) for form, types in votes.items()}
    found, end = list[Span](), 0
    for start, minus, form in sorted(places):
        if start >= end:
            end = start - minus
            found.append(Span(start, end, kinds[form], "again"))
    return found
