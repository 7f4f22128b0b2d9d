"""What people read names decisions, documents and positions, where words hold the digits of an id.

The words of an occurrence stand alone: they know the ids of what they are about, and no log. In a
log each of them has a name that people use, and it is put in wherever a person reads the words.
JSON keeps the words as they are, beside the positions and ids that programs read.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable

from ledger.errors import LedgerError
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import CourtDecisionIssued, DecisionIssued

_DIGITS = re.compile(r"(?<![0-9a-zA-Z/…])[0-9a-f]{10}(?![0-9a-zA-Z])")
_BEHIND_ITS_POSITION = re.compile(r"#\d+ +$")
Naming = Callable[[str], str]
"""A text with ids in it, as people read it."""


def naming_of(log: Callable[[], Log]) -> Naming:
    """How records of a log are named; the log is opened when a text holds an id."""
    opened = functools.cache(log)

    @functools.cache
    def found(digits: str) -> Record | None:
        try:
            record = opened().find(digits)
        except LedgerError:
            return None
        return record if record.id.startswith(digits) else None

    def named(text: str) -> str:
        if _DIGITS.fullmatch(text):
            return text  # a column of ids
        return _DIGITS.sub(lambda each: _name(each, found), text)

    return named


def _name(digits: re.Match[str], found: Callable[[str], Record | None]) -> str:
    before = digits.string[: digits.start()]
    if _BEHIND_ITS_POSITION.search(before) or (record := found(digits[0])) is None:
        return digits[0]
    if before.count("`") % 2:  # to be typed, where a bare # would begin a comment
        return str(record.position)
    said = record.occurrence()
    if isinstance(said, (DecisionIssued, CourtDecisionIssued)):
        return f"{said.name} (#{record.position})"
    if document := getattr(said, "document", ""):
        return str(document) if before.endswith("document ") else f"document {document}"
    return f"#{record.position}"
