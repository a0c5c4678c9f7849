"""Makes seeds/names/provinces.csv from provinces_kept.csv: China's provinces, regions and municipalities.

Hong Kong, Macao and Taiwan stand in countries.csv, where ISO 3166-1 has them. Run: `python -m seeds.make.provinces`.
"""

from __future__ import annotations

from seeds.make.tables import join, read, traditional, write


def main() -> None:
    """Writes the table."""
    write(
        "provinces.csv",
        [
            {
                "id": row["id"],
                "type": "Region",
                "zh": row["zh"],
                "zh_hant": traditional(row["zh"]),
                "en": row["en"],
                "aliases": join(*(form for form in row["aliases"].split("|") if form not in row["weak"].split("|"))),
                "bound": row["bound"],
                "adjectives": row["adjectives"],
                "weak": row["weak"],
                "parent": "china",
                "identifiers": join(f"iso3166-2=CN-{row['iso']}", f"gbt2260={row['gbt2260']}", f"wikidata={row['wikidata']}"),
                "source": "ISO 3166-2; GB/T 2260; kept by hand",
            }
            for row in read("provinces_kept.csv")
        ],
    )


if __name__ == "__main__":
    main()
