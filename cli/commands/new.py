"""`rally new`: begin a rally with its name and its regulations."""

from __future__ import annotations

import shlex
from pathlib import Path

import click

from cli.acting import act
from cli.changes import named
from cli.context import Settings
from cli.office.founding import Founded
from cli.options import here


def _tell(founded: Founded) -> None:
    for position, each in founded.said:
        click.echo(named(position, each))
    if position:
        settings = here()
        folder = str(Path(founded.sheets[0]).parent) if founded.sheets else ""
        several = len(settings.open_ledger().rallies()) > 1
        _tell_what_is_next(settings, each.rally, several, folder)


def _tell_what_is_next(settings: Settings, code: str, several: bool, folder: str) -> None:
    """The commands with which a rally goes on, for a person who begins the first one."""
    if folder:
        click.echo(f"\nNext, fill in the sheets in {folder} and take them in:", err=True)
        click.echo(f"  rally{settings.named} import sheets {shlex.quote(folder)}", err=True)
        click.echo("`rally help sheets` explains them.", err=True)
        return
    rally = f"rally{settings.named}{f' --rally {code}' if several else ''}"
    click.echo("\nNext, schedule the stages and enter the crews:", err=True)
    for line in (
        "record StageScheduled stage=SS1 order=1 date=2027-03-01 special_m=210000",
        "import gpx ROADBOOK.gpx --stage SS1",
        'record CrewEntered number=101 driver="Ann Lee" category=cars',
    ):
        click.echo(f"  {rally} {line}", err=True)
    click.echo(
        "or take in the sheets of a results office (`rally help sheets`; `rally new --sheets` lays "
        "out an empty folder):",
        err=True,
    )
    click.echo(f"  {rally} import sheets FOLDER", err=True)
    click.echo(
        "`rally types` lists what can be recorded, `rally rulebook show` the rules.", err=True
    )


command = act(
    "new",
    """Begin a rally: constitute it and adopt its regulations, in a new ledger or beside others.

    \b
    Examples:
      rally new loop-2027 --title "Desert Loop" --timezone Asia/Riyadh --by Ann --role secretary
      rally new dune-2027 --title "Dunes" --timezone +08:00 --sheets dunes --by Ann --role secretary
    """,
    _tell,
)
