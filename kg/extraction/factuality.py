"""Whether and when: what the words around a statement make of it.

    cue of a relation + signals + dates around it ──▶ Assessment (polarity, status, date)

The words are data (seeds/lexicon/factuality.*.csv), each with what it reads and how far it reaches; the scopes are here.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

import ahocorasick_rs

from kg.extraction.dates import DateKind, DateRole, DateSpan, find_dates
from kg.model import Article, ParagraphKind
from kg.resources import Row, data_path, read_table

COLUMNS = ("cue", "reads", "scope", "not_after", "not_before", "example", "near_miss")

NATURE_COLUMNS = ("predicate", "types", "words", "nature", "example")


class Polarity(StrEnum):
    """Whether a sentence states a fact; only what is stated is a relation."""

    STATED = "stated"
    DENIED = "denied"
    UNREAL = "unreal"


class Nature(StrEnum):
    """What kind of thing a relation tells of, as far as time goes.

    EVENT: an event as a whole (holding it, taking part in it): its day is the event's first.
    ACT: something done at one moment in what the article tells (a signing, a meeting): it takes the time of the telling.
    DEED: done at one moment of its own (founding, joining, giving): dated only by its own sentence.
    WORK: it goes on (working together, funding, taking part in a project): what has a beginning and no end is under way.
    STATE: it holds once it is there (a share, a membership): a date with “since” is when it came about.
    """

    EVENT = "event"
    ACT = "act"
    DEED = "deed"
    WORK = "work"
    STATE = "state"


def nature_of(predicate: str, object_type: str, word: str) -> Nature:
    """The nature of a relation by its predicate, the type of its object and the word that states it (any case)."""
    word = word.lower()
    for row, types, words, nature in _natures():
        if row == predicate and (not types or object_type in types) and (not words or any(part in word for part in words)):
            return nature
    return Nature.STATE


def read_natures() -> list[Row]:
    """The rows of seeds/lexicon/factuality.natures.csv. Raises DataError with file and line."""
    return read_table(data_path("seeds") / "lexicon" / "factuality.natures.csv", NATURE_COLUMNS)


@cache
def _natures() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...], Nature], ...]:
    found = []
    for row in read_natures():
        if row["nature"] not in set(Nature):
            raise row.fail(f"nature “{row['nature']}” is none of {', '.join(Nature)}")
        found.append((row["predicate"], row.many("types"), row.many("words"), Nature(row["nature"])))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Signal:
    """A word that says whether or when: `text[start:end]`; `reads` and `scope` as in its table."""

    start: int
    end: int
    reads: str
    scope: str


@dataclass(frozen=True, slots=True)
class Assessment:
    """What is said of one relation. `status` is one of the ontology, `date` ISO or None; `because` are the signals read."""

    polarity: Polarity
    status: str
    date: str | None
    because: tuple[Signal, ...] = ()


@dataclass(frozen=True, slots=True)
class Setting:
    """An article prepared: its clean text with all dates and signals, its paragraphs and sentences, in order.

    `recent` are the dates that can be the day of the news;
    `listed` says of each paragraph whether it is an item of a list.
    """

    text: str
    language: str
    published: str | None
    dates: tuple[DateSpan, ...]
    recent: tuple[DateSpan, ...]
    signals: tuple[Signal, ...]
    paragraphs: tuple[int, ...]
    sentences: tuple[tuple[int, int], ...]
    listed: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class _Word:
    reads: str
    scope: str
    not_after: frozenset[str]
    not_before: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    automaton: ahocorasick_rs.AhoCorasick
    words: tuple[tuple[_Word, ...], ...]
    open: tuple[tuple[re.Pattern[str], _Word], ...]


def read_cues(language: str) -> list[Row]:
    """The rows of seeds/lexicon/factuality.<language>.csv. Raises DataError with file and line."""
    return read_table(data_path("seeds") / "lexicon" / f"factuality.{language}.csv", COLUMNS)


@cache
def _load(language: str) -> _Lexicon:
    words: dict[str, list[_Word]] = {}
    for row in read_cues(language):
        word = _Word(row["reads"], row["scope"], frozenset(row["not_after"]), frozenset(row["not_before"]))
        words.setdefault(row["cue"], []).append(word)
    closed = {cue: tuple(found) for cue, found in words.items() if "~" not in cue}
    automaton = ahocorasick_rs.AhoCorasick(list(closed), matchkind=ahocorasick_rs.MatchKind.Standard)
    patterns = tuple((_open_pattern(cue, language), word) for cue, found in words.items() if "~" in cue for word in found)
    return _Lexicon(automaton, tuple(closed.values()), patterns)


def _open_pattern(cue: str, language: str) -> re.Pattern[str]:
    """In Chinese `~` is a few characters of one clause, in English the letters of a word's end."""
    if language == "zh":
        return re.compile(cue.replace("~", "[^，。；：！？\n]{0,16}?"))
    return re.compile(rf"\b{cue.replace('~', '[a-z]+')}\b".replace(" ", r" (?:[a-z]+ly |also |now |already )?"))


# Inside the titles of texts words say nothing of the facts.
_TITLES = {
    "zh": re.compile(
        r"《[^《》\n]{1,120}》"
        r"|关于[^，。；《》\n]{2,60}?的(?=[^，。；\n]{0,8}(?:协定|协议|备忘录|声明|条约|意向书|公报|公告))"
    ),
    "en": re.compile(r"(?!)"),
}


def find_signals(text: str, language: str) -> tuple[Signal, ...]:
    """The words of a text that say whether or when, in order; those inside names are left out."""
    lexicon = _load(language)
    folded = text.lower() if language == "en" else text
    if len(folded) != len(text):
        folded = text
    names = [match.span() for match in _TITLES[language].finditer(text)]
    found = []
    reach = shut = -1
    for number, start, end in sorted(
        lexicon.automaton.find_matches_as_indexes(folded, overlapping=True), key=lambda match: (match[1], -match[2])
    ):
        before, after = folded[start - 1 : start], folded[end : end + 1]
        if end <= reach or start < shut or (language == "en" and _inside_word(folded, start, end)):
            continue
        words = [
            word
            for word in lexicon.words[number]
            if not (before and before in word.not_after) and not (after and after in word.not_before)
        ]
        if words:
            reach = max(reach, end)
        if any(word.reads in ("none", "affirmed") for word in words):
            shut = end
        found += [Signal(start, end, word.reads, word.scope) for word in words if word.reads != "none"]
    closed = {(signal.start, signal.end) for signal in found}
    for pattern, word in lexicon.open:
        for match in pattern.finditer(folded):
            start, end = match.span()
            beside = folded[start - 1 : start] in word.not_after or folded[end : end + 1] in word.not_before
            if beside or (start, end) in closed:
                continue
            if word.reads == "none":
                names.append((start, end))
            else:
                found.append(Signal(start, end, word.reads, word.scope))
    return _outside(sorted(found, key=lambda signal: (signal.start, signal.end)), names)


def _inside_word(text: str, start: int, end: int) -> bool:
    """Whether a match in English is only a part of a word; n't and 'll may end one."""
    part = text[start] == "'" or text[start:end] == "n't"
    return (text[start - 1 : start].isalnum() and not part) or text[end : end + 1].isalnum()


def read_setting(article: Article, names: Sequence[tuple[int, int]] = ()) -> Setting:
    """Find all dates and signals of an article once, for any number of assessments.

    `names` are the spans of its mentions in the clean text, in order: words inside a name (发展规划署) say nothing.
    """
    text, language, published = article.clean, article.language, article.published or None
    paragraphs = tuple(p.start for p in article.paragraphs)
    silent = [p.kind is ParagraphKind.BOILERPLATE for p in article.paragraphs]
    dates = find_dates(text, published, language)
    kept = tuple(d for d in dates if not silent[bisect_right(paragraphs, d.start) - 1])
    signals = _outside(find_signals(text, language), [*names, *((d.start, d.end) for d in kept)])
    sentences = tuple((s.start, s.end) for s in article.sentences)
    listed = tuple(p.kind is ParagraphKind.LIST_ITEM for p in article.paragraphs)
    recent = tuple(d for d in kept if _tells(d, published) and _recent(d, published))
    return Setting(text, language, published, kept, recent, signals, paragraphs, sentences, listed)


def _outside(signals: Sequence[Signal], spans: Sequence[tuple[int, int]]) -> tuple[Signal, ...]:
    """The signals that lie in none of the spans."""
    found, ordered, place, reach = [], sorted(spans), 0, -1
    for signal in signals:
        while place < len(ordered) and ordered[place][0] <= signal.start:
            reach = max(reach, ordered[place][1])
            place += 1
        if signal.end > reach:
            found.append(signal)
    return tuple(found)


_CLAUSE = {
    "zh": re.compile(r"[，；：。！？\n]|——|(?<=[\u4e00-\u9fff])[,;:]"),
    "en": re.compile(
        r"[,;:\n–—]\s?|\.\s|\s(?:but|while|whereas|although|though|which|who|whose|after|before|when|because|under|according to"
        r"|that(?=\s(?:was|were|is|are|had|has|have)\b))\s"
    ),
}
_SEGMENT = {"zh": "；。！？\n", "en": ";\n"}
_QUOTED = {"zh": re.compile(r"“[^”\n]{1,40}”"), "en": re.compile(r"[“\"][^”\"\n]{1,60}[”\"]")}
_BRACKETS = re.compile(r"（[^（）\n]{0,300}）|\([^()\n]{0,300}\)")


# Nothing farther from the cue than this many characters is looked at.
_VIEW = 1500


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a cue stands: its sentence, the clauses of it, and the signals and dates that are not set apart from it.

    What stands in brackets or in a short quotation is set apart from a cue outside.
    """

    setting: Setting
    sentence: tuple[int, int]
    cue: tuple[int, int]
    begins: tuple[int, ...]
    signals: tuple[Signal, ...]
    dates: tuple[DateSpan, ...]
    limits: tuple[DateSpan, ...]
    nature: Nature

    def clause(self, position: int) -> int:
        """The number of the clause in which a position lies."""
        return bisect_right(self.begins, position) - 1

    @property
    def own(self) -> tuple[int, int]:
        """The clause of the cue."""
        number = self.clause(self.cue[0])
        return self.begins[number], self.begins[number + 1] if number + 1 < len(self.begins) else self.sentence[1]

    def parted(self, start: int, end: int) -> bool:
        """Whether a semicolon stands between two places; one in a list after a colon parts only its items."""
        between = re.split("[：:]", self.setting.text[start:end], maxsplit=1)[0]
        return any(mark in between for mark in _SEGMENT[self.setting.language])

    def past(self, date: DateSpan) -> bool:
        """Whether a date is certainly before publication: another day, month or year."""
        published = self.setting.published
        return published is not None and date.value is not None and date.value < published[: len(date.value)]

    def ahead(self, date: DateSpan) -> bool:
        """Whether a date is certainly after publication."""
        published = self.setting.published
        return published is not None and date.value is not None and date.value > published[: len(date.value)]


def _place(setting: Setting, sentence: tuple[int, int], cue: tuple[int, int], nature: Nature) -> _Place:
    text = setting.text
    start, end = max(sentence[0], cue[0] - _VIEW), min(sentence[1], cue[1] + _VIEW)
    brackets = [match.span() for match in _BRACKETS.finditer(text, start, end)]
    around = next(((a + 1, b - 1) for a, b in brackets if a < cue[0] < b), None)
    if around is not None:
        (start, end), brackets = around, []
    begins = [start]
    for match in _CLAUSE[setting.language].finditer(text, start, end):
        if match.end() < end and not any(a < match.start() < b for a, b in brackets):
            begins.append(match.end())

    quotes = [match.span() for match in _QUOTED[setting.language].finditer(text, start, end)]
    apart = brackets + [(a, b) for a, b in quotes if not a < cue[0] < b]

    def here(position: int) -> bool:
        return not any(a < position < b for a, b in apart)

    first, last = (bisect_left(setting.signals, edge, key=lambda s: s.start) for edge in (start, end))
    one, two = (bisect_left(setting.dates, edge, key=lambda d: d.start) for edge in (start, end))
    signals = tuple(s for s in setting.signals[first:last] if here(s.start))
    usable = [
        d
        for d in setting.dates[one:two]
        if (here(d.start) or _bracketed(text, d)) and d.kind is not DateKind.DATELINE and not d.bound
    ]
    dates = tuple(d for d in usable if d.role is not DateRole.LIMIT)
    limits = tuple(d for d in usable if d.role is DateRole.LIMIT)
    return _Place(setting, (start, end), cue, tuple(begins), signals, dates, limits, nature)


def _bracketed(text: str, date: DateSpan) -> bool:
    """Whether a date alone stands in brackets; it is that of what stands before them."""
    return text[date.start - 1 : date.start] in ("（", "(") and text[date.end : date.end + 1] in ("）", ")")


def assess(
    setting: Setting,
    sentence: tuple[int, int],
    cue: tuple[int, int],
    *,
    nature: Nature = Nature.ACT,
    default: str = "realised",
    topic: Sequence[int] = (),
) -> Assessment:
    """Polarity, status and date of what the word at `cue` states in `sentence`; all positions are of the clean text.

    `default` is its status where nothing says otherwise. `topic` are the other places where the event is named of which an
    EVENT tells; its day may stand there.
    """
    place = _place(setting, sentence, cue, nature)
    denial = _denial(place)
    if denial is not None:
        return Assessment(Polarity(denial.reads), default, None, (denial,))
    if _asked(place):
        return Assessment(Polarity.UNREAL, default, None)
    signal = _status_signal(place)
    status = signal.reads if signal is not None and signal.reads != "told" else default
    because = (signal,) if signal is not None else ()
    if status == "ended" and nature is not Nature.EVENT:
        return Assessment(Polarity.STATED, status, _ended_date(place, signal), because)
    date = _own_date(place)
    event = (_event_date(setting, topic) or _named_year(place)) if date is None and nature is Nature.EVENT else None
    ahead = (date is not None and place.ahead(date)) or (event is not None and place.ahead(event))
    if status == "planned" or (ahead and status == "realised"):
        shown = date if signal is None and date is not None else event
        day = _planned_date(place, signal) or (shown.ahead if shown is not None and place.ahead(shown) else None)
        return Assessment(Polarity.STATED, "planned", day, because)
    if event is not None and event.bound and status == "realised":
        day = _carried_date(place, nature)
        return Assessment(Polarity.STATED, status, day if day and day.startswith(event.value or "?") else event.value, because)
    date = date or event
    if date is not None and nature in (Nature.WORK, Nature.DEED) and _is_over(place, date):
        return Assessment(Polarity.STATED, "ended", date.until, because)
    if date is not None and date.role is DateRole.BEGIN and status == "realised" and _goes_on(place, date):
        status = "ongoing"
    if date is not None and status == "ongoing" and signal is not None and signal.scope != "both":
        date = date if date.role is DateRole.BEGIN else None
    if date is not None:
        return Assessment(Polarity.STATED, status, date.value, because)
    if signal is None and nature is Nature.DEED and status == "realised" and _is_listed(place):
        return Assessment(Polarity.STATED, "planned", None)
    if signal is None and status == "realised" and _plan_goes_on(place):
        return Assessment(Polarity.STATED, "planned", None)
    if signal is None and nature is Nature.WORK:
        signal = _lasting(place)
        if signal is not None:
            return Assessment(Polarity.STATED, signal.reads, None, (signal,))
    if status == "realised" and nature in (Nature.EVENT, Nature.ACT) and not _blocked(place):
        return Assessment(Polarity.STATED, status, _carried_date(place, nature), because)
    return Assessment(Polarity.STATED, status, None, because)


def _lasting(place: _Place) -> Signal | None:
    """The signal on the cue itself that it goes on: 负责, runs."""
    start, end = place.cue
    return next((s for s in place.signals if s.scope == "work" and s.start < end and start < s.end), None)


def _plan_goes_on(place: _Place) -> bool:
    """Whether the sentence tells more of what the one before it in the paragraph plans: 双方将共建码头。港市集团提供资金."""
    setting, (start, end) = place.setting, place.cue
    if setting.language != "zh" or place.nature not in (Nature.WORK, Nature.DEED) or place.dates:
        return False
    if _TOLD_AS_DONE.match(setting.text, end):
        return False
    number = bisect_right(setting.sentences, place.sentence[0], key=lambda s: s[0]) - 1
    line = bisect_right(setting.paragraphs, start) - 1
    if number < 1 or line < 0 or setting.sentences[number - 1][0] < setting.paragraphs[line]:
        return False
    first, last = (bisect_left(setting.signals, edge, key=lambda s: s.start) for edge in setting.sentences[number - 1])
    before = [s for s in setting.signals[first:last] if s.reads in _STATUSES and s.scope not in ("work", "while", "deal")]
    here = any(s.reads in _STATUSES and s.scope not in ("work", "while") for s in place.signals)
    return bool(before) and before[-1].reads == "planned" and before[-1].scope in ("chain", "clause") and not here


def _is_listed(place: _Place) -> bool:
    """Whether the sentence is an item of a list, such as the deals of a fair: what an item says will be done."""
    setting, start = place.setting, place.sentence[0]
    number = bisect_right(setting.paragraphs, start) - 1
    if place.dates or any(s.reads == "opens" for s in place.signals):
        return False
    if number < 0 or not setting.listed[number] or _RELATIVE.match(setting.text, place.cue[1]):
        return False
    first = bisect_left(setting.sentences, setting.paragraphs[number], key=lambda s: s[0])
    end = setting.paragraphs[number + 1] if number + 1 < len(setting.paragraphs) else len(setting.text)
    return first + 1 >= len(setting.sentences) or setting.sentences[first + 1][0] >= end


def _asked(place: _Place) -> bool:
    """Whether the cue stands in a question."""
    return place.setting.text[place.cue[1] : place.own[1]].rstrip("”’」\"' \n").endswith(("？", "?"))


_DENIAL_REACH = {"zh": 60, "en": 60}


def _denial(place: _Place) -> Signal | None:
    """The word that denies the fact or makes it unreal, if the nearest such word does not lift a denial."""
    for signal in reversed(place.signals):
        if signal.reads in ("denied", "unreal", "affirmed") and _reaches(signal, place):
            if place.cue[0] - signal.end > _DENIAL_REACH[place.setting.language]:
                continue
            return signal if signal.reads != "affirmed" else None
    return None


def _reaches(signal: Signal, place: _Place) -> bool:
    """Whether the cue stands in the scope of a signal."""
    (start, end), own, at = place.cue, place.clause(place.cue[0]), place.clause(signal.start)
    text = place.setting.text
    before, after = signal.end <= start, signal.start >= end
    match signal.scope:
        case "clause":
            return before and at == own
        case "chain":
            return before and (at == own or not (place.parted(signal.end, start) or _finite(place) or _apposed(place)))
        case "both":
            between = text[signal.end : start] if before else ""
            return (
                at == own
                and not _NEXT.search(between)
                and not (after and _OBJECT[place.setting.language].match(text, signal.end))
            )
        case "verb":
            return before and at == own and bool(_LEADS.match(text[signal.end : start]))
        case "while":
            return before and at == own and place.nature in (Nature.WORK, Nature.STATE)
        case "deal":
            takes_time = place.nature in (Nature.WORK, Nature.DEED) and not _DONE_THEN.match(text, end)
            about = after and at == own and ("就" in text[place.own[0] : start] or "的" in text[end : signal.start])
            ahead = (
                before and own - at <= 2 and not place.parted(signal.end, start) and not _LATER.search(text, signal.end, start)
            )
            return takes_time and (about or ahead)
        case "after":
            reach = own + (3 if signal.reads == "ended" else 1)
            closes = signal.reads not in ("ended", "denied") or not _OBJECT[place.setting.language].match(text, signal.end)
            return after and closes and own <= at <= reach and not place.parted(end, signal.start)
        case "lapse":
            lasts = place.nature in (Nature.WORK, Nature.STATE) or (place.nature is Nature.DEED and signal.reads == "ended")
            return lasts and after and own <= at <= own + 1 and not place.parted(end, signal.start)
        case "behind":
            return after and at == own
        case "about":
            return after and at == own and "就" in text[place.own[0] : start]
        case "text":
            return after and own <= at <= own + 1 and _TEXT.search(text, start, end) is not None
        case "post":
            return end <= signal.start <= end + 1
        case "work":
            return False
        case "any":
            return True
        case "cover":
            return signal.start <= start and at == own
        case _:
            return signal.start < end and start < signal.end


# What may stand between an adverb such as 已 and its verb.
_LEADS = re.compile(
    r".{0,3}$|\s?(?:[0-9于在与同向由就经为对从将把自和跟给被]|先后|分别|正式|成功|累计|连续|陆续|共同|联合|今年|去年|当|上月|本月)"
)
_APPOSED = re.compile(r"\s*(?:itself )?(?:an?|one of|both|two of)\s")


def _apposed(place: _Place) -> bool:
    """Whether the cue stands in an English apposition: will be run by Bay Fund, a joint venture of two banks."""
    return place.setting.language == "en" and _APPOSED.match(place.setting.text, place.own[0]) is not None


_FINITE = re.compile(r"\b(?:is|are|was|were|has|have|had|said|says)\b")


def _finite(place: _Place) -> bool:
    """Whether an English clause has a tense of its own: a verb with an ending, or an auxiliary before it."""
    if place.setting.language != "en":
        return False
    text = place.setting.text
    word = text[place.cue[0] : place.cue[1]]
    return bool(re.match(r"\w+(?:ed|es|[^s]s)\b", word) or _FINITE.search(text, place.own[0], place.cue[0]))


_STATUSES = frozenset({"planned", "ongoing", "realised", "told", "ended"})


def _status_signal(place: _Place) -> Signal | None:
    """The signal that decides: one on the cue itself or right behind it, one that ends the thing, else the nearest before."""
    reaching = [s for s in place.signals if s.reads in _STATUSES and _reaches(s, place)]
    if place.nature is not Nature.EVENT and any(s.reads == "ended" and _to_come(place, s) for s in reaching):
        return None
    for scope in ("self", "post", "after", "text", "lapse", "both", "about", "behind"):
        for signal in reaching:
            if signal.scope == scope:
                return signal
    start = place.cue[0]
    before = place.setting.text[max(place.sentence[0], start - 60) : start]
    if place.setting.language == "en" and _INFINITIVE.search(before) and not _ACHIEVED.search(before):
        bound = [s for s in reaching if s.start < start <= s.end + 24 and _ends_in_to(place.setting.text[s.start : s.end])]
        return bound[-1] if bound else Signal(start, start, "planned", "self")
    order = sorted(reaching, key=lambda s: (s.start, s.end, s.scope == "clause"))
    for signal in reversed(order):
        if signal.scope not in ("chain", "deal") or not _reset(place, signal):
            return signal
    return None


def _to_come(place: _Place, signal: Signal) -> bool:
    """Whether the end that a signal tells of is still to come: the pact will expire next year."""
    at = place.clause(signal.start)
    dates = [d for d in (*place.dates, *place.limits) if place.clause(d.start) == at]
    if dates:
        return all(d.ahead is not None and place.ahead(d) for d in dates)
    plans = (s for s in place.signals if s.reads == "planned" and s.scope == "chain")
    return any(s.end <= signal.start and place.clause(s.start) == at for s in plans)


# “To build” is not yet built, unless a word such as “helped to” says so.
_INFINITIVE = re.compile(r"\bto (?:[a-z]+ly )?$")
_ACHIEVED = re.compile(r"\b(?:first|second|third|[0-9]+(?:st|nd|rd|th)|last|latest|newest|only|used)\b[^,.;:]{0,40} to $")


def _ends_in_to(words: str) -> bool:
    return words.lower().endswith(" to")


def _reset(place: _Place, signal: Signal) -> bool:
    """Whether a date of the past opens another clause between a signal and the cue, or stands with the cue in another clause."""
    at = place.clause(signal.start)
    return any(signal.end < d.start < place.own[1] and place.clause(d.start) > at and place.past(d) for d in place.dates)


def _event_date(setting: Setting, topic: Sequence[int]) -> DateSpan | None:
    """The date in the first other sentence that names the event and has one."""
    for position in topic:
        number = bisect_right(setting.sentences, position, key=lambda s: s[0]) - 1
        if number < 0 or setting.sentences[number][1] <= position:
            continue
        date = _own_date(_place(setting, setting.sentences[number], (position, position + 1), Nature.EVENT))
        if date is not None and date.kind is not DateKind.SPAN:
            return date
    return None


# Joins dates of one thing told, of which the first counts.
_AND = ("和", "、", "及", "与", "and", ",")
_FOUNDED = re.compile("(?:创办|创立|创始|始办|成立|设立|始|创)[于自]$")
_ADJECTIVES = re.compile(r"\s(?:(?!was|were|is|are|has|had)[a-z-]+\s){0,2}")
_SUBORDINATE = re.compile(r"\b(?:after|before|because|although|though)\s$")
_OTHER_SUBJECT = re.compile(r"\b(?:that|which|who|they|it|he|she|we)\s")
_INFINITIVE_INSIDE = re.compile(r"\bto [a-z]+ (?!of\b)")

# What may stand between an act and how long ago it was: 结好已经31年, 结为友好城市10周年.
_LASTED = re.compile("了?(?:(?:友好|姐妹|战略|合作)*(?:城市|省州|关系|伙伴|协议|条约))?(?:已|已经|已有|已满|至今已)?")


def _own_date(place: _Place) -> DateSpan | None:
    """The date that the sentence gives to the cue."""
    (start, end), (begin, stop) = place.cue, place.own
    text, nature = place.setting.text, place.nature
    spans = [d for d in place.dates if d.kind is DateKind.SPAN and begin <= d.start < stop]
    if spans and nature is not Nature.EVENT and (nature is not Nature.ACT or _LASTED.fullmatch(text, end, spans[0].start)):
        return spans[0]
    if (named := _qualifying(place)) is not None:
        return named
    same = [d for d in place.dates if begin <= d.start < stop and d.kind is not DateKind.SPAN]
    after = [d for d in same if d.start >= end and not _of_another(place, d)]
    before = [d for d in same if d.start < start and not _embedded(place, d)]
    if before and after and place.setting.language == "en" and not _reported(place, before[-1]):
        return min(before[-1], after[0], key=lambda d: min(abs(d.start - end), abs(start - d.end)))
    if before:
        while len(before) > 1 and text[before[-2].end : before[-1].start].strip() in _AND:
            before.pop()
        return before[-1] if not _reported(place, before[-1]) else None
    if after and (place.setting.language == "en" or nature is Nature.EVENT or text[after[0].start - 1] in "于（在"):
        return after[0]
    if place.setting.language == "zh" and _RELATIVE.match(text, end):
        return _opening_date(place) if nature is not Nature.WORK else None
    earlier = [
        d
        for d in place.dates
        if d.start < begin and d.kind is not DateKind.SPAN and not place.parted(d.end, start) and not _embedded(place, d)
    ]
    if nature is Nature.WORK and _lasting(place) is not None:
        earlier = [d for d in earlier if d.role is DateRole.BEGIN or d.until]
    if place.setting.language == "en" and nature is not Nature.EVENT and _SUBORDINATE.search(text, begin - 10, begin):
        return None
    if nature is Nature.EVENT:
        earlier = [d for d in earlier if d.role is DateRole.AT and not _FOUNDED.search(text, d.start - 4, d.start)]
    if earlier and not _LATER.search(text, earlier[-1].end, start):
        return earlier[-1] if not _reported(place, earlier[-1]) else None
    if nature is Nature.EVENT:
        later = [d for d in place.dates if d.start >= end and d.role is DateRole.AT and not place.parted(end, d.start)]
        return later[0] if later else None
    if nature is Nature.ACT:
        later = [d for d in place.dates if d.start >= stop and (text[d.start - 1] == "于" or _alone(place, d))]
        return later[0] if later else None
    return _closing_date(place)


def _qualifying(place: _Place) -> DateSpan | None:
    """The year that qualifies the noun that states it: under a 2019 agreement."""
    number = bisect_left(place.setting.dates, place.cue[0], key=lambda d: d.start) - 1
    date = place.setting.dates[number] if number >= 0 else None
    if date is None or not date.bound or place.nature is not Nature.ACT:
        return None
    return date if _ADJECTIVES.fullmatch(place.setting.text, date.end, place.cue[0]) else None


def _reported(place: _Place, date: DateSpan) -> bool:
    """Whether a date is that of the report and not of what was done before it: 12日宣布，已签署."""
    text = place.setting.text
    done = any(s.reads == "realised" and date.end < s.start and _reaches(s, place) for s in place.signals)
    if place.setting.language == "en":
        return done and _SAID_ON.search(text, max(place.sentence[0], date.start - 30), date.start) is not None
    return done and _REPORTS.search(text, date.end, place.cue[0]) is not None


def _of_another(place: _Place, date: DateSpan) -> bool:
    """Whether a date behind the cue is that of another verb: 两行联手推出的产品将于9月上市; the pact they agreed in May."""
    if place.setting.language == "en":
        between = place.setting.text[place.cue[1] : date.start]
        if _OTHER_SUBJECT.search(between) or (not place.past(date) and _INFINITIVE_INSIDE.search(between)):
            return True
    return any(s.reads in ("planned", "realised") and place.cue[1] < s.start < date.start for s in place.signals)


def _alone(place: _Place, date: DateSpan) -> bool:
    """Whether a date is a clause by itself: 收购合同，13日，里斯本."""
    number = place.clause(date.start)
    stop = place.begins[number + 1] - 1 if number + 1 < len(place.begins) else place.sentence[1]
    before, after = place.setting.text[place.begins[number] : date.start], place.setting.text[date.end : stop]
    return len(before) <= 1 and after.strip("。\n ") in ("", "起", "间", "以来", "期间")


def _closing_date(place: _Place) -> DateSpan | None:
    """The date on which what the cue says was closed: 收购码头，交割于10日完成."""
    for signal in place.signals:
        if signal.reads == "closes" and _reaches(signal, place):
            number = place.clause(signal.start)
            dates = [d for d in place.dates if place.clause(d.start) == number]
            return dates[0] if dates else None
    return None


def _opening_date(place: _Place) -> DateSpan | None:
    """The date of the verb that opens what a relative clause with the cue describes: 5月，由两市共建的口岸开港."""
    for signal in place.signals:
        if signal.reads == "opens" and _reaches(signal, place):
            dates = [d for d in place.dates if d.start < signal.start and not place.parted(d.end, signal.start)]
            return dates[-1] if dates else None
    return None


def _goes_on(place: _Place, date: DateSpan) -> bool:
    """Whether what began on a date is still under way: work is, and whatever is told to have been done since then."""
    if place.nature is Nature.WORK:
        return True
    if place.nature is not Nature.DEED or date.kind is DateKind.SPAN:
        return False
    if place.setting.language == "en":
        return _PERFECT.search(place.setting.text, place.own[0], place.cue[0]) is not None
    since = place.setting.text.startswith(("起", "以来", "开始"), date.end) and date.start < place.cue[0]
    return since or place.clause(date.start) < place.clause(place.cue[0])


def _is_over(place: _Place, date: DateSpan) -> bool:
    """Whether a date is a stretch of years that is past."""
    published = place.setting.published
    if date.until is None or date.value is None or published is None or date.until[:4] == date.value[:4]:
        return False
    return date.until < published[: len(date.until)]


def _blocked(place: _Place) -> bool:
    """Whether the sentence tells of another time, after a date of its own."""
    return any(_LATER.search(place.setting.text, d.end, place.cue[0]) for d in place.dates if d.start < place.own[0])


_REPORTS = re.compile("宣布|表示|透露|证实|确认|获悉|介绍|公告|通报|披露|[称说][，：]")
# In Chinese, what leads on to another act, and the nouns of what is signed.
_NEXT = re.compile("并|而|后|转|改")
_TEXT = re.compile("(?:协议|协议书|意向书|备忘录|合同|协定|条约|公报)$")
# What would follow a verb in its own clause: then the verb tells of that, not of what stands before it.
_OBJECT = {
    "zh": re.compile("了?(?![了的])[\u4e00-\u9fff]"),
    "en": re.compile(
        r"\s(?!(?:in|on|at|last|this|after|when|and|but|without|earlier|by|early|late|for|from|to|as|with|yesterday|following|amid"
        r"|because|due|again|there|two|three|[a-z]+ly|[A-Z][a-z]+day|[0-9]+)\b)\w"
    ),
}
_DONE_THEN = re.compile("[^，。；的]{0,3}[了过]")
_PERFECT = re.compile(r"\b(?:has|have) (?:been )?(?:[a-z]+ly )?$")
_SAID_ON = re.compile(r"\b(?:said|announced|told|confirmed|reported|disclosed|revealed|released|published)\b[^,.;:]{0,20}$")
_TOLD_AS_DONE = re.compile("[^，。；]{0,2}[了过的]")
_RELATIVE = re.compile("(?:了|起|成立|组建|设立|建设|兴建|创办|发起)?的")
_LATER = re.compile("随后|此后|后来|其后|嗣后|之后又|\\b(?:later|then|since then|subsequently)\\b")
_GATHERING = re.compile("的[^，。；]{0,12}?(?:会|论坛|仪式|典礼|赛|节|展览)")
_MODIFIER = re.compile("(?![的在与同和于向对])[^，。；的]{1,4}的")
_EVENTS = re.compile(
    "[^，。；]{0,16}?(?:会|会议|会谈|论坛|仪式|峰会|活动|会见|典礼|展览|博览会|期间|当天)[^，。；]{0,3}(?:上|中|时|期间|后|前|，)"
)


def _embedded(place: _Place, date: DateSpan) -> bool:
    """Whether a date stands in a clause within the clause: 由2020年确立的伙伴关系提升为…; 去年加入由…发起的联盟."""
    text = place.setting.text
    if place.setting.language != "zh":
        return False
    between = text[date.end : place.cue[0]]
    if "由" in between[1:] and _RELATIVE.match(text, place.cue[1]):
        return True
    if text.startswith("的", date.end) and date.value is not None and len(date.value) == 4:
        return not _GATHERING.match(text, date.end)
    modifier = _MODIFIER.match(text, date.end)
    return modifier is not None and modifier.end() <= place.cue[0] and not _EVENTS.match(text, date.end)


def _ended_date(place: _Place, signal: Signal | None) -> str | None:
    """When it ended: the date beside the word that says so."""
    if signal is None:
        return None
    text = place.setting.text
    dates = [d for d in place.dates if d.kind is not DateKind.SPAN and not _OTHER_SUBJECT.search(text, signal.end, d.start)]
    at = place.clause(signal.start)
    same = [d for d in dates if place.clause(d.start) == at]
    earlier = [d for d in dates if d.start < signal.start]
    if not same and not earlier:
        return None
    ends_after = place.setting.language == "en"
    nearest = min(
        same or earlier,
        key=lambda d: (
            ends_after and d.start < signal.start,
            min(abs(d.start - signal.end), abs(signal.start - d.end)),
            d.start,
        ),
    )
    return (nearest.until if nearest.until and signal.scope == "after" else None) or nearest.value


# In English a date before “will” is its date only where it opens the clause.
_OPENING = 12


def _planned_date(place: _Place, signal: Signal | None) -> str | None:
    """What is to come has a date only where one is set for it: in its clause, and not in the past."""
    published = place.setting.published
    begin, stop = place.own
    soon = str(int(published[:4]) + 1) if published is not None else ""
    near = [d for d in place.limits if d.ahead is not None and d.ahead[:4] <= soon]
    for d in sorted([*place.dates, *near], key=lambda d: (d.start >= place.cue[1], -d.start)):
        value = d.ahead
        if value is None or (published is not None and value < published[: len(value)]):
            continue
        if d.until is not None and d.until[:4] != (d.value or "")[:4]:
            continue
        set_for_it = signal is not None and signal.end <= d.start < place.cue[0]
        if begin <= d.start < place.cue[0] and (place.setting.language == "zh" or d.start - begin < _OPENING):
            set_for_it = True
        if d.start >= place.cue[1]:
            anywhere = place.setting.language == "en" or place.nature is Nature.EVENT
            set_for_it = d.start < stop and (anywhere or place.setting.text[d.start - 1] in "于（")
        if set_for_it or (d.start < begin and place.ahead(d)):
            return value
    return None


def _named_year(place: _Place) -> DateSpan | None:
    """The year that names the event itself: 参加2023年博览会."""
    start, stop = (bisect_left(place.setting.dates, edge, key=lambda d: d.start) for edge in place.own)
    return next((d for d in place.setting.dates[start:stop] if d.bound), None)


def _carried_date(place: _Place, nature: Nature) -> str | None:
    """The time of what is being told, where the sentence itself has none."""
    setting, (start, _) = place.setting, place.sentence
    done = [s for s in place.signals if s.reads == "realised" and _reaches(s, place)]
    if any(s.scope in ("chain", "verb") or setting.text.startswith("had", s.start) for s in done):
        return None
    line = bisect_right(setting.paragraphs, start)
    fresh = _between(setting.recent, setting.paragraphs[line - 1] if line else 0, start)
    pick = fresh[-1] if fresh else _main(setting, start)
    if pick is None or pick.value is None:
        return None
    around = any(s.reads == "around" and _reaches(s, place) for s in place.signals)
    if around or (nature is Nature.ACT and pick.until is not None):
        until = pick.until or pick.value
        return pick.value[:7] if until[:7] == pick.value[:7] else pick.value[:4]
    return pick.value


def _between(dates: Sequence[DateSpan], start: int, end: int) -> Sequence[DateSpan]:
    first, last = (bisect_left(dates, edge, key=lambda d: d.start) for edge in (start, end))
    return dates[first:last]


def _tells(date: DateSpan, published: str | None) -> bool:
    """Whether a date can be the time of what is told: at least its month, not to come, no limit, no dateline."""
    return (
        date.role is DateRole.AT
        and date.kind is not DateKind.DATELINE
        and not date.bound
        and date.value is not None
        and len(date.value) >= 7
        and (published is None or date.value <= published[: len(date.value)])
    )


def _main(setting: Setting, before: int) -> DateSpan | None:
    """The date of the news: the last one told in the paragraph that tells the first recent one.

    Where none is told before a place, as in a headline, it is the first recent one after it.
    """
    if not setting.recent:
        return None
    first = setting.recent[0]
    if first.start >= before:
        return first
    line = bisect_right(setting.paragraphs, first.start)
    end = setting.paragraphs[line] if line < len(setting.paragraphs) else len(setting.text)
    return _between(setting.recent, first.start, min(end, before))[-1]


def _recent(date: DateSpan, published: str | None) -> bool:
    if published is None or date.value is None:
        return True
    months = [int(part[:4]) * 12 + int(part[5:7]) for part in (date.value, published)]
    return months[1] - months[0] <= 2
