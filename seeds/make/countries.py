"""Makes seeds/names/countries.csv: territories of ISO 3166-1, names from cldr.csv, which cldr.py makes, aliases and the ids of
those whose names change from countries_overlay.csv.

Run from the project's folder: `python -m seeds.make.countries`.
"""

from __future__ import annotations

from seeds.make.tables import join, read, simplified, slug, write

# Members and observers of the United Nations and states in free association are countries; other territories are regions of
# the state in this table.
_DEPENDENCIES = {
    "china": "HK MO TW",
    "united-states": "AS GU MP PR UM VI",
    "united-kingdom": "AI BM FK GG GI GS IM IO JE KY MS PN SH TC VG",
    "france": "BL GF GP MF MQ NC PF PM RE TF WF YT",
    "netherlands": "AW BQ CW SX",
    "finland": "AX",
    "denmark": "FO GL",
    "norway": "SJ BV",
    "australia": "CC CX HM NF",
    "new-zealand": "TK",
    "": "AQ EH",
}
REGIONS = {code: state for state, codes in _DEPENDENCIES.items() for code in codes.split()}


def main() -> None:
    """Writes the table."""
    overlay = {row["iso"]: row for row in read("countries_overlay.csv")}
    rows = []
    for territory in read("cldr.csv"):
        code, zh, hant, en = territory.values()
        kept = overlay.pop(code, {})
        label_zh, label_en = kept.get("zh") or zh, kept.get("en") or en
        # Names used in Taiwan and Hong Kong reach us in simplified characters after repair: 紐西蘭 as 纽西兰.
        hanzi = simplified(hant) if code not in {"HK", "MO", "TW"} else ""
        aliases = kept.get("aliases", "").split("|")
        weak = kept.get("weak", "").split("|")
        if len(hanzi) > 2:
            aliases += [hanzi, zh]
        elif hanzi and hanzi not in aliases:
            # A short one is also a piece of other names: 查德 of 里查德.
            weak += [hanzi]
            aliases += [zh]
        region = code in REGIONS
        identifiers = [f"iso3166-1={code}"] + ([f"wikidata={kept['wikidata']}"] if kept.get("wikidata") else [])
        rows.append(
            {
                "id": kept.get("id") or slug(label_en),
                "type": "Region" if region else "Country",
                "zh": label_zh,
                "zh_hant": {"HK": "香港", "MO": "澳門", "TW": "臺灣"}.get(code, hant),
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
