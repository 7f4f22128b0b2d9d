"""`rally publish`: post on the notice board what the ledger computes."""

from __future__ import annotations

import click

from cli.acting import carry_out
from cli.context import Settings
from cli.options import Signature, complete_stage, first_start, pass_settings, signed
from cli.reading import View
from ledger.commands.record import RecordOccurrence
from ledger.errors import Refused, Usage
from ledger.times import parse_instant
from ledger.vocabulary import StartOrderPublished, StartSlot
from projections.start_order import StartGroup, start_order


@click.group(name="publish")
def command() -> None:
    """Post on the notice board what the ledger computes. What was posted stays as it was posted."""


@command.command(name="start-order")
@click.argument("stage", shell_complete=complete_stage)
@click.option("--category", metavar="CATEGORY", help="Only this category.")
@click.option("--document", default="", metavar="NUMBER", help="Its number on the notice board.")
@first_start
@signed
@pass_settings
def publish_start_order(
    settings: Settings,
    stage: str,
    category: str | None,
    document: str,
    first_at: str | None,
    signature: Signature,
) -> None:
    """Publish the start order of a stage as `rally start-order` shows it, category by category.

    From then on it is frozen: later results and penalties do not move it. To change it, record
    StartOrderAmended for a crew.
    """
    seen = View(settings.open_log())
    groups = start_order(seen.state, stage, category, seen.instant(first_at)).groups
    fresh = [group for group in groups if not group.published and group.rows]
    if not fresh:
        raise Refused(
            f"The start order of {stage} is published already, or nobody starts.",
            hint="Record StartOrderAmended to change it for a crew.",
        )
    if signature.expect is not None and len(fresh) > 1:
        raise Usage("--expect goes with one category.", hint="Name it with --category.")
    for group in fresh:
        said = _published(settings, seen, stage, group, document, signature)
        carry_out(seen.log, lambda said=said: RecordOccurrence(said), signature)  # type: ignore[misc]


def _published(
    settings: Settings,
    seen: View,
    stage: str,
    group: StartGroup,
    document: str,
    signature: Signature,
) -> StartOrderPublished:
    slots = (
        StartSlot(row.place, row.number, parse_instant(row.due_at) if row.due_at else None)
        for row in group.rows
    )
    return StartOrderPublished(
        rally=seen.log.rally,
        fact_at=signature.at,
        recorded_at=settings.now(),
        by=signature.by,
        role=signature.role,
        reason=signature.reason,
        stage=stage,
        slots=tuple(slots),
        category=group.category,
        basis=group.basis,
        position=seen.position,
        document=document,
    )
