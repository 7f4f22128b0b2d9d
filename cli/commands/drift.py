"""`rally drift`: a published document beside today's answer, and why they differ."""

from __future__ import annotations

import click

from cli.office.answer import Answer
from cli.office.drift import Drifted
from cli.output import print_section, visible
from cli.reading import reading
from ledger.times import format_duration, parse_instant
from projections.comparing.drift import Moved, StarterMoved
from projections.desk.publications import AS_PUBLISHED
from projections.desk.reproduction import NOT_REPRODUCED
from projections.state.rally import EDITION


@reading("drift")
def command(answer: Answer[Drifted]) -> None:
    """Show why a published document is not today's answer: who moved, and by which records.

    DOCUMENT is the number of a classification or a start order on the notice board, or the position
    of its record (#193). Today is what
    is known now, or at --known-at. Each crew that moved is shown before and after, with a smallest
    set of later records that explains it: without them it would stand as published, and none of
    them can be left out. Of a document of an earlier edition of the computing rules, the crews that
    these moved are marked with today's edition, and the rules that changed and may have done it are
    named.

    The document itself is computed again at its own cut-off first: where its rows do not come out,
    that is said before anything else (exit code 1).

    \b
    Examples:
      rally drift 73
      rally drift 73 --known-at 2016-07-22T08:00+08:00
    """
    found, again, records = answer.found
    kind = f"{found.kind} {found.amendment}" if found.amendment else found.kind
    what = f"{found.title}, {kind}: #{found.position} on cut-off #{found.cut_off}"
    if again.status == NOT_REPRODUCED:
        click.echo(f"It is NOT reproduced at its own cut-off. {again.message}")
    click.echo(visible(f"{what}, {again.status}."))
    if found.today == AS_PUBLISHED:
        click.echo("Today's answer equals it.")
    of_starters = any(isinstance(row, StarterMoved) for row in found.rows)
    print_section(
        "",
        ("No", "Driver", "Place", "Start" if of_starters else "Total", "Also", "Because of"),
        [_cells(row) for row in found.rows],
        figures=("No",),
    )
    print_section(
        "",
        ("Not classified", "Driver", "Status", "Also", "Because of"),
        [_cells_without_place(row) for row in found.unclassified],
        figures=("Not classified",),
    )
    print_section(
        "",
        ("Record", "By", "What"),
        [(f"#{e['position']}", e["by"], e["words"]) for e in records],
        figures=("Record",),
    )
    if any(each.by_rules for each in (*found.rows, *found.unclassified)):
        click.echo()
        if not found.rules:
            click.echo("No rule that changed is known to bear on it.")
        for rule in found.rules:
            crews = ", ".join(each for each in rule.crews if each)
            click.echo(visible(f"Edition {rule.edition}: {rule.title} It bears on {crews}."))


def _cells(row: Moved) -> tuple[str, ...]:
    return (
        row.number,
        row.driver,
        _pair(*(_place(row, which) for which in (0, 1))),
        _time(row),
        ", ".join(_also(row)),
        _because(row),
    )


def _time(row: Moved) -> str:
    """The total, or in a start order when the crew starts: its hour, with the day if that moves."""
    if not isinstance(row, StarterMoved):
        return _pair(*("" if each is None else format_duration(each) for each in row.total_ms))
    dues = [parse_instant(each) if each else None for each in row.due_at]
    return _pair(*("" if each is None else each.short() for each in dues))


def _cells_without_place(row: Moved) -> tuple[str, ...]:
    return row.number, row.driver, _pair(*row.status), ", ".join(_also(row)), _because(row)


def _because(row: Moved) -> str:
    rules = [f"edition {EDITION}"] if row.by_rules else []
    return " ".join([*rules, *(f"#{position}" for position in row.because)])


def _place(row: Moved, which: int) -> str:
    place = row.place[which]
    return row.status[which] or "–" if place is None else str(place)


def _pair(was: str, now: str) -> str:
    """ "2 → 4", or what both are."""
    return was if was == now else f"{was or '–'} → {now or '–'}"


def _also(row: Moved) -> list[str]:
    """What else differs: the flags that came or went, and what is not in the table by name."""
    was, now = (set(each or ()) for each in row.flags)
    gone, come = sorted(was - now), sorted(now - was)
    signs = [*(f"-{each}" for each in gone), *(f"+{each}" for each in come)]
    same_total = row.total_ms[0] == row.total_ms[1]
    parts = ["time and penalty"] if same_total and row.time_ms[0] != row.time_ms[1] else []
    return [*signs, *parts, *row.other]
