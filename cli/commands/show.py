"""`rally show`: one record with everything that refers to it."""

from __future__ import annotations

import click

from cli.commands.log import Amended, record_json
from cli.context import Settings
from cli.options import at_a_moment, of_ledger, pass_settings
from cli.output import print_json
from cli.reading import view
from ledger.chain import referring
from ledger.errors import NotFound


@click.command(name="show")
@click.argument("record", metavar="POSITION-OR-ID")
@at_a_moment
@click.option("--json", "as_json", is_flag=True, help="One JSON document.")
@of_ledger
@pass_settings
def command(
    settings: Settings, record: str, known_at: str | None, effective_at: str | None, as_json: bool
) -> None:
    """Show one record: what it says, who recorded it when, and what refers to it."""
    seen = view(settings, known_at, effective_at)
    found = seen.log.find(record)
    if found.position > seen.position:
        raise NotFound(f"#{found.position} is not known as of #{seen.position}.")
    about = referring(seen.log, found.id, until=seen.position)
    amended = Amended(about)
    shown = record_json(found, amended)
    referred = [record_json(each, amended) for each in about]
    if as_json:
        print_json({"basis": seen.basis(), "record": shown, "referred_by": referred})
        return
    click.echo(f"#{found.position} {found.short_id}  {shown['words']}")
    source = found.occurrence().source
    where = " ".join(part for part in (source.kind, source.name, source.seq) if part)
    for title, value in (
        (
            "Happened",
            shown["fact_at"]
            or ("as planned" if found.occurrence().plan else "no instant is known"),
        ),
        ("Recorded", f"{shown['recorded_at']} by {shown['recorded_by']} ({shown['role']})"),
        ("Received", f"{shown['received_at']}, site {shown['site']} #{found.header.site_position}"),
        ("Source", where),
        ("Standing", source.standing),
        ("Note", source.note),
        ("Reason", found.occurrence().reason),
        ("Id", found.id),
        ("Leaf", shown["leaf"]),
    ):
        if value:
            click.echo(f"  {title:<9} {value}")
    click.echo("  Fields")
    for name, value in shown["occurrence"].items():
        if name not in (
            "type",
            "v",
            "rally",
            "fact_at",
            "recorded_at",
            "by",
            "role",
            "source",
            "reason",
        ):
            click.echo(f"    {name} = {value}")
    for each in referred:
        click.echo(f"  ← #{each['position']} {each['id'][:10]}  {each['words']}")
