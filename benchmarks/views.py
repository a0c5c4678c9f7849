"""The page against stock pyvis, measured in the same run: time to build it, its size, and time until it is drawn.

python benchmarks/views.py            builds only
python benchmarks/views.py --browser  and opens both in Chromium (stock pyvis is given 60 s to come to rest)

Stock pyvis is fed as its documentation shows: add_node and add_edge, the quote as title, everything else as it comes. Trust the
ratios; times depend on the machine.
"""

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import networkx as nx
from pyvis.network import Network

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "views"))
import samples

from kg.views.page import FIRST, HELD, draw

SIZES = (300, 1000, 5000)
PATIENCE = 60.0


def stock(network: nx.MultiDiGraph) -> str:
    """The page that pyvis makes by itself."""
    made = Network(directed=True, cdn_resources="in_line")
    for node, data in network.nodes(data=True):
        made.add_node(node, label=data["zh"], title=data["en"])
    for a, b, data in network.edges(data=True):
        made.add_edge(a, b, title=data["evidence"][0].quote, label=data["predicate"])
    return str(made.generate_html())


def timed(make: Callable[[], str]) -> tuple[float, str]:
    start = time.perf_counter()
    made = make()
    return time.perf_counter() - start, made


def drawn(html: str, ready: str) -> float | None:
    """Seconds until the page says that it is drawn; None where it does not within `PATIENCE`."""
    from playwright.sync_api import TimeoutError as Late
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as folder:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox", "--disable-gpu"])
        page = browser.new_page(bypass_csp=True)
        page.route("**/*", lambda route: route.continue_() if route.request.url.startswith("file:") else route.abort())
        file = Path(folder, "page.html")
        file.write_text(html, encoding="utf-8")
        start = time.perf_counter()
        try:
            page.goto(file.as_uri(), wait_until="commit")
            page.wait_for_function(ready, timeout=PATIENCE * 1000, polling=100)
            # Two frames later it is on the screen.
            page.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
            return time.perf_counter() - start
        except Late:
            return None
        finally:
            browser.close()


OURS_READY = "document.querySelectorAll('#table tbody tr').length > 0 && document.querySelector('#canvas canvas') !== null"
STOCK_READY = "typeof network !== 'undefined' && network.physics.stabilized === true"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--browser", action="store_true")
    browser = parser.parse_args().browser
    if browser:
        drawn(draw(samples.small()).html, OURS_READY)
    stock(samples.large(10))
    print(f"our page holds at most {HELD} nodes and begins with {FIRST}")
    print(
        f"{'nodes':>6} {'edges':>6} | {'build: ours':>12} {'pyvis':>8} {'ratio':>6} | {'size: ours':>10} {'pyvis':>8}", end=""
    )
    print(f" | {'drawn: ours':>11} {'pyvis':>8} {'build + drawn':>13}" if browser else "")
    for size in SIZES:
        network = samples.large(size)
        ours, page = timed(lambda network=network: draw(network).html)  # type: ignore[misc]
        theirs, other = timed(lambda network=network: stock(network))  # type: ignore[misc]
        counts = f"{size:>6} {network.number_of_edges():>6}"
        print(f"{counts} | {ours:>10.2f} s {theirs:>6.2f} s {theirs / ours:>5.1f}x", end="")
        print(f" | {len(page.encode()) / 1e6:>7.2f} MB {len(other.encode()) / 1e6:>5.2f} MB", end="")
        if browser:
            seen, waited = drawn(page, OURS_READY), drawn(other, STOCK_READY)
            shown = f"{waited:>6.1f} s" if waited else f"> {PATIENCE:.0f} s"
            print(
                f" | {seen or 0:>9.2f} s {shown:>8} {(theirs + (waited or PATIENCE)) / (ours + (seen or PATIENCE)):>12.0f}x",
                end="",
            )
        print(flush=True)


if __name__ == "__main__":
    main()
