"""`rally site`: what this ledger is called as a site, and whose records it holds."""

from __future__ import annotations

import click

from cli.context import Settings
from cli.office.acts import ACTS
from cli.office.answer import Answer
from cli.office.sites import held_by
from cli.options import of_ledger
from cli.output import print_json, print_table, visible
from projections.state.sites import run, runs


@click.command(name="site")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
def command(settings: Settings, name: str | None, as_json: bool) -> None:
    """Show what this ledger is called as a site and whose records it holds; NAME names it.

    Each site numbers its records 1, 2, 3 …, so it shows when some of them have not arrived. Name a
    laptop before it records anything: its name then stands in everything that is typed there, and
    a wrong clock of it can be put right when its log is merged.

    \b
    Examples:
      rally import jsonl plan.jsonl     # on the laptop: the log of race control
      rally site finish-ss3
      rally export jsonl finish-ss3.jsonl
    """
    if name is not None:
        (answer,) = ACTS["site"].carry_out(settings.secretariat(), {"name": name})
        assert isinstance(answer, Answer)
    else:
        ledger = settings.open_ledger()
        answer = held_by(ledger, settings.rally if ledger.rallies() else None)
    if as_json:
        print_json(answer.json())
        return
    click.echo(f"This ledger writes as the site {visible(answer.document['site'])}.", err=True)
    if answer.found:
        print_table(
            ("Site", "Records", "Last", "Missing", "Twice"),
            [
                (
                    each.site,
                    str(each.records),
                    f"#{each.last}",
                    ", ".join(run(*some) for some in each.missing),
                    ", ".join(run(*some) for some in runs(each.twice)),
                )
                for each in answer.found
            ],
            figures=("Records", "Last"),
        )
