"""`rally rebuild`: what is derived from the log, made anew."""

from __future__ import annotations

import click

from cli.context import Settings
from cli.options import of_ledger
from cli.output import print_json
from ledger.errors import Unavailable


@click.command(name="rebuild")
@click.option("--drop", is_flag=True, help="Only take away what was kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def command(settings: Settings, drop: bool, as_json: bool) -> None:
    """Make the timeline anew from the log.

    The timeline makes any moment of a long log quick to look up. It is derived from the log and
    carried forward by itself, so nothing is lost without it; this is for whoever doubts it.

    \b
    Examples:
      rally rebuild
      rally rebuild --drop
    """
    from projections.timeline.timeline import Timeline

    log = settings.open_log()
    done = Timeline.drop(log)
    timeline = Timeline(log)
    if done and not drop:
        timeline.carry(log.head().size)
        done = timeline.keep(always=True)
    if not done:
        raise Unavailable(
            f"Nothing was {'taken away' if drop else 'made anew'}: the ledger can't be written.",
            hint="Check who may write the file and its folder.",
        )
    if as_json:
        print_json({"rally": log.rally, "position": timeline.index.position})
    elif drop:
        click.echo("The timeline was taken away; it comes back by itself.")
    else:
        click.echo(f"The timeline was made anew from {timeline.index.position} records.")
