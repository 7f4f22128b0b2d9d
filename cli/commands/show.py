"""`rally show`: one record with everything that refers to it."""

from __future__ import annotations

import click

from cli.commands.log import Amended, record_json
from cli.context import Settings
from cli.options import at_a_moment, of_ledger, pass_settings
from cli.output import print_json, visible
from cli.private import told
from cli.reading import View
from ledger.chain import referring
from ledger.errors import NotFound
from ledger.times import Instant, spelled
from ledger.vocabulary import Corrected, Voided


@click.command(name="show")
@click.argument("record", metavar="POSITION-OR-ID")
@at_a_moment
@click.option("--private", "opened", is_flag=True, help="Show its private values, too.")
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
@pass_settings
def command(
    settings: Settings,
    record: str,
    known_at: str | None,
    effective_at: str | None,
    opened: bool,
    as_json: bool,
) -> None:
    """Show one record: what it says, who recorded it when, and what refers to it.

    Private values are shown as withheld or erased unless they are asked for.
    """
    seen = View(settings.open_log(), known_at, effective_at)
    found = seen.log.find(record)
    if found.position > seen.position:
        raise NotFound(f"#{found.position} is not known as of #{seen.position}.")
    about = referring(seen.log, found.id, until=seen.position)
    names = [Corrected.type_name(), Voided.type_name()]
    amended = Amended(seen.log.read(types=names, until=seen.position))
    shown = record_json(found, amended)
    referred = [record_json(each, amended) for each in about]
    private = told(seen.log, found.occurrence(), opened=opened)
    if as_json:
        more = {"private": private} if private else {}
        print_json({"basis": seen.basis(), "record": shown, "referred_by": referred, **more})
        return
    click.echo(f"#{found.position} {found.short_id}  {visible(shown['words'])}")
    said, source = found.occurrence(), found.occurrence().source
    received = Instant(found.header.received_at, said.recorded_at.offset).iso()
    happened = shown["fact_at"] or ("as planned" if said.plan else "no instant is known")
    assumed = " (assumed: no source gives it)" if said.fact_assumed else ""
    where = " ".join(part for part in (source.kind, source.name, source.seq) if part)
    for title, value in (
        ("Happened", f"{happened}{assumed}"),
        ("Recorded", f"{shown['recorded_at']} by {shown['recorded_by']} ({shown['role']})"),
        ("Received", f"{received}, site {shown['site']} #{found.header.site_position}"),
        ("Source", where),
        ("Standing", source.standing),
        ("Note", source.note),
        ("Reason", said.reason),
        ("Id", found.id),
        ("Leaf", shown["leaf"]),
    ):
        if value:
            click.echo(f"  {title:<9} {visible(str(value))}")
    click.echo("  Fields")
    for name, value in shown["occurrence"].items():
        if name not in (
            "type",
            "v",
            "rally",
            "fact_at",
            "fact_assumed",
            "recorded_at",
            "by",
            "role",
            "source",
            "reason",
            "private",
        ):
            parts = value.items() if isinstance(value, dict) else ()
            click.echo(f"    {name}:" if parts else f"    {name} = {visible(spelled(name, value))}")
            for part, each in parts:
                click.echo(f"      {part} = {visible(spelled(part, each))}".rstrip())
    for name, how in private.items():
        click.echo(f"    private.{name} = {visible(how.get('value', how['state']))}")
    for each in referred:
        void = f"  void by #{each['voided_by']}" if each["voided_by"] else ""
        click.echo(f"  ← #{each['position']} {each['id'][:10]}  {each['words']}{void}")
