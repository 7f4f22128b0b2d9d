"""`rally show`: one record with everything that refers to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from cli.commands.decisions import seen_in_words
from cli.office.answer import Answer
from cli.office.handles import named_to_people
from cli.office.records import Shown
from cli.options import JSON, LEDGER, MOMENT
from cli.output import print_fields, visible
from cli.reading import reading
from ledger.times import spelled
from ledger.vocabulary import CourtDecisionIssued, DecisionIssued, Occurrence
from projections.desk.decisions import effect_in_words


@reading("show", forms=(*MOMENT, *JSON, *LEDGER))
def command(answer: Answer[Shown]) -> None:
    """Show one record: what it says, who recorded it when, and what refers to it.

    Private values are shown as withheld or erased unless they are asked for.
    """
    found, shown, referred, private, concerns, has_its_time, idle, signed = answer.found
    handle = named_to_people(answer.handles.get(found.position, ""))
    name = f"#{found.position} {found.short_id} {handle}".rstrip()
    click.echo(f"{name}  {visible(shown['words'])}")
    said, source = found.occurrence(), found.occurrence().source
    received = found.received(said.recorded_at.offset).iso()
    if not has_its_time:
        received += " (not usable: an earlier record's clock was ahead)"
    happened = shown["fact_at"] or ("as planned" if said.plan else "no instant is known")
    assumed = " (assumed: no source gives it)" if said.fact_assumed else ""
    line = source.seq if source.name else ""  # else it is the key of an act
    where = " ".join(part for part in (source.kind, source.name, line) if part)
    fields = (
        ("Happened", f"{happened}{assumed}"),
        ("Recorded", f"{shown['recorded_at']} by {shown['recorded_by']} ({shown['role']})"),
        ("Received", f"{received}, site {shown['site']} #{found.header.site_position}"),
        ("Source", where),
        ("Standing", source.standing),
        ("Note", source.note),
        ("Reason", said.reason),
        ("Effect", f"none until it is {idle.until}: {idle.why}" if idle else ""),
        *(("Signature", visible(each.words())) for each in signed),
        ("Concerns", ", ".join(concerns or ())),
        ("Id", found.id),
        ("Leaf", shown["leaf"]),
    )
    print_fields(fields, 10, "  ")
    _fields(said, shown["occurrence"])
    for name, how in private.items():
        click.echo(f"    private.{name} = {visible(how.get('value', how['state']))}")
    for each in referred:
        void = f"  void by #{each['voided_by']}" if each["voided_by"] else ""
        click.echo(f"  ← #{each['position']} {each['id'][:10]}  {visible(each['words'])}{void}")


_SHOWN_ABOVE = frozenset(
    {
        *("type", "v", "rally", "fact_at", "fact_assumed", "recorded_at", "by", "role"),
        *("source", "reason", "private"),
    }
)


def _fields(said: Occurrence, fields: dict[str, Any]) -> None:
    """The fields of its own, a line each; what has parts has a line for each part."""
    click.echo("  Fields")
    for name, value in fields.items():
        if name in _SHOWN_ABOVE:
            continue
        lines = list(_in_words(said, name))
        if isinstance(value, dict) and not lines:
            lines = [f"{part} = {spelled(part, each)}" for part, each in value.items()]
        click.echo(f"    {name}:" if lines else f"    {name} = {visible(spelled(name, value))}")
        for line in lines:
            click.echo(f"      {visible(line)}".rstrip())


def _in_words(said: Occurrence, field: str) -> Iterator[str]:
    """The fields of a decision that are no plain values: what it does, what the signers saw."""
    if not isinstance(said, (DecisionIssued, CourtDecisionIssued)):
        return
    if field == "effects":
        for each in said.effects:
            until = f" until {each.until_at.iso()}" if each.until_at else ""
            yield f"{effect_in_words(each, said.number, said.stage)}{until}"
    if field == "seen" and isinstance(said, DecisionIssued) and said.seen is not None:
        yield from seen_in_words(said.seen)
