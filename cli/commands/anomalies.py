"""`rally anomalies`: what in the log contradicts itself or the plan."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.output import print_table
from cli.reading import reading
from projections.control.anomaly import Anomaly


@reading("anomalies")
def command(answer: Answer[list[Anomaly]]) -> None:
    """Show what contradicts itself, for an official to look at; nothing is dropped for it."""
    print_table(
        ("Kind", "Records", "What"),
        [(r.kind, " ".join(f"#{p}" for p in r.positions[:4]), r.message) for r in answer.found],
    )
