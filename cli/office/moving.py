"""How crews moved, in words: by a record, between two moments, at whichever face it is told."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from cli.office.overall import Told
from ledger.errors import LedgerError
from ledger.ordinals import ordinal
from ledger.times import format_duration, format_gap
from projections.results.classifications import places
from projections.results.standings import Scope
from projections.state.rally import RallyState

MOST_TOLD = 10
Sides = tuple[int | None, int | None]
"""Before and after; None where there is none."""


def sentences(told: Sequence[Told]) -> list[str]:
    """How crews moved in which classification, a line each; of very many only the first.

    Those that left one together, as when the next stage begins, stand in one line.
    """
    lines: list[tuple[str, int]] = []
    for (where, gone), group in groupby(told, lambda each: (each[0], each[1].place[1] is None)):
        name, moved = f"Overall {where}".rstrip(), [each for _, each in group]
        if gone and len(moved) > 2:
            crews = ", ".join(each.number for each in moved[:MOST_TOLD])
            more = f" and {len(moved) - MOST_TOLD} more" if len(moved) > MOST_TOLD else ""
            lines.append((f"{name}: {crews}{more} → not classified", len(moved)))
        else:
            lines += [(f"{name}: {e.number} {move(e.place, e.total_ms)}", 1) for e in moved]
    more_crews = sum(count for _, count in lines[MOST_TOLD:])
    rest = [f"… and {more_crews} more crews."] if more_crews else []
    return [line for line, _ in lines[:MOST_TOLD]] + rest


def move(
    places: Sides,
    totals_ms: Sides,
    gaps_ms: Sides = (None, None),
    outside: tuple[str | None, str | None] = (None, None),
    precision_ms: int | None = None,
) -> str:
    """ "1st → 10th, total 40:17:20 (+4:00:00)": the total only where there is one.

    The gap to the first is told where it is given, and the status of who is not classified.
    """
    was, place = places
    moved = f"{_place(was, outside[0])} → {_place(place, outside[1])}"
    if was == place:
        moved = f"stays {_place(place, outside[1])}"
    before, after = totals_ms
    if after is None:
        return moved
    total = f", total {format_duration(after, precision_ms)}"
    if before is not None and before != after:
        sign = "+" if after > before else ""
        total += f" ({sign}{format_duration(after - before, precision_ms)})"
    gap = f", gap {format_gap(gaps_ms[1], precision_ms)}" if gaps_ms[1] else ""
    return f"{moved}{total}{gap}"


def _place(place: int | None, status: str | None = None) -> str:
    if place is None:
        return f"not classified ({status})" if status else "not classified"
    return ordinal(place)


def stands(state: RallyState, number: str, stage: str = "") -> list[str]:
    """The place of a crew on a stage and in the overall, of how many and with which gap.

    Where it is not classified, or the rules do not suffice for a classification, nothing is said.
    """
    lines = []
    for name, scope in (
        *([(stage, Scope("stage", stage=stage))] if stage else []),
        ("Overall", Scope()),
    ):
        try:
            lists = [*places(state, scope).lists]
        except LedgerError:
            continue
        for each in lists:
            if row := each.row(number):
                title = f"{name} {each.scope.category or ''}".rstrip()
                gap = f", gap {format_gap(row.gap_ms)}" if row.gap_ms else ""
                place = f"{ordinal(row.place)} of {len(each.rows)}"
                lines.append(f"{title}: {place}, {format_duration(row.total_ms)}{gap}")
    return lines
