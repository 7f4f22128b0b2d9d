"""Codes that look alike: two stages, crews or points of one rally that a person takes for one.

Which characters are drawn alike stands in Unicode's table of confusables (UTS 39): А of Cyrillic
and A of Latin, 0 and O.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator

from confusable_homoglyphs import confusables  # type: ignore[import-untyped]

from ledger.vocabulary import (
    ControlScheduled,
    CrewEntered,
    Occurrence,
    StageScheduled,
    WaypointPlaced,
    ZonePlaced,
)
from projections.control.anomaly import Anomaly
from projections.state.rally import RallyState

_CODES: tuple[tuple[type[Occurrence], str, str], ...] = (
    (CrewEntered, "number", "crew"),
    (CrewEntered, "category", "category"),
    (StageScheduled, "stage", "stage"),
    (ControlScheduled, "control", "control"),
    (WaypointPlaced, "point", "point"),
    (ZonePlaced, "zone", "zone"),
)


def look_alikes(state: RallyState) -> Iterator[Anomaly]:
    """Codes of one kind, points and zones those of one stage, that differ and look the same."""
    for kind, field, what in _CODES:
        seen: dict[tuple[str, str], dict[str, int]] = {}
        for fact in state.facts.of(kind):
            code = getattr(fact.value, field)
            on = getattr(fact.value, "stage", "") if what in ("point", "zone") else ""
            seen.setdefault((on, _shape(code)), {}).setdefault(code, fact.position)
        for (on, _), alike in seen.items():
            if len(alike) > 1:
                said = " and ".join(f"{code} ({_told(code)})" for code in sorted(alike))
                message = f"Each is a {what} of its own, and they look alike: {said}."
                yield Anomaly("look-alike", tuple(sorted(alike.values())), message, stage=on)


def _shape(code: str) -> str:
    """What a code looks like: the same for all that are drawn alike."""
    return "".join(map(_drawn, code))


@functools.cache
def _drawn(character: str) -> str:
    """The character that stands for all that look like this one."""
    table = confusables.confusables_data
    like = [each["c"] for each in table.get(character, ())]
    if len(like) != 1:
        return character
    mutual = len(table.get(like[0], ())) == 1
    return min(character, like[0]) if mutual else str(like[0])


def _told(code: str) -> str:
    """Which characters of a code are not plain letters; else each of them by its number."""
    return " ".join(f"U+{ord(each):04X}" for each in code if not each.isascii()) or "plain letters"
