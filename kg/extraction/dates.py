"""When: the dates that a text states.

A date is an ISO string as precise as the text makes it: `2024`, `2024-05`, `2024-05-07`; what is not certain stays None.
The words are data (seeds/lexicon/dates.*.csv); the grammar that puts them together is here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from enum import StrEnum
from functools import cache

from kg.errors import DataError
from kg.resources import Row, data_path, read_table

COLUMNS = ("word", "slot", "shift", "not_after", "not_before", "published", "example", "date", "near_miss")


class DateKind(StrEnum):
    """How a date is said."""

    ABSOLUTE = "absolute"
    RELATIVE = "relative"
    ANCHORED = "anchored"
    RECENT = "recent"
    SPAN = "span"
    DATELINE = "dateline"


class DateRole(StrEnum):
    """What a date is to what is told: its time, its beginning, or a limit by which it is so."""

    AT = "at"
    BEGIN = "begin"
    LIMIT = "limit"


@dataclass(frozen=True, slots=True)
class DateSpan:
    """A date in a text: `text[start:end]`, code points.

    `value` is what it means in a report of what has happened, `ahead` what it means of what is to come (a bare “on Friday”
    or “9月” tells only together with its verb); both are ISO, or None where the text does not make it certain. A range has
    its first day as value and its last as `until`. `bound` is true where it qualifies a noun (the 2019 agreement).
    """

    start: int
    end: int
    value: str | None
    ahead: str | None
    kind: DateKind
    role: DateRole = DateRole.AT
    until: str | None = None
    bound: bool = False


@dataclass(frozen=True, slots=True, order=True)
class _When:
    """A year, a month of a year, or a day."""

    year: int
    month: int = 0
    day: int = 0

    @property
    def iso(self) -> str | None:
        """As an ISO date; None where there is no such day."""
        if not self.month:
            return f"{self.year:04d}"
        if self.month > 12 or (self.day > 28 and self.day > monthrange(self.year, self.month)[1]):
            return None
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}" if self.day else f"{self.year:04d}-{self.month:02d}"

    def years(self, shift: int) -> _When:
        return _When(self.year + shift)

    def months(self, shift: int) -> _When | None:
        number = self.year * 12 + self.month - 1 + shift
        return _When(number // 12, number % 12 + 1) if self.month else None

    def days(self, shift: int) -> _When | None:
        return _of(_day(self) + timedelta(days=shift)) if self.day else None

    def weeks(self, shift: int) -> _When | None:
        """The month, or else the year, in which the whole week lies; None where it lies in two years."""
        if not self.day:
            return None
        monday = _day(self) + timedelta(days=7 * shift - _day(self).weekday())
        sunday = monday + timedelta(days=6)
        if monday.year != sunday.year:
            return None
        return _When(monday.year, monday.month if monday.month == sunday.month else 0)


def _of(day: date) -> _When:
    return _When(day.year, day.month, day.day)


def _day(when: _When) -> date:
    return date(when.year, when.month, when.day)


def _parse(iso: str | None) -> _When | None:
    return _When(*(int(part) for part in iso.split("-"))) if iso else None


@dataclass(frozen=True, slots=True)
class _Reading:
    """What a match means: in a report, in an announcement, and the end of its range."""

    value: _When | None
    ahead: _When | None
    kind: DateKind
    until: _When | None = None


@dataclass(slots=True)
class _Context:
    """What the dates read so far leave for the next: today, the last date, the last full day, the first full day.

    `near` is the last date where it stands in the same paragraph, `close` where it stands in the same sentence.
    """

    today: _When | None
    last: _When | None = None
    last_end: int = 0
    last_day: _When | None = None
    event: _When | None = None
    near: _When | None = None
    close: _When | None = None

    def move(self, text: str, start: int) -> None:
        """Come to the next date of the text."""
        between = text[self.last_end : start] if start - self.last_end < _FAR else "\n"
        self.near = None if "\n" in between else self.last
        self.close = None if "。" in between or ". " in between else self.near

    def base(self, slot: str) -> _When | None:
        """The date against which a word of this slot counts."""
        if not slot.endswith("@"):
            return self.today
        return self.last_day if slot == "day@" else self.last


_SHIFTS: dict[str, Callable[[_When, int], _When | None]] = {
    "year": _When.years,
    "month": _When.months,
    "day": _When.days,
    "week": _When.weeks,
    "time": lambda when, shift: when,
}


# No sentence is longer than this many characters.
_FAR = 2000


@dataclass(frozen=True, slots=True)
class _Calendar:
    """The words of one language, compiled. The name of the branch of `pattern` that matched says how it is read."""

    pattern: re.Pattern[str]
    words: dict[str, tuple[str, int]]
    before: dict[str, tuple[str, ...]]
    begin_after: re.Pattern[str]
    limit_after: re.Pattern[str]
    dateline: re.Pattern[str]

    def follows(self, before: str, *slots: str) -> bool:
        """Whether a text, as `_lead` gives it, ends in a word of one of the slots."""
        return any(before.endswith(self.before.get(slot, ())) for slot in slots)

    def shifted(self, word: str, context: _Context) -> _Reading:
        """What a word such as 去年, 当天 or “yesterday” means here."""
        slot, shift = self.words[word.lower()]
        base = context.base(slot)
        when = _SHIFTS[slot.rstrip("@")](base, shift) if base else None
        if slot == "day@" and shift == 0 and context.close is not None and not context.close.day:
            when = context.close
        return _Reading(when, when, DateKind.ANCHORED if slot.endswith("@") else DateKind.RELATIVE)


def read_words(language: str) -> list[Row]:
    """The rows of seeds/lexicon/dates.<language>.csv. Raises DataError with file and line."""
    return read_table(data_path("seeds") / "lexicon" / f"dates.{language}.csv", COLUMNS)


def find_dates(text: str, published: str | None, language: str) -> tuple[DateSpan, ...]:
    """The dates of a text (best the whole clean text of an article), in order, without overlaps.

    `published` is an ISO day or None, `language` is `zh` or `en`. Words that count from another date (当天, “a year later”)
    count from the dates before them in the text, relative ones from the dateline if there is one, else from `published`.
    Dates in book-title marks are names and are left out.
    """
    calendar = _load(language)
    context = _Context(_parse(published))
    titles = [match.span() for match in _TITLE.finditer(text)]
    found, title = [], 0
    for match in calendar.pattern.finditer(text):
        start = match.start()
        while title < len(titles) and titles[title][1] <= start:
            title += 1
        if title < len(titles) and titles[title][0] <= start:
            continue
        context.move(text, start)
        span = _span(match, calendar, context)
        if span is not None:
            found.append(span)
    return tuple(found)


_TITLE = re.compile(r"《[^《》\n]{1,120}》")


def _lead(text: str, start: int) -> str:
    """What stands before a place, in lower case and without space at its end; it begins with a space."""
    return " " + text[max(0, start - 24) : start].lower().rstrip().removesuffix("-")


def _span(match: re.Match[str], calendar: _Calendar, context: _Context) -> DateSpan | None:
    reading = _READERS[str(match.lastgroup)](match, calendar, context)
    if reading is None:
        return None
    text, (start, end) = match.string, match.span()
    value, ahead, until = reading.value, reading.ahead, reading.until
    before = _lead(text, start)
    bare = _FILLERS.sub("", before)
    if calendar.follows(bare, "ahead"):
        if value is not None and ahead is not None and until is not None:
            until = replace(until, year=until.year + ahead.year - value.year)
        value = ahead
    if calendar.dateline.match(text, end) and _opens(text, start):
        if value is not None and value.day:
            context.today = value
        return DateSpan(start, end, _iso(value), _iso(value), DateKind.DATELINE)
    if reading.kind is DateKind.SPAN:
        return DateSpan(start, end, _iso(value), _iso(value), DateKind.SPAN, DateRole.BEGIN)
    role = DateRole.AT
    if until is None and (calendar.follows(before, "begin") or calendar.follows(bare, "begin")):
        role = DateRole.BEGIN
    elif calendar.follows(before, "limit") or calendar.follows(bare, "limit") or calendar.limit_after.match(text, end):
        role = DateRole.LIMIT
    elif until is None and calendar.begin_after.match(text, end):
        role = DateRole.BEGIN
    if value is not None and role is not DateRole.LIMIT and value.iso is not None:
        context.last, context.last_end = value, end
        if value.day:
            context.last_day = value
            context.event = context.event or value
    bare_year = value is None or (not value.month and reading.kind is DateKind.ABSOLUTE)
    bound = bare_year and calendar.follows(before.removesuffix("了"), "binds")
    return DateSpan(start, end, _iso(value), _iso(ahead), reading.kind, role, _iso(until), bound)


def _iso(when: _When | None) -> str | None:
    return when.iso if when is not None else None


# What opens a paragraph stands within this many characters of its beginning.
_LINE = 41


def _opens(text: str, start: int) -> bool:
    """Whether nothing but a place and an agency stands before this in its paragraph."""
    line = text[max(start - _LINE, text.rfind("\n", max(0, start - _LINE), start) + 1) : start]
    return len(line) < _LINE and not re.search(r"[，。；：！？]|[a-z]{2,} [a-z]{2,} ", line)


def _single(when: _When | None, kind: DateKind = DateKind.ABSOLUTE, until: _When | None = None) -> _Reading:
    return _Reading(when, when, kind, until)


def _yearless(context: _Context, month: int, day: int, until: tuple[int, int] | None = None) -> _Reading:
    """A month or day without its year: of the year told of, else the last one before today; ahead, the next one."""
    today, last = context.today, context.near
    if today is None and last is None:
        return _Reading(None, None, DateKind.RELATIVE)
    told = last if last is not None and (today is None or last.year != today.year) and _follows(last, month, day) else None
    if last is not None and not last.month and last == context.close:
        told = last
    if told is not None:
        past = ahead = _When(told.year, month, day)
    else:
        assert today is not None
        this = _When(today.year, month, day)
        past = this if this <= _cut(today, this) else replace(this, year=today.year - 1)
        ahead = this if this >= _cut(today, this) else replace(this, year=today.year + 1)
    end = _When(past.year, *until) if until else None
    return _Reading(past, ahead, DateKind.RELATIVE, end)


def _follows(last: _When, month: int, day: int) -> bool:
    return bool(last.month) and (month, day or 31) >= (last.month, last.day)


def _cut(today: _When, like: _When) -> _When:
    """Today, as precise as the other."""
    return _When(today.year, today.month if like.month else 0, today.day if like.day else 0)


# News tells of what happened this many days ago at most, where it names a day alone.
_FRESH = 7


def _dayless(context: _Context, day: int, until: tuple[int, int] | None = None) -> _Reading:
    """A day without its month: of the month told of, else the last such day before today; ahead, the next one."""
    today, last = context.today, context.close or context.near or context.last
    fresh = today is not None and 0 <= today.day - day <= _FRESH
    told = context.near is last is not None and 0 < last.day <= day and not fresh
    if (
        last is not None
        and last.month
        and (told or context.close is last or today is None or (last.year, last.month) == (today.year, today.month))
    ):
        here: _When | None = _When(last.year, last.month, day)
    elif today is None:
        return _Reading(None, None, DateKind.RELATIVE)
    else:
        here = None
    if here is None:
        assert today is not None
        here = _When(today.year, today.month, day)
    past, ahead = here, here
    if today is not None:
        if here > today:
            earlier = here.months(-1)
            past = replace(earlier, day=day) if earlier else here
        if here < today:
            later = here.months(1)
            ahead = replace(later, day=day) if later else here
    end = None
    if until and past:
        end = _When(past.year, until[0] or past.month, until[1])
    return _Reading(past, ahead, DateKind.RELATIVE, end)


# The readers, one for each branch of the patterns.


def _read_iso(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    """2025-06-16 at the top of a page is when it was put there: no date of what it tells."""
    when = _When(*(int(part) for part in re.split(r"[-/.]", match["iso"])))
    return _single(when) if not _opens_line(match) else None


def _opens_line(match: re.Match[str]) -> bool:
    text, start = match.string, match.start()
    line = text[max(start - _LINE, text.rfind("\n", max(0, start - _LINE), start) + 1) : start]
    return len(line) <= 12 or line.rstrip().endswith(("：", ":"))


def _read_nothing(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    return None


def _read_word(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    return calendar.shifted(match[str(match.lastgroup)], context)


def _read_recent(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    """Not long ago: the month of today, or only its year when the month has just begun."""
    today = context.today
    if today is None:
        return _single(None, DateKind.RECENT)
    young = today.day <= _YOUNG
    return _single(_When(today.year, 0 if young else today.month), DateKind.RECENT)


_YOUNG = 2


def _ints(match: re.Match[str], *names: str) -> list[int]:
    return [_number(match[name]) if match[name] else 0 for name in names]


def _zh_year(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    kind = DateKind.ABSOLUTE
    if match["Y"]:
        year = _number(match["Y"])
    else:
        reading = calendar.shifted(match["RY"], context)
        if reading.value is None:
            return reading
        year, kind = reading.value.year, reading.kind
    month, day, month2, day2, year2 = _ints(match, "M", "D", "M2", "D2", "Y2")
    if match["RM"]:
        base = context.last
        month = base.month if base else 0
        day = _number(match["RD"]) if match["RD"] and month else 0
    when = _When(year, month, day)
    year2 = year2 or (_number(match["Y1"]) if match["Y1"] else 0)
    month1, day1 = _ints(match, "M1", "D1")
    until = None
    if year2 or month2 or day2 or month1 or day1:
        until = _When(year2 or year, month2 or month1 or (month if day2 or day1 else 0), day2 or day1)
    return _single(when, kind, until)


def _zh_month(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    month, day, month1, day1, month2, day2 = _ints(match, "BM", "MD", "BM1", "MD1", "BM2", "BMD2")
    if month > 12 or not month:
        return None
    until = (month2 or month1 or month, day2 or day1) if month2 or month1 or day2 or day1 else None
    return _yearless(context, month, day, until)


def _zh_this_month(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    reading = calendar.shifted(match["OM"], context)
    if reading.value is None or not match["OMD"]:
        return reading
    when = replace(reading.value, day=_number(match["OMD"])) if reading.value.month else reading.value
    return _single(when, reading.kind)


def _zh_named_day(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    """今（31）日: the day is said twice."""
    return _dayless(context, _number(match["PD"]))


def _zh_day_word(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    """当天 counts from the day before it in the text; 签约当天, with a noun before it, from the day the article is about."""
    slot, shift = calendar.words[match["RDAY"]]
    before = match.string[match.start() - 1 : match.start()]
    if (
        slot == "day@"
        and context.event
        and context.close is None
        and before
        and "\u4e00" <= before <= "\u9fff"
        and before not in "在于从自即而且并也又，"
    ):
        when = context.event.days(shift)
        return _single(when, DateKind.ANCHORED)
    return calendar.shifted(match["RDAY"], context)


def _zh_day(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    day, day1, month2, day2 = _ints(match, "BD", "BD1", "BDM2", "BD2")
    return _dayless(context, day, (month2, day2 or day1) if day1 or day2 else None)


_ZH_WEEKDAYS = "一二三四五六日"
_ZH_WEEK = _ZH_WEEKDAYS + "天末"


def _zh_weekday(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    number = _ZH_WEEKDAYS.index(match["W"].replace("天", "日").replace("末", "六"))
    if context.today is None or not context.today.day:
        return _single(None, DateKind.RELATIVE)
    today = _day(context.today)
    monday = today - timedelta(days=today.weekday())
    word = (match["WS"] or "").removesuffix("个")
    if word:
        shift = {"上上": -2, "上": -1, "这": 0, "本": 0, "下": 1}[word]
        return _single(_of(monday + timedelta(days=7 * shift + number)), DateKind.RELATIVE)
    past = monday + timedelta(days=number - (7 if number > today.weekday() else 0))
    ahead = monday + timedelta(days=number + (7 if number < today.weekday() else 0))
    return _Reading(_of(past), _of(ahead), DateKind.RELATIVE)


def _zh_ago(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    """三年前 counts back from today, 一年后 and 两天前 from the date before it."""
    word = match["AGO"]
    unit = {"年": "year", "月": "month", "周": "week", "期": "week", "天": "day"}[match["AU"][-1]]
    back = match["AD"] == "前"
    exact = not match["VAGUE"] and "多" not in match["AU"] and "半" not in word
    base = context.today if back and unit in ("year", "month") else context.last_day or context.today if back else context.last
    if base is None or not exact:
        return _single(None, DateKind.RELATIVE)
    count = _number(word)
    shift = -count if back else count
    if match["SAMEDAY"] and unit == "year":
        return _single(replace(base, year=base.year + shift), DateKind.RELATIVE)
    when = _SHIFTS[unit](base, shift)
    return _single(when, DateKind.RELATIVE if back else DateKind.ANCHORED)


def _zh_for(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    """结好12年来, 建交30周年: how long it has lasted tells when it began."""
    count = match["FOR"] or match["FULL"]
    if context.today is None or "半" in count:
        return None
    return _single(context.today.years(-_number(count)), DateKind.SPAN)


def _en_year_of(match: re.Match[str], name: str, calendar: _Calendar, context: _Context) -> int:
    if match[name]:
        return int(match[name])
    if match[name + "R"]:
        reading = calendar.shifted(match[name + "R"], context)
        return reading.value.year if reading.value else -1
    return 0


def _en_full(
    context: _Context, year: int, month: int, day: int, until: tuple[int, int] | None, *, starts: int = 0
) -> _Reading | None:
    if year < 0:
        return _single(None, DateKind.RELATIVE)
    if not year:
        return _yearless(context, starts or month, day, until)
    return _single(_When(year, starts or month, day), until=_When(year, *until) if until else None)


def _en_day_month(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    month = _month(match["DM"] or match["M"], calendar)
    last = _month(match["M"], calendar)
    until = (last, int(match["D2"])) if match["D2"] else None
    year = _en_year_of(match, "Y", calendar, context)
    return _en_full(context, year, month, int(match["D"]), until)


def _en_month_day(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    month = _month(match["N"], calendar)
    until = (_month(match["N2"] or match["N"], calendar), int(match["E2"])) if match["E2"] else None
    return _en_full(context, _en_year_of(match, "F", calendar, context), month, int(match["E"]), until)


def _month(name: str, calendar: _Calendar) -> int:
    return calendar.words[name.lower()][1]


def _en_month(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    """A month alone: with a preposition or a year; names of persons and the verbs may, march are none."""
    before = _lead(match.string, match.start())
    if not match["G"] and not match["GR"] and not calendar.follows(before, "before_month"):
        return None
    month = _month(match["BM"], calendar)
    year = _en_year_of(match, "G", calendar, context)
    if year:
        return _en_full(context, year, month, 0, None)
    reading = _yearless(context, month, 0)
    today = context.today
    if before.endswith(" last") and today and reading.value is not None:
        this = reading.value == _When(today.year, today.month)
        return _single(replace(reading.value, year=today.year - 1) if this else reading.value, DateKind.RELATIVE)
    return reading


def _en_weekday(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    number = calendar.words[match["W"].lower()][1]
    if context.today is None or not context.today.day:
        return _single(None, DateKind.RELATIVE)
    today = _day(context.today)
    if match["W2"]:
        last = calendar.words[match["W2"].lower()][1]
        end = today - timedelta(days=(today.weekday() - last) % 7)
        return _single(_of(end - timedelta(days=(last - number) % 7)), DateKind.RELATIVE, _of(end))
    back = (today.weekday() - number) % 7
    word = (match["WS"] or "").strip().lower()
    past, ahead = today - timedelta(days=back), today + timedelta(days=(number - today.weekday()) % 7)
    if word == "last":
        past = ahead = past if back else past - timedelta(days=7)
    elif word in ("next", "coming"):
        past = ahead = ahead if ahead > today else ahead + timedelta(days=7)
    return _Reading(_of(past), _of(ahead), DateKind.RELATIVE)


_SEASON_END = {0: 2, 1: 5, 2: 8, 3: 11}


def _en_season(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    """Last summer: the last one that is over; a winter lies in two years."""
    today, number = context.today, calendar.words[match["S"].lower()][1]
    if today is None or not today.month or number == 0:
        return _single(None, DateKind.RELATIVE)
    word, over = match["SS"].strip().lower(), today.month > _SEASON_END[number]
    shift = {"last": 0 if over else -1, "this": 0, "next": 1 if today.month > _SEASON_END[number] - 3 else 0}[word]
    return _single(_When(today.year + shift), DateKind.RELATIVE)


def _en_ago(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    count, unit = _number(match["AGO"].lower()), match["AU"].lower()
    ago = match["AD"] == "ago"
    base = context.today if ago else context.last_day if unit in ("day", "week") else context.last
    if base is None:
        return _single(None, DateKind.RELATIVE)
    shift = count if match["AD"] in ("later", "after") else -count
    when = _SHIFTS[unit](base, shift)
    return _single(when, DateKind.RELATIVE if ago else DateKind.ANCHORED)


def _en_bare_year(match: re.Match[str], calendar: _Calendar, context: _Context) -> _Reading | None:
    """A number of four figures is a year only after a word that asks for one."""
    before = _lead(match.string, match.start())
    if not before.endswith("(") and not calendar.follows(before, "before_year", "binds", "begin", "limit"):
        return None
    until = match["BARE2"]
    end = int(until) if until and len(until) == 4 else int(match["BARE"]) // 100 * 100 + int(until) if until else 0
    return _single(_When(int(match["BARE"])), until=_When(end) if end else None)


_READERS: dict[str, Callable[[re.Match[str], _Calendar, _Context], _Reading | None]] = {
    "iso": _read_iso,
    "nothing": _read_nothing,
    "week": _read_word,
    "RECENT": _read_recent,
    "zh_year": _zh_year,
    "zh_month": _zh_month,
    "zh_this_month": _zh_this_month,
    "zh_named_day": _zh_named_day,
    "RDAY": _zh_day_word,
    "zh_day": _zh_day,
    "zh_weekday": _zh_weekday,
    "zh_ago": _zh_ago,
    "zh_for": _zh_for,
    "en_day_month": _en_day_month,
    "en_month_day": _en_month_day,
    "en_month": _en_month,
    "en_weekday": _en_weekday,
    "en_season": _en_season,
    "WORD": lambda match, calendar, context: calendar.shifted(match["WORD"], context),
    "en_ago": _en_ago,
    "en_bare_year": _en_bare_year,
}


# The grammars: how the words of a language are put together. Each branch is a named group.

_ZH_DIGITS = {char: number for number, char in enumerate("〇一二三四五六七八九")} | {"零": 0, "○": 0, "两": 2}
_ZH_NUMERALS = "〇零○一二三四五六七八九十两半"
_ZH_MONTH = "1[0-2]|0?[1-9]|十[一二]?|[一二三四五六七八九]"
_ZH_DAY = "3[01]|[12][0-9]|0?[1-9]|三十一?|二?十[一二三四五六七八九]?|[一二三四五六七八九]"
_ZH_COUNT = "[0-9]{1,3}|[一二两三四五六七八九]?十[一二三四五六七八九]?|[一二两三四五六七八九半]"
_ZH_TO = r"\s?(?:[至到—–~～-]|——)\s?"
_ZH_YEAR = "(?:19|20)[0-9]{2}"
_EN_YEAR = "(?:19|20)[0-9]{2}"
_EN_DAY = "3[01]|[12][0-9]|0?[1-9]"
_EN_NUMBERS = ["a", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"]


def _number(text: str) -> int:
    """A number of up to four figures: Arabic, Chinese (二十四, 二〇二四) or an English word."""
    if text.isdigit():
        return int(text)
    if text in _EN_NUMBERS:
        return max(1, _EN_NUMBERS.index(text))
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_ZH_DIGITS[tens] if tens else 1) * 10 + (_ZH_DIGITS[ones] if ones else 0)
    return int("".join(str(_ZH_DIGITS[char]) for char in text))


def _zh_branches(one_of: Callable[..., str]) -> str:
    def month(name: str) -> str:
        return rf"(?<![0-9.第约近达])(?P<{name}>{_ZH_MONTH})(?:{_ZH_TO}(?P<{name}1>{_ZH_MONTH}))?\s?月(?![球刊薪租均嫂饼台])份?"

    def day(name: str) -> str:
        return rf"(?P<{name}>{_ZH_DAY})(?:{_ZH_TO}(?P<{name}1>{_ZH_DAY}))?\s?[日号]"

    def rest(*names: str) -> str:
        parts = zip(
            names, (_ZH_YEAR, _ZH_MONTH, _ZH_DAY)[3 - len(names) :], ("年", "月", "[日号]")[3 - len(names) :], strict=True
        )
        return f"(?:{_ZH_TO}" + "".join(f"(?:(?P<{name}>{form}){unit})?" for name, form, unit in parts) + "(?<=[年月日号]))?"

    year = rf"(?<![0-9])(?P<Y>{_ZH_YEAR}|[一二][〇零○一二三四五六七八九]{{3}})(?:{_ZH_TO}(?P<Y1>{_ZH_YEAR}))?\s?年"
    return rf"""
        (?P<iso>(?<![0-9]){_ZH_YEAR}([-/.])(?:1[0-2]|0?[1-9])\2(?:3[01]|[12][0-9]|0?[1-9])(?![0-9]))
      | (?P<nothing>(?<![0-9]){_ZH_YEAR}(?:{one_of("no_date")}))
      | (?P<zh_year>(?:{year}|(?P<RY>{one_of("year", "year@")}))(?:（{_ZH_YEAR}年?）)?
          (?:\s?的?(?:{month("M")}(?:\s?{day("D")}|(?:{one_of("month_part")}))?)
            |(?P<RM>{one_of("month@")})(?:\s?(?P<RD>{_ZH_DAY})[日号])?|(?:{one_of("year_part")}))?
          {rest("Y2", "M2", "D2")})
      | (?P<zh_month>{month("BM")}(?:\s?{day("MD")}|(?:{one_of("month_part")}))?{rest("BM2", "BMD2")})
      | (?P<zh_this_month>(?P<OM>{one_of("month", "month@")})(?:\s?(?P<OMD>{_ZH_DAY})[日号]|(?:{one_of("month_part")}))?)
      | (?P<zh_named_day>[今昨前明]（(?P<PD>{_ZH_DAY})日?）[日天]?)
      | (?P<RDAY>{one_of("day", "day@")})
      | (?P<zh_day>(?<![0-9.第满近约每达-])(?P<BD>3[01]|[12][0-9]|0?[1-9])(?:{_ZH_TO}(?P<BD1>3[01]|[12][0-9]|0?[1-9]))?日
          (?![内龄游均元圆后本]|之[内后]|以[内上下来]|行[程情]){rest("BDM2", "BD2")})
      | (?P<zh_weekday>(?P<WS>(?:上上?|这|本|下)个?)?(?:周|星期|礼拜)(?P<W>[一二三四五六日天末])
          (?=[，。；、（(\s]|上午|下午|晚|凌晨|早|在|与|于|和|宣布|表示|说|称|举行|发布|公布|签|会|同|的|将|出|起|至|到|向|对|共))
      | (?P<week>{one_of("week", "time@")})
      | (?P<RECENT>{one_of("recent")})
      | (?P<zh_ago>(?P<AGO>{_ZH_COUNT})(?P<VAGUE>余|多|来)?\s?(?P<AU>年|个?多?月|周|个?星期|天)(?:之|以)?(?P<AD>前|后)
          (?![景往来端期提沿夕勤备续台方面者])(?P<SAMEDAY>的今[天日])?)
      | (?P<zh_for>(?:(?<![近0-9])(?P<FOR>{_ZH_COUNT})(?:年来|周年)|(?:(?<=已)|(?<=已有)|(?<=已经)|(?<=已满))(?P<FULL>{_ZH_COUNT})年(?![多余来代度前后])))
    """


def _en_branches(one_of: Callable[..., str]) -> str:
    month = f"(?:{one_of('month_name')})"
    to = r"\s?(?:[-–—]|to|and|until|through)\s?"

    def year(name: str) -> str:
        relative = one_of("year", "year@")
        return rf"(?:,?\s(?:of\s)?(?P<{name}>{_EN_YEAR})(?![0-9])|,?\s(?:of\s)?(?P<{name}R>(?i:{relative}))\b)?"

    return rf"""
        (?P<iso>{_EN_YEAR}-(?:1[0-2]|0[1-9])-(?:3[01]|[12][0-9]|0[1-9])(?![0-9]))
      | (?P<en_day_month>(?P<D>{_EN_DAY})(?:st|nd|rd|th)?(?:(?:\s(?P<DM>{month})\.?)?{to}(?P<D2>{_EN_DAY})(?:st|nd|rd|th)?)?
          \s(?:of\s)?(?P<M>{month})\b\.?{year("Y")})
      | (?P<en_month_day>(?P<N>{month})\.?\s(?P<E>{_EN_DAY})(?:st|nd|rd|th)?(?![0-9])
          (?:{to}(?:(?P<N2>{month})\.?\s)?(?P<E2>{_EN_DAY})(?:st|nd|rd|th)?(?![0-9]))?{year("F")})
      | (?P<en_month>(?P<BM>{month})\b(?!\.?\s[0-9]{{1,2}}(?![0-9]))\.?{year("G")})
      | (?P<en_weekday>(?P<WS>(?i:last|next|this|coming)\s)?(?P<W>{one_of("weekday")})\b
          (?:\s(?:to|through|until)\s(?P<W2>{one_of("weekday")})\b)?)
      | (?P<en_season>(?P<SS>(?i:last|next|this)\s)(?P<S>{one_of("season")})\b)
      | (?P<WORD>(?i:{one_of("year", "year@", "month", "month@", "day", "day@", "week", "time@")})\b)
      | (?P<RECENT>(?i:{one_of("recent")})\b)
      | (?P<en_ago>(?P<AGO>(?i:[0-9]{{1,3}}|{"|".join(_EN_NUMBERS)}))\s(?P<AU>day|week|month|year)s?\s
          (?P<AD>ago|earlier|later|before|after)\b)
      | (?P<en_bare_year>(?<![0-9.,$€£¥–])(?<!(?<!\bmid)-)(?P<BARE>{_EN_YEAR})
          (?:\s?(?:[-–—]|to|until|through)\s?(?P<BARE2>{_EN_YEAR}|[0-9]{{2}})(?![0-9]))?
          (?![0-9%s]|[,.][0-9]|[-–][a-z]))
    """


_FILLERS = re.compile(r"\s(?:early|late|mid|in|on|for|from|by|the (?:end|beginning|start|middle) of)[\s-]*$")


@cache
def _load(language: str) -> _Calendar:
    if language not in ("zh", "en"):
        raise DataError(f"no words for dates in the language “{language}”: zh and en are known")
    rows = read_words(language)
    slots: dict[str, list[Row]] = {}
    for row in rows:
        slots.setdefault(row["slot"], []).append(row)

    def one_of(*names: str) -> str:
        chosen = sorted((row for name in names for row in slots.get(name, [])), key=lambda row: -len(row["word"]))
        return "|".join(_guarded(row) for row in chosen) or "(?!)"

    words = {}
    for row in rows:
        if row["slot"].rstrip("@") in (*_SHIFTS, "month_name", "weekday", "season"):
            try:
                words[row["word"].lower()] = (row["slot"], int(row["shift"]))
            except ValueError:
                raise row.fail(f"shift “{row['shift']}” is not a whole number") from None
    gap = "" if language == "zh" else " "
    before = {slot: tuple(gap + row["word"].lower() for row in found) for slot, found in slots.items()}
    named = {row["word"] for row in rows if row["slot"].rstrip("@") in (*_SHIFTS, "recent")}
    if language == "zh":
        # A look at two characters spares most places the whole grammar.
        digits = rf"[0-9]{{1,4}}\s?[年月日号天周余多来个至到—–~～./-]|[{_ZH_NUMERALS}]{{1,4}}[年月日号天周余多来个]"
        look = f"{digits}|[今昨前明]（|上上?个?[周星礼]|[这本下]个?[周星礼]|周[{_ZH_WEEK}]|星期|礼拜|{_heads(named)}"
        pattern = re.compile(rf"(?={look})(?:{_zh_branches(one_of)})", re.VERBOSE)
        dateline = re.compile(r"(?:专?电|讯|消息|综合(?:消息|报道))(?=[\s，。：（(“]|$)|\s(?:电|讯)")
    else:
        named |= {row["word"] for name in ("month_name", "weekday") for row in slots[name]} | {"last", "next", "this", "coming"}
        heads = _heads({form for word in named for form in (word, word[0].upper() + word[1:])})
        look = rf"[0-9]|{heads}|(?:{'|'.join(_EN_NUMBERS)})\s(?:day|week|month|year)"
        pattern = re.compile(rf"\b(?={look})(?:{_en_branches(one_of)})", re.VERBOSE)
        dateline = re.compile(r"\s?(?:\([A-Z][\w ]*\)\s?)?[–—:-]")
    return _Calendar(
        pattern,
        words,
        before,
        begin_after=re.compile(
            rf"\s?(?:{one_of('begin_after')})\b" if language == "en" else rf"\s?(?:{one_of('begin_after')})"
        ),
        limit_after=re.compile(rf"\s?(?:{one_of('limit_after')})"),
        dateline=dateline,
    )


def _heads(words: set[str]) -> str:
    """A pattern of the first two characters of all words."""
    seconds: dict[str, set[str]] = {}
    for word in words:
        seconds.setdefault(word[0], set()).add(word[1])
    return "|".join(f"{first}[{''.join(sorted(after))}]" for first, after in sorted(seconds.items()))


def _guarded(row: Row) -> str:
    """The word as a pattern (of the verbose kind), not beside the characters that make it another word."""
    before = f"(?<![{re.escape(row['not_after'])}])" if row["not_after"] else ""
    after = f"(?![{re.escape(row['not_before'])}])" if row["not_before"] else ""
    return before + re.escape(row["word"]) + after
