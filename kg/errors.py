"""Everything that can go wrong, as one tree.

    KgError                     the root: catch this to catch all
    ├── InputError              what the user gave cannot be used (exit code 2)
    │   ├── SourceError         an article file: missing, empty, binary, not an article
    │   ├── DataError           a row of ontology/ or seeds/, or of judgements.csv
    │   ├── QueryError          a query: unknown name, missing parameter, broken or forbidden SPARQL
    │   ├── GraphError          a graph folder: missing, not one, damaged, locked
    │   └── EndpointError       a SPARQL endpoint: not reachable, none, refuses, cuts answers off
    ├── NotFound                the answer is "there is none" (exit code 1)
    │   └── AmbiguousName       several entities bear the name; `candidates` lists them
    └── MissingExtra            an optional package is not installed (exit code 2)

Every message is one line, names the file, row or place, and says what to do.
"""

from __future__ import annotations

from collections.abc import Sequence


class KgError(Exception):
    """Root of all errors of this package; `str(error)` is one line for a person."""

    exit_code = 2


class InputError(KgError):
    """What the user gave cannot be used."""


class SourceError(InputError):
    """An article source is missing, empty, binary or no article."""


class DataError(InputError):
    """A row of the vocabulary, the registry or the judgements is not valid."""


class QueryError(InputError):
    """A query is unknown, lacks a parameter, does not parse or is forbidden."""


class GraphError(InputError):
    """A graph folder is missing, is not one, is damaged or is locked by another process."""


class EndpointError(InputError):
    """A SPARQL endpoint elsewhere cannot be reached, is none, refuses, or does not answer in full."""


class NotFound(KgError):
    """Nothing bears the name that was asked for."""

    exit_code = 1


class AmbiguousName(NotFound):
    """Several entities bear the name; never guessed, the candidates are listed.

    `candidates` are display lines, best first.
    """

    def __init__(self, name: str, candidates: Sequence[str]) -> None:
        self.name = name
        self.candidates = tuple(candidates)
        super().__init__(f"“{name}” could be: {'; '.join(self.candidates)} — give one of these names")


class MissingExtra(KgError):
    """An optional package is needed; the message is the line that installs it."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(f"{package} is not installed: pip install 'cooperation-kg[{extra}]'")
