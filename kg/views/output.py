"""Files that people asked for: put in one step, whole or not at all, and one clear line where that cannot be."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kg.errors import InputError

# What XML 1.0 cannot hold, nor UTF-8: C0 controls but tab, line feed and carriage return, lone surrogates, two non-characters.
_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")

# What a spreadsheet takes for the beginning of a formula, also behind blanks and quotation marks and in full width.
_FORMULA = re.compile("[\\s\"'\u200b\ufeff]*[=+\\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


@contextmanager
def placing(path: str | Path) -> Iterator[Path]:
    """A path beside the wanted one to write to; when the block ends well the file takes its place, else nothing is left.

    Raises InputError where the file cannot be written.
    """
    wanted = Path(path)
    beside = wanted.with_name(f".{wanted.name}.{os.getpid()}.new")
    try:
        yield beside
        beside.replace(wanted)
    except OSError as error:
        raise InputError(f"{wanted}: cannot be written: {error.strerror or error}") from error
    finally:
        beside.unlink(missing_ok=True)


def fit(text: str) -> str:
    """The text as every format can hold it: what XML or UTF-8 refuse becomes U+FFFD, one for one, so that spans stay right."""
    return _UNFIT.sub("\ufffd", text)


def disarm(text: str) -> str:
    """The text as a spreadsheet cell that is no formula: with an apostrophe in front where it would be one."""
    return f"'{text}" if _FORMULA.match(text) else text


def is_formula(text: str) -> bool:
    """Whether a spreadsheet would take the text for a formula."""
    return _FORMULA.match(text) is not None
