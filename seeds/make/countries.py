"""Makes seeds/names/countries.csv: territories of ISO 3166-1, names from CLDR (by Babel), aliases from countries_overlay.csv.

Run from the project's folder: `python -m seeds.make.countries`.
"""

from __future__ import annotations

import re

from babel import Locale

from seeds.make.tables import join, read, simplified, slug, write

# Members and observers of the United Nations and states in free association are countries; other territories are regions of
# the state in this table.
REGIONS = {
    "HK": "china", "MO": "china", "TW": "china",
    "AS": "united-states", "GU": "united-states", "MP": "united-states", "PR": "united-states", "UM": "united-states", "VI": "united-states",
    "AI": "united-kingdom", "BM": "united-kingdom", "FK": "united-kingdom", "GG": "united-kingdom", "GI": "united-kingdom",
    "GS": "united-kingdom", "IM": "united-kingdom", "IO": "united-kingdom", "JE": "united-kingdom", "KY": "united-kingdom",
    "MS": "united-kingdom", "PN": "united-kingdom", "SH": "united-kingdom", "TC": "united-kingdom", "VG": "united-kingdom",
    "BL": "france", "GF": "france", "GP": "france", "MF": "france", "MQ": "france", "NC": "france", "PF": "france", "PM": "france",
    "RE": "france", "TF": "france", "WF": "france", "YT": "france",
    "AW": "netherlands", "BQ": "netherlands", "CW": "netherlands", "SX": "netherlands",
    "AX": "finland", "FO": "denmark", "GL": "denmark", "SJ": "norway", "BV": "norway",
    "CC": "australia", "CX": "australia", "HM": "australia", "NF": "australia", "TK": "new-zealand", "AQ": "", "EH": "",
}  # fmt: skip
# CLDR also names groupings and codes that ISO 3166-1 does not assign.
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}


def main() -> None:
    """Writes the table."""
    zh, hant, en = (Locale.parse(tag).territories for tag in ("zh", "zh_Hant", "en"))
    overlay = {row["iso"]: row for row in read("countries_overlay.csv")}
    rows = []
    for code in sorted(code for code in en if re.fullmatch("[A-Z]{2}", code) and code not in NOT_ISO):
        kept = overlay.pop(code, {})
        label_zh, label_en = kept.get("zh") or zh[code], kept.get("en") or en[code].replace("’", "'")
        # Names used in Taiwan and Hong Kong reach us in simplified characters after repair: 紐西蘭 as 纽西兰.
        hanzi = simplified(hant[code]) if code not in {"HK", "MO", "TW"} else ""
        aliases = kept.get("aliases", "").split("|")
        weak = kept.get("weak", "").split("|")
        if len(hanzi) > 2:
            aliases += [hanzi, zh[code]]
        elif hanzi and hanzi not in aliases:
            # A short one is also a piece of other names: 查德 of 里查德.
            weak += [hanzi]
            aliases += [zh[code]]
        region = code in REGIONS
        identifiers = [f"iso3166-1={code}"] + ([f"wikidata={kept['wikidata']}"] if kept.get("wikidata") else [])
        rows.append(
            {
                "id": kept.get("id") or slug(label_en),
                "type": "Region" if region else "Country",
                "zh": label_zh,
                "zh_hant": {"HK": "香港", "MO": "澳門", "TW": "臺灣"}.get(code, hant[code]),
                "en": label_en,
                "aliases": join(*(form for form in aliases if form not in {label_zh, label_en} and form not in weak)),
                "bound": kept.get("bound", ""),
                "adjectives": kept.get("adjectives", ""),
                "weak": join(*(form for form in weak if form != label_zh or form in kept.get("weak", "").split("|"))),
                "parent": REGIONS.get(code, ""),
                "identifiers": join(*identifiers),
                "source": "CLDR; kept by hand" if kept else "CLDR",
            }
        )
    assert not overlay, f"not in CLDR: {sorted(overlay)}"
    write("countries.csv", rows)


if __name__ == "__main__":
    main()
