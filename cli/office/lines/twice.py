"""What was said before: the same of the same crew, by the same official.

`check` finds nothing in it, since several sources may tell of one passing. Of one official it is a
line that was typed twice, or a file that was sent twice. What others recorded is not looked at: two
who key the same time cards do not see each other's.
"""

from __future__ import annotations

import msgspec

from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import Occurrence

MANY = 20
"""So many of the last records of a crew, of that type, are looked at."""


def said_before(said: Occurrence, log: Log, before: int | None = None) -> Record | None:
    """The last record that says the same, up to a position where one is given; None without one."""
    if not (number := getattr(said, "number", "")):
        return None
    tags, until = [f"crew:{number}"], None if before is None else before - 1
    for each in log.newest(MANY, types=[said.type_name()], tags=tags, until=until):
        if _is_the_same(said, each.occurrence()):
            return each
    return None


def _is_the_same(said: Occurrence, other: Occurrence) -> bool:
    """Whether both are one but for when they were recorded, and under which key."""
    if type(said) is not type(other):
        return False
    aside = ("recorded_at", "recorded_assumed", "site", "private")
    same = {name: getattr(other, name) for name in aside}
    source = msgspec.structs.replace(said.source, name=other.source.name, seq=other.source.seq)
    return msgspec.structs.replace(said, **same, source=source) == other
