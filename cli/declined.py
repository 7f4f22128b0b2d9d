"""The sanctions that were declined, as the registers disclose them."""

from __future__ import annotations

from collections.abc import Sequence

from cli.output import print_section, when
from ledger.times import format_duration
from projections.desk.declined import DeclinedRow


def print_declined(rows: Sequence[DeclinedRow]) -> None:
    """The sanctions that were declined, each with by whom and why; nothing where there are none."""
    if not rows:
        return
    print_section(
        "Declined",
        ("No", "Stage", "Proposed", "Tariff", "Reason", "By", "When", "Record"),
        [
            (
                row.number,
                row.stage,
                "" if row.proposed_ms is None else format_duration(row.proposed_ms),
                row.tariff,
                row.reason,
                row.by or row.role,
                when(row.at),
                f"#{row.position}",
            )
            for row in rows
        ],
        figures=("No", "Proposed", "Record"),
    )
