"""What is signed for others and put on record in the same breath: who does it, and how."""

from __future__ import annotations

import click

from cli.acting import SIGNED, must_say_who
from cli.context import Settings
from cli.office.desk import Signature
from cli.office.keeping import kept
from cli.office.overall import Recorded
from ledger.log import Log

KEEPING = (
    click.Option(["--keep"], is_flag=True, help="Put it on record, too, as --by in --role."),
    *(
        click.Option([f"--{each.name}"], default="", envvar=each.envvar, help=each.help)
        for each in SIGNED
        if each.name in ("by", "role")
    ),
)


def put_on_record(
    settings: Settings, log: Log, data: bytes, what: str, by: str, role: str
) -> Recorded:
    """Put on record what was signed just now.

    Raises:
        UsageError: nobody says who does it. Refused: a rule said no.
    """
    must_say_who(by, role)
    signature = Signature(by, role)
    desk = settings.office().desk(log, signature, settings.now, settings.randomness)
    desk.must_have_the_right_time()
    return kept(desk, data, what)
