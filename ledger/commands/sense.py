"""Sense: what an official may not type, because it would say nothing or everything."""

from __future__ import annotations

from ledger.errors import Refused
from ledger.vocabulary import (
    Occurrence,
    SourceDeclaredUnreliable,
    StageStopped,
    TargetTimeChanged,
    TieBreakDisapplied,
)


def must_make_sense(said: Occurrence) -> None:
    """Refuse an act that lacks what gives it effect, or that would have it on everything.

    Raises:
        Refused: with the fields to give.
    """
    match said:
        case StageStopped(method="last-common-point" | "own-average", point=""):
            raise Refused(
                f"A stage that is stopped by {said.method} needs the point.",
                hint="Give point=…: the last one that the crews have in common.",
            )
        case SourceDeclaredUnreliable(kind="", device="", of_site="", stage=""):
            raise Refused(
                "Which source is unreliable is not said.",
                hint="Name it: kind=…, device=…, of_site=… or stage=….",
            )
        case TargetTimeChanged(target_ms=None, max_time_ms=None):
            raise Refused(
                "No time is changed.", hint="Give control=… target_ms=…, or stage=… max_time_ms=…."
            )
        case TargetTimeChanged(control="") if said.target_ms is not None:
            raise Refused("A target time is that of a control.", hint="Give control=….")
        case TieBreakDisapplied(numbers=numbers) if len(set(numbers)) < 2:
            raise Refused("One crew alone shares no place.", hint="Name both: numbers=101;103.")
        case _:
            return
