"""Moments: how people name a point of the log. One parser for every surface.

`6087` or `#6087` is a position, `@` the head, `@-1` one before it, a stage code the position of its
last record so far, `doc:7` where document 7 was published, and a timestamp the last record that was
recorded up to then.
"""

from __future__ import annotations

import re

from ledger.errors import NotFound, Usage
from ledger.log import Log
from ledger.times import parse_instant
from ledger.vocabulary import StageScheduled

_RELATIVE = re.compile(r"@(?:-(\d{1,15}))?")
_DOCUMENT = re.compile(r"doc:(.*)", re.IGNORECASE)


def resolve(text: str, log: Log) -> int:
    """The position that a moment means in this log.

    Raises:
        NotFound: there is no such position, stage or document. Usage: the text is no moment.
    """
    moment, size = text.strip(), log.head().size
    digits = moment.removeprefix("#")
    if digits.isascii() and digits.isdecimal() and len(digits) < 16:
        position = int(digits)
        if position > size:
            raise NotFound(f"There is no record #{position} yet.", hint=f"The log ends at #{size}.")
        return position
    if relative := _RELATIVE.fullmatch(moment):
        position = size - int(relative[1] or 0)
        if position < 0:
            raise NotFound(f"{moment} is before the log begins.", hint=f"It has {size} records.")
        return position
    if document := _DOCUMENT.fullmatch(moment):
        return _document(document[1].strip(), log)
    if re.match(r"\d{4}-?\d\d", moment):
        return _recorded_by(parse_instant(moment).ms, log)
    return _stage(moment, log)


def _recorded_by(until_ms: int, log: Log) -> int:
    """The last record before the first that this site itself recorded later.

    Records merged from another site arrive after their time; they are known from the position at
    which they arrived, so they do not move the cut. Those of the site that began the log do: a
    laptop writes on under a name of its own what another site began.
    """
    first = next(log.read(until=1), None)
    own = {log.head().site} | ({first.header.site} if first else set())
    later = log.scan.first_recorded_after(until_ms, own)
    return log.head().size if later is None else later - 1


def _document(number: str, log: Log) -> int:
    """The position at which a document was published, the first time that its number was used."""
    for each in log.read(tags=[f"document:{number}"]):
        return each.position
    raise NotFound(
        f"No document {number!r} was published.", hint="`rally log --type DocumentPosted`."
    )


def _stage(code: str, log: Log) -> int:
    if position := log.scan.last_tagged(f"stage:{code}"):
        return position
    codes = [
        said.stage
        for each in log.read(types=[StageScheduled.type_name()])
        if isinstance(said := each.occurrence(), StageScheduled)
    ]
    if not codes:
        raise Usage(f"{code!r} is no moment.", hint="Name a position as #6087, or a timestamp.")
    raise NotFound(
        f"No stage {code}; the rally has {codes[0]} to {codes[-1]}.",
        hint="A moment is a position, @, a stage, or a timestamp.",
    )
