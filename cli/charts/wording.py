"""What stands on a chart beside its lines: the heading, and on what it rests."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from cli.charts.drawing import Words
from cli.charts.layout import shortened
from cli.charts.svg import READ_AS
from cli.office.answer import Answer
from cli.office.forms import plain
from cli.office.results import Ranked
from ledger.times import Instant, parse_instant
from projections.results.chart import Series

NAME_CELLS = 80


def words_of(
    answer: Answer[Ranked[Series]],
    shown: Callable[[Instant], Instant],
    read_as: Callable[[str], str],
) -> Words:
    """The heading, and on what the chart rests: in a line, and as data that --basis takes.

    The chart of a moment is the same however far the log went on behind it.
    """
    seen = answer.seen
    assert seen is not None
    basis = msgspec.structs.replace(seen.basis(), head=seen.position)
    rally = seen.classified.facts.rally
    as_before = READ_AS.set(read_as)
    name = shortened(rally.title if rally else seen.log.rally, NAME_CELLS)
    READ_AS.reset(as_before)
    last = seen.log.at(seen.position)
    received = last.received(last.occurrence().recorded_at.offset)
    parts = [name, f"as of #{basis.position}, received {shown(received).short()}"]
    if basis.effective_at:
        parts.append(f"what had happened by {shown(parse_instant(basis.effective_at)).iso()}")
    if basis.decided_by:
        parts.append(f"as decided by {shown(parse_instant(basis.decided_by)).iso()}")
    footer = " · ".join((*parts, f"root {basis.root[:10]}"))
    said = {each: answer.document[each] for each in ("chart", "scope", "rebase")}
    return Words(f"{name} · {answer.title}", footer, plain({"basis": basis, **said}), read_as)
