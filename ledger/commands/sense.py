"""Sense: what an official may not type, because it would say nothing or everything."""

from __future__ import annotations

from ledger.commands.known import Known
from ledger.errors import Refused
from ledger.vocabulary import (
    ControlPassed,
    CrewReclassified,
    CrewRelegated,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    PointsDocked,
    SanctionDeclined,
    SourceDeclaredUnreliable,
    StageStarted,
    StageStopped,
    StageTimeRecorded,
    StartPutBack,
    TargetTimeChanged,
    TieBreakDisapplied,
    TieSettled,
    ZonePlaced,
)


def is_of_nothing(said: Occurrence) -> bool:
    """Whether it gives 0:00:00 as a time of a crew on a stage: nobody drives it in no time."""
    return isinstance(said, (StageTimeRecorded, PassingRecorded)) and said.elapsed_ms == 0


def is_without_time(said: Occurrence) -> bool:
    """Whether something was seen on the road of which neither instant nor duration is told."""
    if isinstance(said, (PassingRecorded, StageStarted)):
        other = said.due_at if isinstance(said, StageStarted) else said.elapsed_ms
        return said.fact_at is None and other is None
    return isinstance(said, (ControlPassed, NeutralisationPassed)) and said.fact_at is None


def must_make_sense(said: Occurrence, known: Known) -> None:
    """Refuse an act that lacks what gives it effect, or that would have it on everything.

    Raises:
        Refused: with the fields to give.
    """
    if is_of_nothing(said) and not known.is_start(said):
        raise Refused(
            "A time of 0:00:00 is no time.",
            hint="Leave it out where it is not known; a stage that does not count is cancelled.",
        )
    if isinstance(said, PassingRecorded) and is_without_time(said):
        raise Refused(
            "The passing says neither when it was nor after how long.",
            hint="Say when with --at, or after how long with elapsed_ms=….",
        )
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
        case ZonePlaced() if bool(said.from_point) != bool(said.to_point):
            raise Refused(
                "Between which two points the zone lies is not said.",
                hint="Give from_point=… and to_point=….",
            )
        case TargetTimeChanged(control="") if said.target_ms is not None:
            raise Refused("A target time is that of a control.", hint="Give control=….")
        case _:
            _must_name(said)


def _must_name(said: Occurrence) -> None:
    """Refuse an act that does not say whom, or what, it is about.

    Raises:
        Refused: with the fields to give.
    """
    match said:
        case TieSettled(numbers=numbers) if len({*numbers}) < max(2, len(numbers)):
            raise Refused(
                "An order takes two crews and more, each of them once.",
                hint="Name them from the first on: numbers=101;103.",
            )
        case SanctionDeclined(evidence=()):
            raise Refused("Which facts it would rest on is not said.", hint="Use `rally decline`.")
        case TieBreakDisapplied(numbers=numbers) if len(set(numbers)) < 2:
            raise Refused("One crew alone shares no place.", hint="Name both: numbers=101;103.")
        case CrewRelegated(applies_to="stage", stage=""):
            raise Refused("Of which stage the result is not said.", hint="Give stage=….")
        case StartPutBack(by_ms=0):
            raise Refused("By how much it starts later is not said.", hint="Give by_ms=0:05:00.")
        case CrewReclassified() if not (said.category or said.group or said.crew_class):
            raise Refused("Where the crew is moved to is not said.", hint="Give class=….")
        case PointsDocked(number="", named=""):
            raise Refused(
                "Whose points are taken away is not said.",
                hint="Give number=… of the crew, or named=… as it stands in the table.",
            )
        case _:
            return
