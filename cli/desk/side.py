"""Who is missing, as it stands at the side: by how long, which changes as time passes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import groupby

from ledger.times import Instant
from projections.control.absent import Absent, Absentee

HEADINGS = {
    "started": "On the stage",
    "due": "Due, not seen",
    "passed": "Seen further on: no record",
    "card": "Card not handed in",
}
SOON = "Due later"
MINUTE_MS = 60_000
LONG_H = 48
"""From so many hours on, days are told."""


def due(absent: Absent) -> list[Absentee]:
    """Who is due, whether by now or later, in the order of the times; without a time at the end."""
    here = [each for each in (*absent.missing, *absent.to_come) if each.why == "due"]
    return sorted(here, key=lambda each: (each.since is None, each.since.ms if each.since else 0))


def by(each: Absentee, now: Instant) -> str:
    """By how long: "12 min", "1 h 12"; for who is to come, "in 3 min"; nothing if nobody knows."""
    if each.since is None:
        return ""
    minutes = abs(now.ms - each.since.ms) // MINUTE_MS
    hours, rest = divmod(minutes, 60)
    long = f"{hours} h {rest:02}" if hours else f"{minutes} min"
    if hours >= LONG_H:
        long = f"{hours // 24} days"
    return f"in {long}" if each.since.ms > now.ms else long


def grouped(absent: Absent, now: Instant) -> Iterator[tuple[str, list[Absentee]]]:
    """Who is missing by why, then who is due later: as time passes they go from there to here."""
    later = [each for each in due(absent) if each.since and each.since.ms > now.ms]
    missing = [each for each in (*absent.missing, *absent.to_come) if each not in later]
    order = [*HEADINGS]
    missing.sort(key=lambda e: (order.index(e.why), e.since.ms if e.since else 0))
    for why, several in groupby(missing, lambda each: each.why):
        yield HEADINGS[why], [*several]
    if later:
        yield SOON, later


def count(absent: Absent, now: Instant) -> int:
    """How many are missing by now."""
    return sum(len(several) for heading, several in grouped(absent, now) if heading != SOON)


def listed(absent: Absent, now: Instant, most: int | None = None) -> list[str]:
    """Everybody who is missing, in words, a line for each reason; at most so many by name."""
    lines = [f"Can't be told: {each}" for each in absent.untold]
    for heading, several in grouped(absent, now):
        crews = [f"{e.number} {e.driver} {by(e, now)}".rstrip() for e in several]
        more = len(crews) - most if most is not None else 0
        rest = [f"{more} more (who)"] if more > 0 else []
        lines.append(f"{heading} ({len(crews)}): {', '.join(crews[:most] + rest)}.")
    return lines or ["Nobody is missing here."]


def pane(
    absent: Absent, now: Instant, width: int, height: int, wide: Callable[[str], int] = len
) -> list[str]:
    """The same as a column: a line a crew, its number first, by how long at the right edge.

    `wide` tells how many columns a text takes.
    """
    rows: list[str] = []
    for heading, several in grouped(absent, now):
        rows.append(fitting(f"{heading}: {len(several)}", width, wide))
        rows += [_row(each, by(each, now), width, wide) for each in several]
    rows += [fitting(f"Can't be told: {each}", width, wide) for each in absent.untold]
    return _cut(rows or ["Nobody is missing."], height)


def _row(each: Absentee, long: str, width: int, wide: Callable[[str], int]) -> str:
    room = width - wide(long) - 1
    name = fitting(f" {each.number} {each.driver}", room, wide)
    return f"{name}{' ' * (room - wide(name))} {long}".rstrip()


def fitting(text: str, width: int, wide: Callable[[str], int] = len) -> str:
    """A text in at most so many columns: what does not fit gives way to a sign of that."""
    if wide(text) <= width:
        return text
    while text and wide(text) > width - 1:
        text = text[:-1]
    return f"{text}…"


def _cut(rows: Sequence[str], height: int) -> list[str]:
    if len(rows) <= height:
        return [*rows]
    return [*rows[: height - 1], f" … {len(rows) - height + 1} more: who"]
