"""`rally new`: begin a rally with its name and its regulations."""

from __future__ import annotations

from typing import Any

import click

from cli.context import DEFAULT_LEDGER, Settings
from cli.office.acts import ACTS
from cli.office.founding import Founded
from cli.options import Signature, pass_settings, signed
from cli.output import print_json, visible
from ledger.vocabulary import canonical, occurrence_id, short_id


@click.command(name="new")
@click.argument("code")
@click.option("--title", required=True, help="What the rally is called.")
@click.option(
    "--timezone", required=True, metavar="ZONE", help='Its clocks: "Asia/Riyadh" or "+03:00".'
)
@click.option("--starts-on", default="", metavar="DATE", help="Its first day (2027-03-01).")
@click.option("--ends-on", default="", metavar="DATE", help="Its last day.")
@click.option(
    "--rulebook",
    default="cross-country",
    metavar="NAME-or-FILE",
    help="The regulations it adopts (default: cross-country).",
)
@signed
@pass_settings
def command(settings: Settings, /, signature: Signature, **given: Any) -> None:
    """Begin a rally: constitute it and adopt its regulations, in a new ledger or beside others.

    \b
    Example:
      rally new loop-2027 --title "Desert Loop" --timezone Asia/Riyadh --by Ann --role secretary
    """
    (founded,) = ACTS["new"].carry_out(settings.secretariat(signature.without_form()), given)
    assert isinstance(founded, Founded)
    if signature.as_json:
        print_json(founded.json())
        return
    for position, each in founded.said:
        name = f"#{position} {short_id(occurrence_id(canonical(each)))}"
        click.echo(f"{name if position else 'Not appended (dry run):'}  {visible(each.words())}")
    if not signature.dry_run:
        _tell_what_is_next(settings, given["code"], len(settings.open_ledger().rallies()) > 1)


def _tell_what_is_next(settings: Settings, code: str, several: bool) -> None:
    """The commands with which a rally goes on, for a person who begins the first one."""
    name = settings.ledger_name
    shown = "URL" if "://" in name else name  # a URL may hold a password
    where = "" if name == DEFAULT_LEDGER else f" --ledger {shown}"
    rally = f"rally{where} --rally {code}" if several else f"rally{where}"
    click.echo("\nNext, schedule the stages and enter the crews:", err=True)
    for line in (
        "record StageScheduled stage=SS1 order=1 date=2027-03-01 special_m=210000",
        "import gpx ROADBOOK.gpx --stage SS1",
        'record CrewEntered number=101 driver="Ann Lee" category=cars',
    ):
        click.echo(f"  {rally} {line}", err=True)
    click.echo("or take in the sheets of a results office:", err=True)
    click.echo(f"  {rally} import sheets FOLDER", err=True)
    click.echo(
        "`rally types` lists what can be recorded, `rally rulebook show` the rules.", err=True
    )
