"""The notice board: which sheet a document number means.

It means the first sheet that was given it in this log, and goes on to, whatever is appended: also
when that sheet is withdrawn or void, or another site brings a sheet under the same number. The
other one is named by its record, and stands among what contradicts itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ledger.errors import NotFound
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import Corrected
from ledger.vocabulary.publication import SHEETS, number_key, posted_together

Sheet = tuple[Record, ...]
"""The records of one sheet: several where it holds the start orders of several categories."""
_BEARING = [*(kind.type_name() for kind in SHEETS), Corrected.type_name()]


def sheet_numbered(log: Log, number: str, until: int | None = None) -> Sheet:
    """The one sheet of a number, as the log is known up to a position.

    Raises:
        NotFound: nothing was posted under it.
    """
    for each in sheets_numbered(log, number, until):
        return each
    raise NotFound(
        f"No document {number.strip()!r} was published.",
        hint="`rally publications` lists what was posted.",
    )


def sheets_numbered(log: Log, number: str, until: int | None = None) -> list[Sheet]:
    """Every sheet that was ever given a number, as it was posted or by a correction; in order.

    Several have it only where sites that could not know of each other gave it.
    """
    wanted = number_key(number.strip())
    posted: dict[str, Record] = {}
    corrections: dict[str, tuple[Record, Corrected]] = {}
    for record in log.read(until=until, types=_BEARING):
        said = record.occurrence()
        if isinstance(said, Corrected):
            corrections[record.id] = record, said
        else:
            posted[record.id] = record
    given = {
        each.id: each.position
        for each in posted.values()
        if wanted and number_key(getattr(each.occurrence(), "document", "")) == wanted
    }
    for record, said in corrections.values():
        root = _root(said, corrections)
        if root in posted and wanted and number_key(str(said.changes.get("document"))) == wanted:
            since = max(record.position, posted[root].position)
            given[root] = min(given.get(root, since), since)
    ordered = sorted((since, posted[each]) for each, since in given.items())
    return list(_together([each for _, each in ordered]))


def position_of(sheet: Sequence[Record]) -> int:
    """Where a sheet hangs: at its last record, so that all of it is known."""
    return sheet[-1].position


def _together(records: Sequence[Record]) -> Iterator[Sheet]:
    sheet: list[Record] = []
    for each in records:
        if sheet and not posted_together(sheet[0].occurrence(), each.occurrence()):
            yield tuple(sheet)
            sheet = []
        sheet.append(each)
    if sheet:
        yield tuple(sheet)


def _root(said: Corrected, corrections: dict[str, tuple[Record, Corrected]]) -> str:
    """What a chain of corrections is about."""
    seen: set[str] = set()
    target = said.target
    while target in corrections and target not in seen:
        seen.add(target)
        target = corrections[target][1].target
    return target
