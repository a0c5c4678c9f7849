"""Names → entities: the registry, rules, and judgements of persons."""

from kg.identity.candidates import Candidate, Reason, suggest
from kg.identity.judgements import Contradiction, group, judge_names, read_judgements, undo_names, write_judgements
from kg.identity.labels import describe
from kg.identity.lookup import find
from kg.identity.resolution import Resolution, resolve

__all__ = [
    "Candidate",
    "Contradiction",
    "Reason",
    "Resolution",
    "describe",
    "find",
    "group",
    "judge_names",
    "read_judgements",
    "resolve",
    "suggest",
    "undo_names",
    "write_judgements",
]
