"""`rally record`: put an occurrence on record."""

from __future__ import annotations

import click

from cli.acting import recorded
from cli.context import Settings
from cli.options import Signature, pass_settings, signed
from ledger.errors import Usage
from ledger.log import Log
from ledger.vocabulary import TYPES, type_named


def _complete_type(_ctx: click.Context, _param: click.Parameter, begun: str) -> list[str]:
    return [name for name in TYPES if name.casefold().startswith(begun.casefold())]


@click.command(name="record")
@click.argument("kind", metavar="TYPE", shell_complete=_complete_type)
@click.argument("fields", metavar="[FIELD=VALUE]...", nargs=-1)
@click.option("--source", default="", help='Where it is known from: "hand", "gps: device 12".')
@signed
@pass_settings
def command(
    settings: Settings, kind: str, fields: tuple[str, ...], source: str, signature: Signature
) -> None:
    """Put an occurrence on record, checked by the rules for who may record it and about what.

    `rally types` lists the types and `rally types TYPE` the fields of one. It prints the position,
    what it means in words, and what it changed in the standings. Any type may have private values,
    private.NAME=VALUE: the log holds only a commitment to each, and `rally forget` erases them.

    \b
    Examples:
      rally record PenaltyGiven number=102 stage=SS12 amount_ms=4:00:00 \\
        --by "Race direction" --role clerk-of-the-course --reason "two waypoints missed"
      rally record BulletinIssued bulletin=3 from_stage=SS5 timing.tolerance_ms=0:00:01 \\
        --by "The stewards" --role stewards
      rally record RallyConstituted title="Desert Loop" --rally loop-2027 --by Ann --role secretary
    """
    founding = type_named(kind).type_name() == "RallyConstituted"
    given = {"kind": kind, "fields": fields, "source": source}
    recorded(settings, signature, "record", given, _log(settings, founding))


def _log(settings: Settings, founding: bool) -> Log:
    if not founding:
        return settings.open_log()
    if settings.rally is None:
        raise Usage("A new rally needs a code.", hint="Name it with --rally CODE.")
    return settings.open_ledger(new=True).log(settings.rally)
