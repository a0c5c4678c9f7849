"""Text on a screen: what comes from outside is text and nothing else, lines are broken where Chinese and English may be broken."""

from __future__ import annotations

import re

_STEERING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_WIDE = "\u2e80-\u9fff\uac00-\ud7af\uf900-\ufaff\uff00-\uff60\uffe0-\uffe6\U00020000-\U0003ffff"
# What may not begin a line, and what may not end one (JIS X 4051, GB/T 15834).
_CLOSERS = "，。、；：！？）》〉」』】”’…,.;:!?)%"
_OPENERS = "（《〈「『【“‘("
_UNIT = re.compile(rf"\s+|[{_OPENERS}]*(?:[{_WIDE}]|[^\s{_WIDE}{_OPENERS}]+)[{re.escape(_CLOSERS)}]*|[{_OPENERS}]+")


def plain(text: str) -> str:
    """Text that cannot steer a terminal: control and direction characters are shown as ␛, ‹202e› and the like."""
    return _STEERING.sub(lambda match: chr(0x2400 + ord(match[0])) if match[0] < " " else f"‹{ord(match[0]):04x}›", text)


def one_line(text: object) -> str:
    """What is said of an error or a file, as one line however long, that cannot steer a terminal."""
    return plain(" ".join(str(text).split()))


def wrap(text: str, width: int) -> list[str]:
    """Lines at most `width` cells wide, broken at spaces and between Chinese characters, as punctuation allows."""
    from rich.cells import chop_cells

    lines, line, room = [], "", width
    for unit in _UNIT.findall(text):
        unit = " " if unit.isspace() else unit
        wide = cell_width(unit)
        if wide > room and line:
            lines.append(line.rstrip())
            line, room = "", width
            if unit.isspace():
                continue
        if wide > room:
            *full, unit = chop_cells(unit, width)
            lines += full
            wide = cell_width(unit)
        line, room = line + unit, room - wide
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def indented(text: str, width: int, indent: int, *, hanging: int = 0) -> str:
    """The text wrapped to a width, indented; the lines after the first by `hanging` more."""
    first, *rest = wrap(text, width - indent - hanging)
    return "\n".join([" " * indent + first, *(" " * (indent + hanging) + line for line in rest)])


def longest_unit(text: str) -> int:
    """The width of what cannot be broken."""
    return max(map(cell_width, _UNIT.findall(text)), default=0)


def cell_width(text: str) -> int:
    """How many cells of a terminal a text takes."""
    from rich.cells import cell_len

    return cell_len(text)
