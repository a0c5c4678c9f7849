"""Makes cldr.csv: what the territories of ISO 3166-1 are called in Chinese and English, by CLDR.

Run: `uv run --with babel==2.19.0 python -m seeds.make.cldr` (names change from one release of CLDR to the next, hence no
dependency), then countries.
"""

from __future__ import annotations

import csv
import re

from babel import Locale

from seeds.make.tables import HERE

# CLDR also names groupings and codes that ISO 3166-1 does not assign.
NOT_ISO = {"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "XK", "ZZ"}


def main() -> None:
    """Writes the table."""
    zh, hant, en = (Locale.parse(tag).territories for tag in ("zh", "zh_Hant", "en"))
    codes = sorted(code for code in en if re.fullmatch("[A-Z]{2}", code) and code not in NOT_ISO)
    with (HERE / "cldr.csv").open("w", encoding="utf-8", newline="") as stream:
        rows = [(code, zh[code], hant[code], en[code].replace("’", "'")) for code in codes]
        csv.writer(stream, lineterminator="\n").writerows([("iso", "zh", "zh_hant", "en"), *rows])


if __name__ == "__main__":
    main()
