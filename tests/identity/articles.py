"""Articles and claims of one line, for the tests of identity."""

from types import SimpleNamespace
from typing import Any

from kg.model import Claim, Mention, Quote


def article(id_: str, text: str, *, title: str = "", publisher: str = "", language: str = "zh") -> Any:
    """What identity looks at in an article."""
    return SimpleNamespace(id=id_, text=text, title=title, publisher=publisher, language=language)


def claim(
    source: Any,
    subject: tuple[str, str],
    predicate: str,
    object_: tuple[str, str],
    *,
    date: str | None = None,
    status: str = "realised",
    denied: bool = False,
) -> Claim:
    """A claim of an article; names stand for themselves."""
    quote = Quote(source.id, 0, len(source.text), source.text)
    left, right = Mention(subject[0], *subject), Mention(object_[0], *object_)
    return Claim(left, predicate, right, status, date, quote, "test", 0.9, denied=denied)
