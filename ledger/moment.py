"""Moments: how people name a point of the log. One parser for every surface.

`6087` or `#6087` is a position, `@` the head, `@-1` one before it, a stage code the position of its
last record so far, `doc:7` where document 7 was published, and a timestamp the last record that was
recorded up to then, read as `ledger.rally_time` says (`now`, `08:39:47`, `21 Jul 20:15`). `X^` is
just before X.
"""

from __future__ import annotations

import re
import string

from ledger.board import position_of, sheet_numbered
from ledger.errors import NotFound, Usage
from ledger.log import Log
from ledger.rally_time import is_of_its_day, rally_instant
from ledger.vocabulary import StageScheduled

_RELATIVE = re.compile(r"@(?:-(\d{1,15}))?")
_DOCUMENT = re.compile(r"doc:(.*)", re.IGNORECASE)
_BEFORE = "^"
_READABLE = 40
_DAY = re.compile(r"\d{4}-?(\d\d|W\d\d)")


def resolve(text: str, log: Log, as_of: int | None = None, *, apart_ms: int) -> int:
    """The position that a moment means in this log.

    With `as_of` the log is looked at as it was at that position: it ended there. A record whose
    clock was so much ahead of that of a later one tells nothing of a time (`ledger.recorded`).

    Raises:
        NotFound: there is no such position, stage or document. Usage: the text is no moment.
    """
    moment, head = text.strip(), log.head().size
    size = head if as_of is None else as_of
    named = moment.rstrip(f"{_BEFORE}{string.whitespace}")
    before = moment.count(_BEFORE, len(named))
    position = _named(named, log, size, apart_ms)
    for each, said in ((position, named), (position - before, moment)):
        if each < 0:
            raise NotFound(
                f"{_short(said)} is before the log begins.", hint=f"It has {size} records."
            )
        if size < each <= head:
            raise NotFound(f"#{each} is not known as of #{size}.")
        if each > head:
            raise NotFound(f"There is no record #{each} yet.", hint=f"The log ends at #{size}.")
    return position - before


def _named(moment: str, log: Log, size: int, apart_ms: int) -> int:
    if _is_position(moment):
        return int(moment.removeprefix("#"))
    if relative := _RELATIVE.fullmatch(moment):
        return size - int(relative[1] or 0)
    if document := _DOCUMENT.fullmatch(moment):
        return position_of(sheet_numbered(log, document[1], size))
    if _DAY.match(moment) or is_of_its_day(moment):
        # A day is no moment: whether its beginning or its end is meant, nobody can tell.
        return _recorded_by(rally_instant(moment, lambda: log, size).ms, log, size, apart_ms)
    return _stage(moment, log, size)


def _short(said: str) -> str:
    return said if len(said) <= _READABLE else f"{said[:_READABLE]}…"


def _is_position(moment: str) -> bool:
    digits = moment.removeprefix("#")
    return digits.isascii() and digits.isdecimal() and len(digits) < 16


def _recorded_by(until_ms: int, log: Log, size: int, apart_ms: int) -> int:
    """The last record before the first that this site itself recorded later.

    Records merged from another site arrive after their time; they are known from the position at
    which they arrived, so they do not move the cut. Those of the site that began the log do: a
    laptop writes on under a name of its own what another site began.
    """
    first = next(log.read(until=1), None)
    own = {log.head().site} | ({first.header.site} if first else set())
    later = log.scan.first_recorded_after(until_ms, own, size, apart_ms)
    return size if later is None else later - 1


def _stage(code: str, log: Log, size: int) -> int:
    if span := log.span(code, size):
        return span[1]
    codes = [
        said.stage
        for each in log.read(until=size, types=[StageScheduled.type_name()])
        if isinstance(said := each.occurrence(), StageScheduled)
    ]
    if not codes:
        raise Usage(f"{code!r} is no moment.", hint="Name a position as #6087, or a timestamp.")
    raise NotFound(
        f"No stage {code}; the rally has {codes[0]} to {codes[-1]}.",
        hint="A moment is a position, @, a stage, or a timestamp.",
    )
