"""Makes seeds/names/cities.csv from cities_kept.csv: regions and cities outside China.

Ids are `<iso code>-<English name>`, with `-state` or `-city` where the English name has it. Run: `python -m seeds.make.cities`.
"""

from __future__ import annotations

import re

from seeds.make.tables import HERE, join, read, slug, traditional, write

COUNTRY = re.compile(r"[A-Z]{2}$")


def main() -> None:
    """Writes the table."""
    overlay = {row["iso"]: row["id"] for row in read("countries_overlay.csv")}
    geonames = {row["id"]: row["geonames"] for row in read("geonames.csv")}
    rows = []
    code = ""
    for line in (HERE / "cities_kept.csv").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        if COUNTRY.match(line):
            code = line
            continue
        zh, en, aliases, weak = ([*line.removeprefix("*").split(";"), "", ""])[:4]
        plain_en, plain_zh = re.sub(r" \(.*\)$", "", en), re.sub(r"（.*）$", "", zh)
        doubtful = [*weak.split("|"), *([plain_en] if plain_en != en else []), *([plain_zh] if plain_zh != zh else [])]
        identifier = f"{code.lower()}-{slug(en)}"
        rows.append(
            {
                "id": identifier,
                "type": "Region",
                "zh": zh,
                "zh_hant": traditional(zh),
                "en": en,
                "aliases": join(*(form for form in aliases.split("|") if form not in doubtful)),
                "weak": join(*doubtful),
                "parent": overlay.get(code, ""),
                "identifiers": f"geonames={geonames[identifier]}" if identifier in geonames else "",
                "source": "GeoNames; kept by hand" if identifier in geonames else "kept by hand",
            }
        )
    write("cities.csv", rows)


if __name__ == "__main__":
    main()
