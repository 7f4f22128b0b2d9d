"""`rally record`: put an occurrence on record."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from cli.acting import carry_out
from cli.context import Settings
from cli.fields import parse_fields, source_of
from cli.office.private import sealed
from cli.options import Signature, pass_settings, signed
from cli.parameters import parse_rules
from ledger.commands.desk import IssueDecision, shared_with
from ledger.commands.record import RecordOccurrence
from ledger.errors import Unreadable, Usage
from ledger.log import Log
from ledger.vocabulary import TYPES, CrewEntered, DecisionIssued, Occurrence, build, type_named
from projections.judging import judge


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
    chosen = type_named(kind)
    founding = chosen.type_name() == "RallyConstituted"
    log = _log(settings, founding)
    public, openings = sealed(fields, settings.randomness)
    envelope = {
        "rally": log.rally,
        "recorded_at": settings.now(),
        "by": signature.by,
        "role": signature.role,
        "reason": signature.reason,
        **({"fact_at": signature.at} if signature.at else {}),
        **({"source": msgspec.to_builtins(source_of(source))} if source else {}),
    }
    if openings:
        envelope["private"] = {name: each.commitment for name, each in openings.items()}
    said = _occurrence(log, chosen, public, envelope)
    if isinstance(said, DecisionIssued):
        carry_out(log, lambda: IssueDecision(said, judge, said.decision), signature)
        return
    carry_out(log, lambda: RecordOccurrence(said, judge, tuple(openings.values())), signature)


def _log(settings: Settings, founding: bool) -> Log:
    if not founding:
        return settings.open_log()
    if settings.rally is None:
        raise Usage("A new rally needs a code.", hint="Name it with --rally CODE.")
    return settings.open_ledger(new=True).log(settings.rally)


def _occurrence(
    log: Log, kind: type[Occurrence], words: tuple[str, ...], envelope: dict[str, Any]
) -> Occurrence:
    rules, others = parse_rules(kind, words, str(envelope["reason"]))
    fields = {**parse_fields(kind, others, log), **rules}
    if "target" in fields:  # what takes something back is about the same crew and stage
        about = log.find(fields["target"]).occurrence()
        fields |= shared_with(kind, about, fields, _team(log, getattr(about, "number", "")))
    try:
        return build(kind, {**envelope, **fields})
    except Unreadable as error:  # what is typed is a question of usage, not of input
        raise Usage(error.message, hint=error.hint) from None


def _team(log: Log, number: str) -> str:
    """The team of a crew, as it was entered; empty for none."""
    entries = log.read(types=[CrewEntered.type_name()], tags=[f"crew:{number}"]) if number else ()
    return next((getattr(each.occurrence(), "team", "") for each in entries), "")
