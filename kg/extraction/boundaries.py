"""Where a name begins and ends, mended by its build: 瓦努阿图|气象与地质灾害司 is one name, 何塞·卡瓦耶罗|在 ends before 在.

The field of characters (tagging.py) reads each place by its surroundings; here the whole span is looked at. Each step takes the
spans of a text, in order and not overlapping, and gives them back so.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, NamedTuple

import rjieba

from kg.extraction.lexicon import cues, gazetteer, heads, is_generic, slot_words, titles
from kg.resources import data_path, read_table

_PLACES = frozenset(("Country", "Region"))
_BODIES = frozenset(("Company", "ResearchOrganization", "Association", "GovernmentBody", "IntergovernmentalOrganization"))
_NAMED_BY_SLOT = frozenset(("Agreement", "Event", "Project", "Platform", "Alliance"))
# What may stand inside a longer name; heads of one character that need no more: 厅, 局, 州.
_INNER = _PLACES | _BODIES | {"Platform", "Project"}
_SHORT_HEADS = frozenset(("GovernmentBody", "Region"))
# Classes of cue words that are nouns.
_NOUNS = frozenset(("aid", "money", "equity", "consortium", "text"))
_NO_NAME = "等及或后前中内外下间者们们方式"
# Who may stand on either side of a dash: 中国—东盟….
_SIDES = _PLACES | {"IntergovernmentalOrganization", "CountryGroup"}
# What is begun by the verb that leads to it, never named with it.
_BEGUN = frozenset(("Project", "Platform", "Alliance"))
_STOPS = "，。；：！？、\n《》（）“”"
_OPEN, _CLOSE = {"《": "》", "“": "”", "（": "）"}, {"》": "《", "”": "“", "）": "（"}
_ORDINAL = re.compile(
    r"(?:20\d\d(?:[—－-]20\d\d)?年?度?|第?[\d一二三四五六七八九十百]+(?:届|期|号)|第[\d一二三四五六七八九十百]+(?:次|批|轮|座)|首届|首次|年产?\d[\d.]*(?:万?吨|[A-Za-z]+)(?:的)?|\d[\d.]*(?:吉瓦时?|兆瓦|万?千瓦|GW|MW|万?吨))$"
)
_SUBDIVISION = re.compile("[^\\W\\d_各全多两三四五该等大小中首境国、，。；：“”《》（）]{2,6}?[省州市县町郡邦府]")
# Words that say what the name in quotation marks behind them is: 投资平台“脱碳伙伴”.
_APPOSITIONS = {
    "平台": "Platform", "项目": "Project", "工程": "Project", "联盟": "Alliance", "网络": "Alliance", "机构": "Association",
    "组织": "Association", "品牌": "Company", "公司": "Company", "企业": "Company", "论坛": "Event", "活动": "Event", "大会": "Event",
    "计划": "Project", "基金": "Platform", "中心": "Platform", "实验室": "Platform", "园区": "Platform", "展览": "Event",
}  # fmt: skip
_UNIT, _AMOUNT = re.compile("吉瓦|兆瓦|万?千瓦|GW|MW|万?吨"), re.compile(r"\d[\d.]*$")
_DEPARTMENT = re.compile(r"(?:[\u4e00-\u9fff]{1,6}[、与和及]){0,3}[\u4e00-\u9fff]{1,7}?(?:部|局|署|厅|(?<!公)司|委员会)")
OPENERS = re.compile(
    r"^(?:了|着|过|的|第一个|首个|首份|第一份|两份|三份|多份|那份|这份|一个|一座|一家|一项|一批|首批|国内首个|全国首个|该|此次|本次|这次|本届|其|新的|多个|又|还|相关|有关|一份|一系列|两国|双方|当地)+"
)
# How many there are, or that they were told of: 三家|合资公司, 前述|5GW项目, 后者|新能源平台; 第三次会议 is a name.
_COUNTED = re.compile(
    r"^(?:(?:[一二两三四五六七八九十百]+|\d+|多|数|几|某|下一?|这|前述|上述|上一?)(?:[个家项场次份座批条款轮]|届(?!.{0,2}峰会))|这一?|前述|上述|后者|前者)(?=.{2})"
)
# Classes of cue words that no body's name begins with: 资助|某大学.
_ACTS = frozenset(("support", "meet", "sign", "organize", "participate"))
_BUILT = re.compile(
    "(?:共同|联合|合作)?(?:建设|共建|合建|合办|设立|成立|建立|组建|举办|召开|参加|出席)(?!银行).*?(?=.{4}$)".replace(".*?", "")
)
_ATTENDED = re.compile("出席|参加|亮相|召开|举行")
_BRACKETED = re.compile("（([\u4e00-\u9fff]{2,4})）")
_TITLE = re.compile(r"《[^《》\n]{3,60}》")
_QUOTATION = re.compile(r"“[^“”，。；：！？\n]{2,24}”")
_LONGEST = 26


class Span(NamedTuple):
    """A name in the clean text: `clean[start:end]`, its type, where the finding comes from, and for a bound form or a
    definition the name it stands for."""

    start: int
    end: int
    type: str
    source: str
    stands_for: str = ""


def replace(span: Span, **changes: Any) -> Span:
    """The span with other values of some fields."""
    return span._replace(**changes)


@cache
def edge_words(kind: str) -> frozenset[str]:
    """Words at the edges of names by kind: what does not end a person (`after`), what no name holds (`inside`, `verb`), verbs that
    stand for a trade inside a name (`nominal`), heads that alone do not end a longer name (`last`)."""
    rows = read_table(data_path("seeds") / "lexicon" / "edges.zh.csv", ("word", "kind", "example"))
    return frozenset(row["word"] for row in rows if row["kind"] == kind)


@cache
def _verbs() -> frozenset[str]:
    return frozenset(word for word, classes in cues("zh").items() if not _NOUNS.issuperset(classes))


@cache
def _cut_after() -> re.Pattern[str]:
    words = sorted(edge_words("after"), key=lambda word: (-len(word), word))
    return re.compile(f"(?:{'|'.join(map(re.escape, words))})$")


def mend(text: str, spans: Sequence[Span]) -> list[Span]:
    """The spans with the beginnings and ends that their build asks for; what grows takes over the smaller names it swallows."""
    hits = heads("zh").find(text)
    ends = {end: kind for _, end, kind in hits}
    entitled = [
        Span(match.start(), match.end(), ends[match.end() - 1], "title")
        for match in _TITLE.finditer(text)
        if match.end() - 1 in ends
    ]
    entitled += _quoted(text, hits)
    entitled += _signed(text, hits)
    mended = [_trim(text, span) for span in spans]
    mended = _settle(text, [*(_balance(text, span) for span in mended), *entitled])
    steps: tuple[Callable[[list[Span]], list[Span]], ...] = (
        lambda settled: [_ministry(text, span) for span in settled],
        lambda settled: [_province(text, span) for span in settled],
        lambda settled: _conjoin(text, settled),
        lambda settled: _grow_right(text, settled, hits),
        lambda settled: [_grow_left(text, span) for span in settled],
        lambda settled: _vote(text, settled),
    )
    for step in steps:
        changed = step(mended)
        mended = mended if changed == mended else _settle(text, changed)
    return mended


def _settle(text: str, spans: Iterable[Span]) -> list[Span]:
    """In order and not overlapping: of two that overlap the longer stays."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda span: (span.start, -span.end)):
        if span.end <= span.start or is_generic(text[span.start : span.end]):
            continue
        while kept and kept[-1].end > span.start and span.end - span.start > kept[-1].end - kept[-1].start:
            kept.pop()
        if not kept or kept[-1].end <= span.start:
            kept.append(span)
    return kept


def _quoted(text: str, hits: Sequence[tuple[int, int, str]]) -> list[Span]:
    """“渝见澳洲”少年推介官选拔赛, “绍兴倡议”: what quotation marks name, with the head behind or in them."""
    found, number = list[Span](), 0
    for match in _QUOTATION.finditer(text):
        while number < len(hits) and hits[number][1] <= match.start():
            number += 1
        near = [hit for hit in hits[number : number + 6] if hit[1] <= match.end() + 12 and hit[2] in _NAMED_BY_SLOT]
        behind = next((hit for hit in near if hit[0] >= match.end() and _nominal(text[match.end() : hit[1]], hit[2])), None)
        if behind is not None and not _splits(text, behind[1]):
            found.append(Span(match.start(), behind[1], behind[2], "title"))
        elif kind := next((kind for word, kind in _APPOSITIONS.items() if text.endswith(word, 0, match.start())), ""):
            found.append(Span(match.start() + 1, match.end() - 1, kind, "title"))
        elif inner := next((hit for hit in near if hit[1] == match.end() - 1), None):
            found.append(Span(match.start() + 1, match.end() - 1, inner[2], "title"))
    return found


def _signed(text: str, hits: Sequence[tuple[int, int, str]]) -> list[Span]:
    """What is signed, up to the word for a text that ends the phrase, whatever it is about: 续签[派遣医疗队议定书]."""
    found, number = list[Span](), 0
    for _, verb, kinds in slot_words("zh").find(text):
        if kinds != "Agreement":
            continue
        opener = OPENERS.match(text[verb : verb + 8])
        begin = verb + (len(opener.group()) if opener else 0)
        while number < len(hits) and hits[number][0] < begin:
            number += 1
        for start, end, kind in hits[number : number + 8]:
            if end - begin > _LONGEST or any(char in "，。；：！？、\n《“" for char in text[begin:start]):
                break
            if kind == "Agreement" and not _splits(text, end) and text[end : end + 1] not in ("书", "的"):
                if end - begin > 4 and not any(char in "的与和在由对向为就等" for char in text[begin:start]):
                    found.append(Span(begin, end, "Agreement", "title"))
                break
    return found


def _trim(text: str, span: Span) -> Span:
    """Without what is no part of the name: [李明远]在, [国际竹藤组织]（INBAR）, 启动[红树林保护项目]."""
    start, end = span.start, span.end
    if span.source == "definition":
        return span
    if text[start] == "《" and text[end - 1 : end] == "》":
        return span
    opened = text.find("（", start, end)
    if opened > start + 1 and ("）" not in text[opened:end] or text[opened + 1 : end - 1].isascii()):
        end = opened
    if span.type == "Person":
        start += end - start > 2 and text[start] in "与同跟对"
        while end - start > 2 and (match := _cut_after().search(text[start:end])) and end - start - len(match.group()) >= 2:
            end -= len(match.group())
        return replace(span, start=start, end=_person_end(text, end))
    if span.type in _NAMED_BY_SLOT and text[start - 1 : start + 1] in _verbs() and text[start] not in heads("zh").words:
        start += 1  # 发起设|立云海联盟
    if span.type in _BEGUN and (begun := _begun(text[start:end])):
        end -= begun
    if (span.type in _BEGUN or span.type == "Event") and text[start - 1 : start] not in ("“", "《"):
        verb = next((word for word in edge_words("verb") if text.startswith(word, start) and len(word) > 1), "")
        if verb and end - start - len(verb) > 2:
            start += len(verb)
    word = text[start : start + 2]
    acted = not _ACTS.isdisjoint(cues("zh").get(word, ())) and word not in edge_words("nominal")
    if span.type in _BODIES and acted and end - start > 5 and _ends_in_head(text[start + 2 : end]):
        start += 0 if gazetteer("zh").find(text[start:end])[:1] == [(0, end - start, span.type)] else 2
    if span.type in ("ResearchOrganization", "Association") and (built := _BUILT.match(text[start:end])):
        start += len(built.group())
    if span.type in _NAMED_BY_SLOT and text[start - 1 : start] not in ("“", "《"):
        opener = OPENERS.match(text[start:end])
        if opener and end - start - len(opener.group()) > 2:
            start += len(opener.group())
    if span.type not in ("Person", "Country", "Region", "Agreement") and (counted := _COUNTED.match(text[start:end])):
        start += len(counted.group())
    if (
        span.type == "Event"
        and (acts := [match.end() for match in _ATTENDED.finditer(text, start, end)])
        and end - acts[-1] > 2
    ):
        start = acts[-1]
    if text[start - 1 : start] == "援" and (helped := gazetteer("zh").find(text[start:end])) and helped[0][0] == 0:
        return replace(span, end=start + helped[0][1], type=helped[0][2].lstrip("?"))
    if span.type in ("Company", "ResearchOrganization") and (place := _BRACKETED.match(text, end)):
        known = gazetteer("zh").find(place.group(1))
        end = place.end() if known and known[0][1] == len(place.group(1)) and known[0][2] in _PLACES else end
    return replace(span, start=start, end=end)


def _begun(name: str) -> int:
    """How many characters at the end of a name say that what is named begins: 云海产业园|开园."""
    word = name[-2:]
    return 2 if len(name) > 5 and "establish" in cues("zh").get(word, ()) and _ends_in_head(name[:-2]) else 0


def _ends_in_head(name: str) -> bool:
    return any(end == len(name) for _, end, _ in heads("zh").find(name))


def _person_end(text: str, end: int) -> int:
    """What is left between a person and the next mark or verb belongs to the name: 李家|超，, 浅尾庆|一郎、."""
    word, tag = next(iter(rjieba.tag(text[end : end + 4])), ("", ""))
    if len(word) == 2 and tag.startswith("nr") and text[end + 2 : end + 3] in _STOPS:
        return end + 2
    char = text[end : end + 1]
    if not "\u4e00" <= char <= "\u9fff" or char in edge_words("after") or char in _NO_NAME:
        return end
    if len(rjieba.cut(text[end : end + 3])[0]) > 1:
        return end
    rest = text[end + 1 : end + 4]
    closed = not rest or rest[0] in _STOPS or rest[0].isdigit() or any(rest.startswith(word) for word in edge_words("after"))
    return end + 1 if closed else end


def _balance(text: str, span: Span) -> Span:
    """Quotation marks and brackets in pairs: “十四五”战略协议, 联合研发（北京）有限公司, 《法莱皮利联盟条约》."""
    start, end = span.start, span.end
    inside = text[start:end]
    for right, left in _CLOSE.items():
        if right in inside and left not in inside[: inside.index(right)]:
            at = text.rfind(left, max(0, start - _LONGEST), start)
            if at >= 0 and not any(char in "，。；\n" for char in text[at:start]):
                start = at
    inside = text[start:end]
    for left, right in _OPEN.items():
        if left in inside and right not in inside[inside.rindex(left) :]:
            at = text.find(right, end, end + 2 * _LONGEST)
            if at >= 0 and not any(char in "，。；\n" for char in text[end:at]) and left != "（":
                end = at + 1
    if text[start - 1 : start] == "《" and "》" not in text[start:end]:
        at = text.find("》", end, end + 2 * _LONGEST)
        if at >= 0 and not any(char in "。；\n《" for char in text[end:at]) and span.type == "Agreement":
            start, end = start - 1, at + 1
    return replace(span, start=start, end=end)


def _nominal(text: str, kind: str) -> bool:
    """Whether words make up the rest of a name, the last of them its head: nouns, and verbs that stand for a trade (合作, 发展)."""
    if len(text) > _LONGEST or any(char in _STOPS for char in text):
        return False
    words = rjieba.tag(text)
    if len(words) > 6 or (len(words[-1][0]) == 1 and kind not in _SHORT_HEADS):
        return False
    for number, (word, tag) in enumerate(words):
        if word in ("与", "和", "及"):
            if kind != "GovernmentBody" or number in (0, len(words) - 1) or len(words[number - 1][0]) < 2:
                return False
        elif word in edge_words("nominal") or word == "驻":
            continue
        elif (
            word in titles("zh")
            or word in _verbs()
            or word in edge_words("verb")
            or word in edge_words("inside")
            or tag[:1] not in ("njbasliezv" if len(text) < 12 and len(word) > 1 else "njbasliez")
            or tag == "eng"
        ):
            return False
    return True


def _ministry(text: str, span: Span) -> Span:
    """老挝|教育与体育部, 东帝汶|农业、畜牧、渔业和林业部: what follows a place up to a word for a department."""
    if span.type not in _PLACES or span.source == "bound":
        return span
    match = _DEPARTMENT.match(text, span.end)
    if match is None or _splits(text, match.end()) or ("、" in match.group() and match.group()[-1] != "部"):
        return span
    at = span.end
    for word, tag in rjieba.tag(match.group()):
        last = at + len(word) == match.end()
        joint = word in ("与", "和", "及", "、") and span.end < at
        if not (joint or (last and word not in edge_words("last")) or word in edge_words("nominal")):
            if word in titles("zh") or word in _verbs() or word in edge_words("inside") or tag[:1] not in "njbaslizv":
                return span
        at += len(word)
    return replace(span, end=match.end(), type="GovernmentBody", source="build")


def _province(text: str, span: Span) -> Span:
    """蒙古国|前杭爱省, 日本|芦原町: what follows a country up to a word for a place."""
    match = _SUBDIVISION.match(text, span.end) if span.type == "Country" and span.source != "bound" else None
    if match is None or _splits(text, match.end()):
        return span
    words = rjieba.cut(match.group())
    if any(
        word in titles("zh") or word in cues("zh") or word in edge_words("inside") or word in edge_words("after")
        for word in words
    ):
        return span
    return replace(span, end=match.end(), type="Region", source="build")


def _conjoin(text: str, spans: Sequence[Span]) -> list[Span]:
    """北京大学|材料科学与|工程学院, 中国科学院|新疆生态与|地理研究所: the 与 stands inside the second name's trade."""
    found: list[Span] = []
    for span in spans:
        left = found[-1] if found else None
        if left is not None and span.type in ("ResearchOrganization", "GovernmentBody", "Association", "Platform"):
            between = text[left.end : span.start]
            whole = left.type in (*_PLACES, "ResearchOrganization", "GovernmentBody", "IntergovernmentalOrganization")
            begun = left.type == "Company" and span.type == "GovernmentBody" and between in ("与", "和")
            if begun and _is_open(text[left.start : left.end]):
                found[-1] = replace(span, start=left.start, source="build")  # 不丹能源|与|自然资源部
                continue
            if whole and 2 < len(between) < 11 and between[-1] in "与和" and _nominal(between[:-1], "GovernmentBody"):
                found[-1] = replace(span, start=left.start, source="build")
                continue
        found.append(span)
    return found


def _is_open(name: str) -> bool:
    """Whether a name is a country and a field, as the first half of a ministry is: 不丹能源."""
    known = gazetteer("zh").find(name)
    return bool(known) and known[0][0] == 0 and known[0][2] == "Country" and len(name) - known[0][1] < 5


def _grow_right(text: str, spans: Sequence[Span], hits: Sequence[tuple[int, int, str]]) -> list[Span]:
    """A name that goes on to a head word, over what stands between: 老挝|教育与体育部, 桂林|电子科技大学, 中|韩|环境合作中心."""
    found: list[Span] = []
    starts = [span.start for span in spans]
    number = hit = 0
    while number < len(spans):
        span = spans[number]
        follower = spans[number + 1] if number + 1 < len(spans) else None
        if follower is not None and _linked(text, span, follower):
            spans = [*spans[: number + 1], replace(follower, start=span.start, source="build"), *spans[number + 2 :]]
            starts[number + 1] = span.start
            number += 1
            continue
        dashed = bool(found) and found[-1].end == span.start - 1 and text[span.start - 1] in "—－–" and found[-1].type in _SIDES
        if dashed and span.type in _SIDES:
            span = replace(span, source="bound")
        if (
            span.type in ("Person", "Agreement", "Event")
            or text[span.end - 1] == "》"
            or text[span.start : span.end] in heads("zh").words
        ):
            found.append(span)
            number += 1
            continue
        while hit < len(hits) and hits[hit][1] <= span.end:
            hit += 1
        best = None
        for start, end, kind in hits[hit : hit + 6]:
            if end - span.end > _LONGEST or any(char in _STOPS for char in text[span.end : start]):
                break
            if not _continues(text, span, start, end, kind):
                continue
            inner = [other for other in spans[number + 1 : number + 6] if other.start < end]
            if any(other.end > end or other.type not in _INNER for other in inner):
                break
            if _nominal(text[span.end : end], kind) and (end == len(text) or not _splits(text, end)):
                best = (end, kind)
        if best is None:
            if follower is not None and follower.start == span.end and _one_name(span, follower, text):
                best = (follower.end, follower.type)
        if best is None:
            found.append(span)
            number += 1
            continue
        grown = replace(span, end=best[0], type=best[1], source="build", stands_for="")
        if dashed and span.source == "bound":
            grown = replace(grown, start=found.pop().start)
        while found and found[-1].source == "bound" and found[-1].end == span.start:
            grown = replace(grown, start=found.pop().start)
            span = replace(span, start=grown.start)
        found.append(grown)
        while number < len(spans) and starts[number] < best[0]:
            number += 1
    return found


def _continues(text: str, span: Span, start: int, end: int, kind: str) -> bool:
    """Whether a head word can end a name that begins with this span."""
    word = text[start:end]
    if kind == "Association" and text[span.start - 1 : span.start] == "援":
        return False  # 援坦桑尼亚医疗队 is sent to 坦桑尼亚
    if kind in ("CountryGroup", "Agreement") or (kind == "Region" and span.type not in _PLACES):
        return False
    if word in edge_words("last") or (word == "政府" and span.type == "Country") or text[start - 1] in "两三四五各多该全":
        return False
    if span.type == "IntergovernmentalOrganization" and span.source != "bound":
        return kind in ("Event", "ResearchOrganization")
    if span.type == kind and span.type not in _PLACES and start > span.end:
        return kind in _BODIES
    if span.source == "bound":
        return kind in ("Platform", "Project", "Event", "ResearchOrganization", "Company") and end - span.end > 3
    return not (span.type in _NAMED_BY_SLOT and kind not in ("Company", "Platform", "Event", "Project"))


def _splits(text: str, end: int) -> bool:
    """Whether a word goes on over this place: 部|署, 会|议."""
    window = text[max(0, end - 3) : end + 3]
    at = max(0, end - 3)
    for word, _ in rjieba.tag(window):
        if at < end < at + len(word):
            return True
        at += len(word)
    return False


def _linked(text: str, left: Span, right: Span) -> bool:
    """中国—|东盟博览会, 《生物多样性公约》|第十五次缔约方大会."""
    if left.type == "Agreement":
        return right.type == "Event" and right.start == left.end and text[left.end - 1] == "》"
    dashed = text[left.end : right.start] in ("—", "－", "-", "–") and left.type in (*_PLACES, "IntergovernmentalOrganization")
    begun = right.type == "IntergovernmentalOrganization" and right.end - right.start > 6 and left.type != right.type
    return dashed and (begun or right.type in (*_NAMED_BY_SLOT, "ResearchOrganization"))


def _one_name(left: Span, right: Span, text: str) -> bool:
    """Whether two names that touch are one: 阿联酋|马斯达尔公司, 山东省|潍坊市, 中国石化|镇海炼化, not 某部|某人."""
    if left.source == "bound" or right.source == "bound":
        return False
    if left.type in ("Project", "Platform", "Agreement", "Alliance") and right.type == "Event":
        return True  # 某项目|启动仪式
    if left.type in _PLACES and right.type == "Event":
        return text.startswith(("首届", "第"), right.start)
    if left.type in _PLACES and right.type in ({"Region"} | _BODIES | {"Platform", "Project"}):
        return left.type == "Country" or right.type != "Country"
    return left.type in _BODIES and right.type == left.type and not text[left.end - 1].isascii()


def _grow_left(text: str, span: Span) -> Span:
    """第21届|中国—东盟博览会, 2025年度|采购框架协议."""
    if span.type not in _NAMED_BY_SLOT and span.type != "Association":
        return span
    before = text[max(0, span.start - 60) : span.start]
    if span.type == "Agreement" and before.endswith("的") and "关于" in before:
        about = before[before.rindex("关于") :]
        if not any(char in "，。；：！？\n" for char in about):
            return replace(span, start=span.start - len(about))
    verb = max((end for _, end, kinds in slot_words("zh").find(before) if span.type in kinds.split("|")), default=-1)
    if verb >= 0:
        opener = OPENERS.match(before[verb:])
        rest = before[verb + (len(opener.group()) if opener else 0) :]
        if 1 < len(rest) < 13 and _plain(rest):
            return replace(span, start=span.start - len(rest))
    if _UNIT.match(text, span.start) and (amount := _AMOUNT.search(before[-8:])):
        return replace(span, start=span.start - len(amount.group()))  # 20|吉瓦光伏项目
    match = _ORDINAL.search(before[-14:])
    return replace(span, start=span.start - len(match.group())) if match else span


def _plain(text: str) -> bool:
    """Whether words between a verb and the name of its object belong to the name: 签署|充电网络建设|合作备忘录."""
    if any(char in _STOPS or char in "的在与和由向为对将及等关于" for char in text):
        return False
    return all(tag[:1] in "njbaslizvmqxe" and word not in titles("zh") for word, tag in rjieba.tag(text))


def _vote(text: str, spans: Sequence[Span]) -> list[Span]:
    """The form that stands alone elsewhere in the article wins over a part of it: 韦尔蒂诺 inside 库韦尔蒂诺."""
    forms = Counter(text[span.start : span.end] for span in spans)
    longer: dict[str, list[str]] = {}
    by_size: dict[int, list[str]] = {}
    for form in forms:
        by_size.setdefault(len(form), []).append(form)
    for form in forms:
        for size in range(len(form) + 1, len(form) + 4) if len(form) > 1 else ():
            if others := [other for other in by_size.get(size, ()) if form in other]:
                longer.setdefault(form, []).extend(others)
    found = []
    for span in spans:
        form = text[span.start : span.end]
        for other in sorted(longer.get(form, ()), key=lambda name: (-len(name), name)):
            start = span.start - other.index(form)
            if start >= 0 and text[start : start + len(other)] == other:
                span = replace(span, start=start, end=start + len(other))
                break
        found.append(span)
    return found
