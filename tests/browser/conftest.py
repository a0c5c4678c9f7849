"""A real Chromium that no request may leave."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, Route


@dataclass
class Visit:
    """A page in the browser, and everything it did that it should not."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    dialogs: list[str] = field(default_factory=list)

    def fired(self) -> bool:
        """Whether any script ran that came with the data."""
        return bool(self.dialogs) or bool(self.page.evaluate("window.fired === 1"))


Open = Callable[..., Visit]


@pytest.fixture
def visit(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens HTML as a file of its own, in a browser that speaks a language."""
    contexts = []

    def open_(
        html: str, *, locale: str = "zh-CN", address: str = "", width: int = 1440, height: int = 900, **options: Any
    ) -> Visit:
        context = browser.new_context(
            locale=locale,
            viewport={"width": width, "height": height},
            reduced_motion="reduce",
            accept_downloads=True,
            **options,
        )
        contexts.append(context)
        made = Visit(context.new_page())

        def stop(route: Route) -> None:
            if route.request.url.startswith("file:"):
                route.continue_()
            else:
                made.requests.append(route.request.url)
                route.abort()

        context.route("**/*", stop)
        made.page.on("console", lambda m: made.complaints.append(m.text) if m.type in ("error", "warning") else None)
        made.page.on("pageerror", lambda error: made.complaints.append(str(error)))
        made.page.on("dialog", lambda dialog: (made.dialogs.append(dialog.message), dialog.dismiss()))
        file = tmp_path / f"page{len(contexts)}.html"
        file.write_text(html, encoding="utf-8")
        made.page.goto(file.as_uri() + address)
        return made

    yield open_
    for context in contexts:
        context.close()
