"""The acts that have no effect yet, as registers tell them beside what counts."""

from __future__ import annotations

from collections.abc import Sequence

from cli.output import print_section
from projections.desk.pending import PendingRow


def print_pending(rows: Sequence[PendingRow]) -> None:
    """The acts without effect, each with why and until what; nothing where there are none."""
    if not rows:
        return
    print_section(
        "Pending",
        ("What", "By", "No effect, because", "Until it is", "Record"),
        [(row.words, row.by, row.why, row.until, f"#{row.position}") for row in rows],
        figures=("Record",),
    )
