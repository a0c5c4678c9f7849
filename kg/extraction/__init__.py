"""Articles → Claims: what each sentence states, with the very characters that state it."""

from __future__ import annotations

from collections.abc import Iterable

from kg.extraction.extractor import Extraction, Gap, extract_article, extract_articles
from kg.model import Article, Claim

__all__ = ["Extraction", "Gap", "extract", "extract_article", "extract_articles"]


def extract(articles: Iterable[Article]) -> list[Claim]:
    """The claims of articles, in their order."""
    return [claim for _, found in extract_articles(articles) for claim in found.claims]
