"""Makes seeds/names/prefectures.csv and counties.csv: China below the provinces.

Prefecture-level units are those of GB/T 2260 (gbt2260.csv); English names are pinyin, or stand in prefectures_overlay.csv with
the short forms that are also common words; GeoNames ids stand in geonames.csv, which geonames.py makes. Counties, districts and
new areas are kept by hand in counties_kept.csv. Run: `python -m seeds.make.prefectures`.
"""

from __future__ import annotations

import re

from pypinyin import Style, lazy_pinyin

from seeds.make.tables import join, read, slug, traditional, write

PEOPLES = "土家族|布依族|哈尼族|景颇族|傈僳族|蒙古族|朝鲜族|哈萨克|柯尔克孜|蒙古|藏族|羌族|彝族|苗族|侗族|壮族|傣族|白族|回族"
SUFFIX = re.compile(rf"(?:市|地区|盟|(?:{PEOPLES})+自治州)$")


def romanised(hanzi: str) -> str:
    """Pinyin as in names of places: 西安 → Xi'an."""
    syllables = lazy_pinyin(hanzi, style=Style.NORMAL, v_to_u=True)
    joined = syllables[0] + "".join("'" + s if s[0] in "aeo" else s for s in syllables[1:])
    return joined.capitalize()


def without_suffix(zh: str) -> str:
    """青岛市 → 青岛."""
    return SUFFIX.sub("", zh)


def main() -> None:
    """Writes both tables."""
    province_of = {row["gbt2260"][:2]: row["id"] for row in read("provinces_kept.csv")}
    overlay = {row["zh"]: row for row in read("prefectures_overlay.csv")}
    geonames = {row["id"]: row["geonames"] for row in read("geonames.csv")}
    ids = {row["zh"]: row["id"] for row in read("provinces_kept.csv")}
    rows = []
    for unit in read("gbt2260.csv"):
        zh, code = unit["zh"], unit["gbt2260"]
        kept = overlay.pop(zh, {"en": "", "aliases": "", "weak": ""})
        short = without_suffix(zh)
        en = kept["en"] or romanised(short)
        plain = re.sub(r" \(.*\)$", "", en)
        weak = kept["weak"].split("|") + ([plain] if plain != en else [])
        identifier = f"{province_of[code[:2]]}-{slug(plain.split(' ')[0]) if plain.endswith(' City') else slug(plain)}"
        city = zh.endswith("市") and not plain.endswith(" City") and plain == en
        aliases = [short, *kept["aliases"].split("|"), *([f"{en} City"] if city else [])]
        ids[zh] = identifier
        rows.append(
            {
                "id": identifier,
                "type": "Region",
                "zh": zh,
                "zh_hant": traditional(zh),
                "en": en,
                "aliases": join(*(form for form in aliases if form not in weak and len(form) > 1)),
                "weak": join(*weak),
                "parent": province_of[code[:2]],
                "identifiers": join(f"gbt2260={code}", f"geonames={geonames[identifier]}" if identifier in geonames else ""),
                "source": "GB/T 2260; GeoNames; kept by hand" if identifier in geonames else "GB/T 2260; kept by hand",
            }
        )
    assert not overlay, f"not in GB/T 2260: {sorted(overlay)}"
    write("prefectures.csv", rows)
    write(
        "counties.csv",
        [
            {
                "id": f"{ids[row['parent']]}-{slug(re.sub(r' [(].*[)]$', '', row['en']))}",
                "type": "Region",
                "zh": row["zh"],
                "zh_hant": traditional(row["zh"]),
                "en": row["en"],
                "aliases": join(*(form for form in row["aliases"].split("|") if form not in row["weak"].split("|"))),
                "weak": row["weak"],
                "parent": ids[row["parent"]],
                "source": "kept by hand",
            }
            for row in read("counties_kept.csv")
        ],
    )


if __name__ == "__main__":
    main()
