"""`rally penalties`: every penalty, with the cross-foot to the totals."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.output import print_section, print_table
from cli.reading import reading
from ledger.times import format_duration
from projections.results.penalties import Penalty, PenaltyList


@reading("penalties")
def command(answer: Answer[PenaltyList]) -> None:
    """Show every penalty: given or computed from times, in force or not.

    Under the table stands the cross-foot: for each classified crew the times, the penalties that
    count, and their sum, which is its total in the standings.
    """
    found = answer.found
    print_table(
        ("No", "Driver", *TITLES),
        [(row.number, row.driver, *cells(row)) for row in found.rows],
        figures=("No", "Penalty"),
    )
    sums = ("No", "Times", "Penalties", "Total")
    print_section(
        "",
        (*sums, ""),
        [
            (
                f.number,
                format_duration(f.time_ms),
                format_duration(f.listed_ms),
                format_duration(f.total_ms),
                "" if f.agrees else "does not agree",
            )
            for f in found.crossfoot
        ],
        figures=sums,
    )


TITLES = ("Stage", "Penalty", "On", "Why", "Article", "Status", "Records")
"""The columns of a penalty, whosever it is."""


def cells(row: Penalty) -> tuple[str, ...]:
    """A penalty as a line of a table, under `TITLES`."""
    return (
        row.stage,
        format_duration(row.amount_ms),
        row.applies_to,
        row.reason or row.kind,
        row.article,
        row.status if row.basis == "given" else f"{row.status}, {row.basis}",
        " ".join(f"#{position}" for position in row.positions),
    )
