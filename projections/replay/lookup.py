"""The look-up: a list as it stood at a position, out of a tile and of nothing else.

It knows neither a ledger nor a rule: the lines stand in the tile in the order that the ledger gave
them, and what is told of a line besides is what the contract says a classification is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

FORMAT = 1
"""How tiles are written; another number is another way."""
ROW, OTHER = 4, 2
"""So many figures tell a line: crew, time, penalty, flags; or crew and what became of it."""
ENTRY = ("number", "driver", "codrivers", "nationality", "category", "class", "vehicle", "team")
"""What a line says of the entry of its crew, in this order in a tile."""

Tile = Mapping[str, Any]
Items = list[list[int]]


def names_at(tile: Tile, position: int) -> list[str]:
    """The names of the lists that there were at a position; that of all crews is empty."""
    return [name for name in tile["lists"] if _about(tile, name, position) is not None]


def listed(tile: Tile, name: str, position: int) -> dict[str, Any] | None:
    """A list as it stood at a position: `scope`, `rows` and `unclassified`, or `error`.

    None where there was no such list then.
    """
    about = _about(tile, name, position)
    if about is None or "error" in about:
        return dict(about) if about else None
    rows, others = _items(tile["lists"][name], position - tile["first"])
    return {
        **about,
        "rows": list(_rows(tile, rows, closes_up=about.get("closes_up", False))),
        "unclassified": [_other(tile, *each) for each in others],
    }


def rulebook_at(tile: Tile, position: int) -> str:
    """The rulebook of a position, by its name."""
    return str(next(name for since, name in reversed(tile["rulebooks"]) if since <= position))


def received_at(tile: Tile, position: int) -> int | None:
    """When the record at a position was received (UTC ms); None before the first."""
    steps = tile["received"]
    ahead = len(steps) - 1 - (tile["last"] - position)
    return sum(steps[: ahead + 1]) if position else None


def _about(tile: Tile, name: str, position: int) -> Mapping[str, Any] | None:
    """What a list was of, or why there was none."""
    scope = 0
    for frame in _until(tile["lists"].get(name, ()), position - tile["first"]):
        scope = frame[1] or scope
    found: Mapping[str, Any] | None = tile["scopes"][scope - 1] if scope else None
    return found


def _until(frames: Sequence[list[Any]], ahead: int) -> Iterator[list[Any]]:
    at = 0
    for frame in frames:
        at += frame[0]
        if at > ahead:
            return
        yield frame


def _items(frames: Sequence[list[Any]], ahead: int) -> tuple[Items, Items]:
    """The lines of a list, and of those who are in none of its lines."""
    rows: Items = []
    others: Items = []
    for frame in _until(frames, ahead):
        gone, come, others_gone, others_come = [*frame[2:], [], [], [], []][:4]
        rows = _changed(rows, gone, come, ROW)
        others = _changed(others, others_gone, others_come, OTHER)
    return rows, others


def _changed(held: Items, gone: Sequence[int], come: Sequence[int], width: int) -> Items:
    """The lines without those that went, and with those that came in their places."""
    if not gone and not come:
        return held
    stay = list(held)
    for place, count in reversed(list(zip(gone[::2], gone[1::2], strict=True))):
        del stay[place : place + count]
    found: Items = []
    taken = 0
    for at in range(0, len(come), width + 1):
        found += stay[taken : taken + come[at]]
        taken += come[at]
        found.append(list(come[at + 1 : at + 1 + width]))
    return found + stay[taken:]


def _rows(tile: Tile, items: Items, *, closes_up: bool) -> Iterator[dict[str, Any]]:
    place = first_ms = before_ms = 0
    for index, (crew, time_ms, penalty_ms, flags) in enumerate(items, 1):
        total_ms = time_ms + penalty_ms
        if index == 1:
            first_ms = before_ms = total_ms
        behind = place + 1 if closes_up else index
        place = place if flags % 2 else behind
        yield {
            "place": place,
            **dict(zip(ENTRY, tile["crews"][crew], strict=True)),
            "time_ms": time_ms,
            "penalty_ms": penalty_ms,
            "total_ms": total_ms,
            "gap_ms": total_ms - first_ms,
            "interval_ms": total_ms - before_ms,
            "flags": tile["flags"][flags // 2],
        }
        before_ms = total_ms


def _other(tile: Tile, crew: int, fate: int) -> dict[str, Any]:
    entry = dict(zip(ENTRY, tile["crews"][crew], strict=True))
    status, stage, reason = tile["fates"][fate]
    told = {"number": entry["number"], "driver": entry["driver"], "category": entry["category"]}
    return {**told, "status": status, "stage": stage, "reason": reason}
