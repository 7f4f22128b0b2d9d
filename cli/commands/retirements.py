"""`rally retirements`: who left the rally, where and why."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.output import print_table
from cli.reading import reading
from projections.results.retirements import Retirement


@reading("retirements")
def command(answer: Answer[list[Retirement]]) -> None:
    """Show who is retired, withdrawn, refused, disqualified or did not start.

    A report that was retracted is not in it: `rally log --type RetirementReported` shows those too.
    """
    print_table(
        ("No", "Driver", "Category", "Status", "Stage", "Place", "Reason", "", "Record"),
        [
            (
                r.number,
                r.driver,
                r.category,
                r.status,
                r.stage,
                r.place,
                r.reason or r.cause,
                "restarted" if r.restarted else "",
                f"#{r.position}",
            )
            for r in answer.found
        ],
        figures=("No", "Record"),
    )
