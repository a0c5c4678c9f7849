"""Files → Articles: encodings, formats, repair of damaged text, paragraphs and sentences."""

from kg.articles.reading import article_from_text
from kg.articles.repairs import Repaired, repair
from kg.articles.sources import iter_articles, read

__all__ = ["Repaired", "article_from_text", "iter_articles", "read", "repair"]
