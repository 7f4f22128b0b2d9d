"""What a write changed in the standings, said in one breath with the write."""

from __future__ import annotations

from typing import Any

import click
import msgspec

from cli.output import print_json, visible
from ledger.errors import LedgerError
from ledger.record import Record
from ledger.times import format_duration
from ledger.vocabulary import Occurrence, canonical, occurrence_id, short_id
from projections.standings import Row, standings
from projections.state.facts import Fold
from projections.state.rally import RallyState


class Change(msgspec.Struct, frozen=True):
    """How a crew moved in the overall: before and after; None where it was or is not in it."""

    number: str
    place: tuple[int | None, int | None]
    total_ms: tuple[int | None, int | None]


def overall(folded: Fold) -> tuple[dict[str, Row], str]:
    """The overall of everything so far by number; or why the rules do not suffice for one."""
    try:
        return {row.number: row for row in standings(RallyState(folded.facts())).rows}, ""
    except LedgerError as error:
        return {}, error.message


def changes(before: dict[str, Row], after: dict[str, Row]) -> list[Change]:
    """The crews whose place or total differs, in the order of their places now."""
    found = []
    for number in [*after, *(each for each in before if each not in after)]:
        was, now = before.get(number), after.get(number)
        change = Change(
            number,
            (was.place if was else None, now.place if now else None),
            (was.total_ms if was else None, now.total_ms if now else None),
        )
        if change.place[0] != change.place[1] or change.total_ms[0] != change.total_ms[1]:
            found.append(change)
    return found


def tell(before: Fold, occurrence: Occurrence, record: Record | None, as_json: bool) -> None:
    """Say what was put on record (or would be, without a record) and what it changed."""
    was, _ = overall(before)
    identity = occurrence_id(canonical(occurrence))
    before.take(identity, record.position if record else 0, occurrence)
    now, complaint = overall(before)
    moved = changes(was, now)
    if as_json:
        document: dict[str, Any] = {
            "position": record.position if record else None,
            "id": identity,
            "type": occurrence.type_name(),
            "changed": moved,
        }
        if record is None:
            document["dry_run"] = True
        print_json(document)
        return
    name = f"#{record.position} {short_id(identity)}" if record else "Not appended (dry run):"
    click.echo(f"{name}  {visible(occurrence.words())}")
    for each in moved[:10]:
        click.echo(f"       {_sentence(each)}")
    if len(moved) > 10:
        click.echo(f"       … and {len(moved) - 10} more crews.")
    if complaint:
        click.echo(f"       There is no overall: {complaint}")
    elif now and not moved:
        click.echo("       The overall does not change.")


def _sentence(change: Change) -> str:
    """ "Overall: 102 1st → 10th, total 40:17:20 (+4:00:00)"; the total only where there is one."""
    was, place = change.place
    moved = f"stays {_place(place)}" if was == place else f"{_place(was)} → {_place(place)}"
    before, after = change.total_ms
    if after is None:
        return f"Overall: {change.number} {moved}"
    total = f", total {format_duration(after)}"
    if before is not None and before != after:
        total += f" ({'+' if after > before else ''}{format_duration(after - before)})"
    return f"Overall: {change.number} {moved}{total}"


def _place(place: int | None) -> str:
    if place is None:
        return "not classified"
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10 if place % 100 not in (11, 12, 13) else 0)
    return f"{place}{ending or 'th'}"
