"""`rally new`: begin a rally with its name and its regulations."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

import click

from cli.context import DEFAULT_LEDGER, Settings
from cli.options import Signature, pass_settings, signed
from cli.output import print_json, visible
from ledger.commands.found import FoundRally
from ledger.errors import Unreadable, Usage
from ledger.times import zone_of
from ledger.vocabulary import (
    Occurrence,
    RallyConstituted,
    RegulationsAdopted,
    build,
    canonical,
    occurrence_id,
    short_id,
)
from projections.rules.templates import template


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
def command(
    settings: Settings,
    code: str,
    title: str,
    timezone: str,
    starts_on: str,
    ends_on: str,
    rulebook: str,
    signature: Signature,
) -> None:
    """Begin a rally: constitute it and adopt its regulations, in a new ledger or beside others.

    \b
    Example:
      rally new loop-2027 --title "Desert Loop" --timezone Asia/Riyadh --by Ann --role secretary
    """
    _must_be_days(starts_on, ends_on)
    zone_of(timezone)
    rules = template(rulebook)
    ledger = settings.open_ledger(new=True)
    log = ledger.log(code)
    envelope = {
        "rally": code,
        "recorded_at": settings.now(),
        "by": signature.by,
        "role": signature.role,
        "reason": signature.reason,
        "site": log.site(),
        **({"fact_at": signature.at} if signature.at else {}),
    }
    founded = _built(
        RallyConstituted,
        envelope,
        {"title": title, "timezone": timezone, "starts_on": starts_on, "ends_on": ends_on},
    )
    adopted = _built(
        RegulationsAdopted,
        envelope,
        {"rulebook": rules.name, "parameters": rules.parameters, "provenance": rules.provenance},
    )
    if signature.dry_run:
        log.prepare(lambda: FoundRally(founded, adopted))
        _tell([(None, founded), (None, adopted)], signature.as_json)
        return
    records = log.act(lambda: FoundRally(founded, adopted), expect=signature.expect)
    _tell([(each.position, each.occurrence()) for each in records], signature.as_json)
    if not signature.as_json:
        _tell_what_is_next(settings, code, len(ledger.rallies()) > 1)


def _built(
    kind: type[Occurrence], envelope: Mapping[str, Any], fields: Mapping[str, Any]
) -> Occurrence:
    try:
        return build(kind, {**envelope, **fields})
    except Unreadable as error:  # what is typed is a question of usage, not of input
        raise Usage(error.message, hint=error.hint) from None


def _must_be_days(*days: str) -> None:
    """Refuse what is no day, and a rally that ends before it starts."""
    given = []
    for day in filter(None, days):
        try:
            given.append(date.fromisoformat(day))
        except ValueError:
            raise Usage(f"{day!r} is not a day.", hint="Write it as 2027-03-01.") from None
    if given != sorted(given):
        raise Usage("The rally ends before it starts.", hint="See --starts-on and --ends-on.")


def _tell(said: list[tuple[int | None, Occurrence]], as_json: bool) -> None:
    """What was put on record (or would be, without a position)."""
    records = [
        {"position": position, "id": occurrence_id(canonical(each)), "type": each.type_name()}
        for position, each in said
    ]
    if as_json:
        tried = {} if said[0][0] else {"dry_run": True}
        print_json({"rally": said[0][1].rally, "records": records, "changed": [], **tried})
        return
    for record, (position, each) in zip(records, said, strict=True):
        name = f"#{position} {short_id(str(record['id']))}"
        click.echo(f"{name if position else 'Not appended (dry run):'}  {visible(each.words())}")


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
