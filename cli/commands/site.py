"""`rally site`: what this ledger is called as a site, and whose records it holds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import click

from cli.context import Settings
from cli.office.reads import READS
from cli.office.view import View
from cli.options import of_ledger, pass_settings
from cli.output import Column, print_json, print_table, visible
from cli.sites import site_name
from projections.state.sites import SiteLog, run


@click.command(name="site")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
@pass_settings
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
    ledger = settings.open_ledger(new=name is not None)
    if name is not None:
        ledger.name_site(site_name(name))
    elif not ledger.rallies():
        _say({"site": ledger.site() or "main", "sites": []}, [], as_json)
        return
    if settings.rally is None and len(ledger.rallies()) != 1:
        _say({"site": ledger.site() or "main", "sites": []}, [], as_json)
        return
    answer = READS["site"].ask(View(settings.open_log()), {})
    _say(answer.json(), answer.found, as_json)


def _say(document: dict[str, Any], rows: Sequence[SiteLog], as_json: bool) -> None:
    if as_json:
        print_json(document)
        return
    click.echo(f"This ledger writes as the site {visible(document['site'])}.", err=True)
    if rows:
        print_table(
            [
                Column("Site"),
                Column("Records", figures=True),
                Column("Last", figures=True),
                Column("Missing"),
                Column("Twice"),
            ],
            [
                (
                    each.site,
                    str(each.records),
                    f"#{each.last}",
                    ", ".join(run(*some) for some in each.missing),
                    ", ".join(f"#{number}" for number in each.twice),
                )
                for each in rows
            ],
        )
