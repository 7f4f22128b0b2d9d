"""`rally protest-clock`: per publication the time for protests, and whether it may become final."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.output import print_table, when
from cli.reading import reading
from projections.desk.protest_clock import Clock, Clocks

MAY = {True: "yes", False: "no", None: "not told"}


@reading("protest-clock")
def command(answer: Answer[Clocks]) -> None:
    """Show the protest clock: when it opened and closes, what is open, what may become final.

    The time runs from the posting, by the rulebook of that moment. A classification may become
    final when the time is over and nothing is open that may still move somebody in it; otherwise
    every reason against it is told. Nothing but --at now reads a clock.

    \b
    Examples:
      rally protest-clock
      rally protest-clock --at 2016-07-21T21:15+08:00
    """
    print_table(
        ("Doc", "Kind", "What", "Opens", "Closes", "May become final", "Why not", "Record"),
        [_cells(row) for row in answer.found.rows],
        figures=("Doc", "Record"),
    )


def _cells(row: Clock) -> tuple[str, ...]:
    closes = when(row.closes_at)
    return (
        row.document,
        row.kind,
        row.title,
        when(row.opens_at),
        f"{closes}, over" if row.over else closes,
        MAY[row.may_become_final],
        "; ".join(row.why_not),
        f"#{row.position}",
    )
