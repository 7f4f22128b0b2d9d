"""`rally docket`: per decision its deadlines, and what was lodged against it."""

from __future__ import annotations

from collections.abc import Mapping

from cli.declined import print_declined
from cli.fines import print_fines
from cli.office.answer import Answer
from cli.output import print_section, print_table, when
from cli.reading import reading
from projections.desk.docket import DeadlineRow, Docket, DocketRow, MatterRow


@reading("docket")
def command(answer: Answer[Docket]) -> None:
    """Show the docket: per decision its deadlines, what came in, and what lapses next.

    Deadlines run as the rulebook words them; of each that it words, since when and by which instant
    it runs is told, how long, and by which rule. What came late is on record like the rest, with
    why it is inadmissible. That a time is over changes nothing by itself: what
    lapses is found by an act (`rally due` lists them). Nothing but --at now reads a clock.

    \b
    Examples:
      rally docket
      rally docket --at 2016-07-21T21:15+08:00
      rally docket --known-at '#149' --csv
    """
    found, known = answer.found, answer.handles
    titles = ("Decision", "No", "Status", "Notified", "Appeal until", "Review until")
    print_table(
        (*titles, "Protest until", "Next", "Record"),
        [_deadlines(row) for row in found.rows],
        figures=("No", "Record"),
    )
    lodged = [*(each for row in found.rows for each in row.matters), *found.others]
    titles = ("Matter", "Against", "By", "Received", "In time until", "Admissible")
    print_section(
        "Lodged",
        (*titles, "Suspends", "Confirm by", "Confirmed", "Stands", "Record"),
        [_matter(each, known) for each in lodged],
        figures=("Record",),
    )

    print_declined(found.declined)
    print_fines(found.fines)
    times = [
        *((row.decision, each) for row in found.rows for each in row.deadlines),
        *((known.get(one.position, one.about), each) for one in lodged for each in one.deadlines),
    ]
    if times:
        print_section(
            "Times",
            ("Of", "Time", "Runs since", "Because", "Length", "Until", "Rule", "Extended"),
            [_time(of, each) for of, each in times],
        )


def _time(of: str, row: DeadlineRow) -> tuple[str, ...]:
    limited = " (by the second limit)" if row.limited else ""
    extended = (
        f"to {when(each.until)}" if not each.why_not else f"no: {each.why_not}"
        for each in row.extensions
    )
    return (
        of,
        row.kind,
        "not begun" if row.is_to_begin else when(row.began_at),
        row.began_by,
        row.amount,
        f"{when(row.until)}{limited}",
        row.parameter,
        "; ".join(extended),
    )


def _deadlines(row: DocketRow) -> tuple[str, ...]:
    return (
        row.decision,
        row.number,
        row.status,
        when(row.notified_at) or "not yet",
        when(row.appeal_until) if row.appealable else "not open",
        when(row.review_until),
        when(row.protest_until),
        f"{when(row.next_at)} {row.next}" if row.next_at else _lacking(row),
        f"#{row.position}",
    )


def _suspends(row: MatterRow) -> str:
    by = f" ({row.suspends_by})" if row.suspends_by else ""
    return f"{'yes' if row.suspensive else 'no'}{by}"


def _admissible(row: MatterRow) -> str:
    return "yes" if row.admissible else f"no: {row.why_not}"


def _lacking(row: DocketRow) -> str:
    return f"not defined: {', '.join(row.undefined)}" if row.undefined else ""


def _matter(row: MatterRow, known: Mapping[int, str]) -> tuple[str, ...]:
    confirmed = when(row.confirmed_at)
    ended = f" {when(row.ended_at)}" if row.ended_at else ""
    return (
        known.get(row.position, row.kind),
        row.about,
        row.number or row.competitor,
        when(row.lodged_at),
        when(row.due_at),
        f"yes, but {row.remark}" if row.remark else _admissible(row),
        _suspends(row),
        when(row.confirm_by),
        f"{confirmed}, too late" if row.confirmed_in_time is False else confirmed,
        f"{row.step}{ended}",
        f"#{row.position}",
    )
