"""The start list along which a starter walks: who is next, and when."""

from __future__ import annotations

from msgspec.structs import replace

from cli.office.view import View
from ledger.errors import LedgerError
from ledger.times import parse_instant
from projections.control.absent import Absent
from projections.results.start_order import start_order


def with_times(absent: Absent, view: View) -> Absent:
    """Who is to start a stage, each when its start order says so: posted, or as the rules make it.

    Who is in no order stays as it is.
    """
    stage = absent.place.stage
    try:
        groups = start_order(view.starting(stage), stage).groups
    except LedgerError:  # a rule is not defined: then the order is what was posted
        return absent
    dues = {row.number: row.due_at for group in groups for row in group.rows if row.due_at}
    rows = tuple(
        replace(each, since=parse_instant(dues[each.number]))
        if each.why == "due" and each.number in dues
        else each
        for each in (*absent.missing, *absent.to_come)
    )
    return replace(absent, missing=rows, to_come=())
