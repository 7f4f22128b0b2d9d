"""`rally rebuild`: what is derived from the log, made anew."""

from __future__ import annotations

import click

from cli.context import Settings
from cli.options import of_ledger
from cli.output import print_json, visible
from ledger.errors import Unavailable


@click.command(name="rebuild")
@click.option("--drop", is_flag=True, help="Only take away what was kept.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def command(settings: Settings, drop: bool, as_json: bool) -> int:
    """Make anew what follows from the log, where the log itself verifies.

    What `rally verify` finds wrong beside the records is made anew from them, and told: indexes,
    tags, tiles, the columns of a record. Nobody else may have the file open meanwhile. So is the
    timeline, which makes any moment of a long log quick to look up; it is carried forward by
    itself, and nothing is lost without it. The points that a season adds up are only taken away:
    they come back when one is next asked. Exit code 3 if the log does not verify, 1 if something is
    left that does not follow from it.

    \b
    Examples:
      rally rebuild
      rally rebuild --drop
    """
    from ledger.mending import Mended, mend
    from projections.results import given
    from projections.timeline.timeline import Timeline

    log = settings.open_log()
    mended = Mended([], []) if drop else mend(log)
    done = Timeline.drop(log) and given.drop(log)
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
        position = timeline.index.position
        print_json({"rally": log.rally, "position": position, **mended.json()})
    elif drop:
        click.echo("The timeline was taken away; it comes back by itself.")
    else:
        for each in mended.made_anew:
            click.echo(f"Made anew: {visible(each.words())}")
        for each in mended.left:
            click.echo(f"Left as it is: {visible(each.words())}", err=True)
        click.echo(f"The timeline was made anew from {timeline.index.position} records.")
    return 1 if mended.left else 0
