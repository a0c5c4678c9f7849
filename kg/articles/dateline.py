"""Who published a page, and when, by its own lines; and dates as pages write them."""

from __future__ import annotations

import calendar
import re
from datetime import date

_NUMERIC = re.compile(r"(?<!\d)((?:19|20)\d\d)\s?[-/.年]\s?(1[0-2]|0?[1-9])\s?[-/.月]\s?(3[01]|[12]\d|0?[1-9])(?!\d)")
_MONTHS = tuple(calendar.month_name)[1:]
_MONTH = "|".join(f"{name[:3]}(?:{name[3:]}|\\.|t\\.?)?" for name in _MONTHS)
_DAY_MONTH = re.compile(rf"(?<!\d)(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?\s+({_MONTH}),?\s+((?:19|20)\d\d)(?!\d)")
_MONTH_DAY = re.compile(rf"\b({_MONTH})\s+(3[01]|[12]\d|0?[1-9])(?:st|nd|rd|th)?,?\s+((?:19|20)\d\d)(?!\d)")

_SOURCE_ZH = re.compile(
    r"(?:文章来源|信息来源|稿件来源|新闻来源|(?<![一-鿿])来源|发布机构|转自)\s?[：:]\s?([^\s：:|｜,，。（）()\d]{2,24})"
)
_PUBLISHED_ZH = re.compile(
    r"(?:发布时间|发布日期|发表时间|日期|时间)\s?[：:]?\s?(?=\d)|来源\s?[：:]|字号|字体|浏览|阅读|记者|编辑|作者"
)
_AGENCY = re.compile(
    r"^[A-Z][A-Za-z .,'/-]{1,40}?,?\s(?:\(?(?P<date>[^()]{3,30}?)\)?\s)?\((?P<name>[A-Z][A-Za-z .&-]{1,40})\)\s?[-–—:]"
)
_BYLINE_EN = re.compile(r"^(?:source|published by|from)\s?:\s?([^|,\n]{2,60})", re.IGNORECASE)
_PUBLISHED_EN = re.compile(r"^(?:published|posted|updated|date|last updated)\b", re.IGNORECASE)
_WIRE_ZH = re.compile(
    r"^[（(]?(新华社|中新社|中新网|人民网|新华网|央视网|法新社|路透社|塔斯社|共同社|韩联社)[^，。]{0,16}?(?:\d{1,2}月\d{1,2}日)?电"
)


def find_date(text: str) -> str | None:
    """The first full date of a text as an ISO date, or None: 2025-02-12, 2025年2月12日, 12 May 2024, Oct. 3, 2024."""
    found = []
    for pattern, order in ((_NUMERIC, (1, 2, 3)), (_DAY_MONTH, (3, 2, 1)), (_MONTH_DAY, (3, 1, 2))):
        match = pattern.search(text)
        if match:
            year, month, day = (match[i] for i in order)
            number = int(month) if month.isdigit() else next(i for i, m in enumerate(_MONTHS, 1) if m[:3] == month[:3])
            try:
                found.append((match.start(), date(int(year), number, int(day)).isoformat()))
            except ValueError:
                continue
    return min(found)[1] if found else None


def recognise(lines: list[str]) -> tuple[str, str | None]:
    """Publisher and day of publication that the lines of a page state; empty and None where they do not."""
    publisher, published = "", None
    edges = lines[:10] + lines[-6:]
    for line in edges:
        # A line that ends like a sentence tells of the world, not of the page.
        short = len(line) <= 120 and not line.endswith(("。", "！", "？"))
        if not publisher and short and (match := _SOURCE_ZH.search(line) or _BYLINE_EN.search(line)):
            publisher = match[1].strip()
        if not publisher and (match := _WIRE_ZH.match(line)):
            publisher = match[1]
        agency = _AGENCY.match(line)
        if agency:
            publisher = publisher or agency["name"].strip()
            published = published or find_date(agency["date"] or "")
        if (
            published is None
            and short
            and (_PUBLISHED_ZH.search(line) or _PUBLISHED_EN.match(line) or (find_date(line) and len(line) <= 40))
        ):
            published = find_date(line)
        if published is None and (dateline := re.match(r"^[A-Z][A-Za-z ,./'-]{1,40}\b", line)):
            published = find_date(line[: dateline.end() + 20]) if re.match(r"^[A-Z]{3,}", line) else None
    return publisher, published
