"""HTTP requests drawn by hypothesis (tests/fuzz/http_requests.py) against a server that reads and one that can be written.

    python -m benchmarks.server.fuzz [--requests 100000]

Half of them go to each. The bar: no 5xx but a documented 503.
"""

from __future__ import annotations

import argparse

from benchmarks.server.servers import PATIENT, ours, workplace
from tests.fuzz.http_requests import fuzz
from tests.graph.samples import records, write
from tests.server.conftest import TOKEN


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--requests", type=int, default=100_000)
    count = parser.parse_args().requests // 2
    with workplace() as place:
        write(place / "g", records())
        for name, options in {"g": (), "none": ("--writable", "--token", TOKEN)}.items():
            with ours(place / name, place, "--timeout", "2", *options, *PATIENT) as server:
                statuses = fuzz(server, count)
            kind = "writable" if options else "read-only"
            print(f"{kind}: {statuses.total()} requests, no 5xx but a documented 503; {dict(sorted(statuses.items()))}")


if __name__ == "__main__":
    main()
