"""Invents Chinese names by how such names are built, for the copies of articles that train_names.py learns from.

builds.zh.csv holds the builds (`{country}{field}部`), with how often each is taken and an example; parts.zh.csv what may stand
in a slot. The slots country, province, city, county and bound come from seeds/names.
"""

from __future__ import annotations

import random
import re
import sys
from functools import cache
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from kg.extraction.lexicon import is_han, surnames
from kg.names import load_names
from kg.resources import read_table

_FOLDER = Path(__file__).resolve().parent
_SLOT = re.compile(r"\{(\w+)\}")


@cache
def builds() -> dict[str, list[str]]:
    """Type → patterns, each as often as its share says."""
    found: dict[str, list[str]] = {}
    for row in read_table(_FOLDER / "builds.zh.csv", ("type", "share", "pattern", "example")):
        found.setdefault(row["type"], []).extend([row["pattern"]] * int(row["share"]))
    return found


@cache
def parts() -> dict[str, tuple[str, ...]]:
    """Slot → what may stand there."""
    found = {row["slot"]: row.many("words") for row in read_table(_FOLDER / "parts.zh.csv", ("slot", "words"), key="slot")}
    found["surname"] = surnames()
    places: dict[str, dict[str, None]] = {name: {} for name in ("country", "province", "city", "county", "bound")}
    for entity in load_names():
        forms = [form for form in entity.forms if is_han(form) and 1 < len(form) < 8]
        if entity.type == "Country":
            places["country"].update(dict.fromkeys(forms[:2]))
            places["bound"].update(dict.fromkeys(form for form in entity.bound if len(form) == 1 and form != "中"))
        elif entity.type == "Region":
            slot = (
                "province" if re.fullmatch(r"cn-[a-z]+", entity.id)
                else "county" if any(form[-1] in "县区" for form in forms)
                else "city"
            )  # fmt: skip
            places[slot].update(dict.fromkeys(forms))
    return found | {name: tuple(forms) for name, forms in places.items()}


def invent(kind: str, chance: random.Random) -> str:
    """A name of a type, or nothing where no build for the type is known."""
    patterns = builds().get(kind)
    if not patterns:
        return ""
    return _SLOT.sub(lambda match: chance.choice(parts()[match.group(1)]), chance.choice(patterns))


@cache
def _swaps() -> tuple[re.Pattern[str], dict[str, str]]:
    slot_of = {form: slot for slot in ("country", "province", "city", "county") for form in parts()[slot]}
    return re.compile("|".join(sorted(map(re.escape, slot_of), key=lambda form: (-len(form), form)))), slot_of


def relocated(form: str, chance: random.Random) -> str:
    """A name with the places in it replaced by others of their sort: 丹麦驻华大使馆 → 智利驻华大使馆."""
    pattern, slot_of = _swaps()

    def other(match: re.Match[str]) -> str:
        slot, rank = slot_of[match.group()], match.group()[-1]
        fitting = [form for form in parts()[slot] if (form[-1] == rank) == (rank in "省市县区")]
        return chance.choice(fitting or [match.group()])

    return pattern.sub(other, form)
