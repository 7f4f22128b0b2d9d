"""What an act has learnt from the log, and the rules it checks against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from eventsourcing.dcb.domain import Selector

from ledger.amendments import settle
from ledger.errors import Refused
from ledger.log import selector
from ledger.vocabulary import (
    ControlScheduled,
    Corrected,
    CrewEntered,
    Occurrence,
    OfficialAppointed,
    PenaltyGiven,
    PenaltyWithdrawn,
    RallyConstituted,
    RetirementReported,
    RetirementRetracted,
    StageScheduled,
    Voided,
    WaypointPlaced,
    canonical,
    occurrence_id,
    short_id,
)

Kind = TypeVar("Kind", bound=Occurrence)


class Known:
    """The occurrences of a consistency boundary, with corrections and voids applied."""

    def __init__(self) -> None:
        self.all: dict[str, Occurrence] = {}

    def learn(self, occurrence: Occurrence) -> None:
        """Take in one occurrence."""
        self.all[occurrence_id(canonical(occurrence))] = occurrence

    def standing(self, kind: type[Kind]) -> Iterator[Kind]:
        """Those of a type that count."""
        for each in settle(self.all).standing:
            if isinstance(each.value, kind):
                yield each.value

    def holders(self, office: str) -> frozenset[str]:
        """Who is appointed to an office."""
        appointed = self.standing(OfficialAppointed)
        return frozenset(each.official for each in appointed if each.office == office)

    def must_be_constituted(self, rally: str) -> None:
        """Refuse an act in a rally that does not exist."""
        if next(self.standing(RallyConstituted), None) is None:
            raise Refused(
                f"There is no rally {rally} in this ledger.",
                hint="Begin with `rally record RallyConstituted title=… --rally CODE`.",
            )

    def must_not_be_constituted(self, rally: str) -> None:
        """Refuse to constitute a rally twice."""
        if next(self.standing(RallyConstituted), None) is not None:
            raise Refused(f"The rally {rally} is already constituted.", hint="Correct its record.")

    def must_be_entered(self, number: str) -> None:
        """Refuse an act about a crew that is not entered."""
        if not any(each.number == number for each in self.standing(CrewEntered)):
            raise Refused(
                f"No crew {number} is entered.",
                hint="`rally log --type CrewEntered` lists the entries.",
            )

    def number_must_be_free(self, number: str) -> None:
        """Refuse a second entry under a race number."""
        for each in self.standing(CrewEntered):
            if each.number == number:
                raise Refused(
                    f"The number {number} belongs to {each.driver}.",
                    hint="Give another number, or void the entry that holds it.",
                )

    def stage_must_exist(self, stage: str) -> None:
        """Refuse an act about a stage that is not in the itinerary."""
        if not any(each.stage == stage for each in self.standing(StageScheduled)):
            raise Refused(
                f"No stage {stage} is scheduled.",
                hint="`rally log --type StageScheduled` lists the stages.",
            )

    def stage_must_be_new(self, stage: str) -> None:
        """Refuse to schedule a stage twice."""
        if any(each.stage == stage for each in self.standing(StageScheduled)):
            raise Refused(f"{stage} is already scheduled.", hint="Correct its record instead.")

    def point_must_exist(self, stage: str, point: str) -> None:
        """Refuse an act about a point that the stage does not have."""
        points = {each.point for each in self.standing(WaypointPlaced) if each.stage == stage}
        if point not in points:
            listed = ", ".join(sorted(points)) or "none"
            raise Refused(f"{stage} has no point {point}.", hint=f"Its points: {listed}.")

    def control_must_exist(self, control: str) -> None:
        """Refuse an act about a control that the itinerary does not have."""
        if not any(each.control == control for each in self.standing(ControlScheduled)):
            raise Refused(
                f"No control {control} is scheduled.",
                hint="`rally log --type ControlScheduled` lists the controls.",
            )

    def order_must_be_free(self, order: int) -> None:
        """Refuse a second stage of one number."""
        for each in self.standing(StageScheduled):
            if each.order == order:
                raise Refused(
                    f"{each.stage} has the number {order} already.", hint="Give another `order`."
                )

    def must_stand(self, target: str, kind: type[PenaltyGiven] | type[RetirementReported]) -> None:
        """Refuse to take back what is not there, is void, or was taken back already."""
        standing = settle(self.all).standing
        counting = {each.id for each in standing}
        for each in standing:
            taken = isinstance(each.value, (PenaltyWithdrawn, RetirementRetracted))
            if taken and getattr(each.value, "target", "") == target:
                raise Refused(
                    f"{short_id(target)} was taken back already, by {short_id(each.id)}.",
                    hint="`rally show` tells more.",
                )
        if target not in counting or not isinstance(self.all.get(target), kind):
            raise Refused(
                f"{short_id(target)} is no {kind.type_name()} that stands.",
                hint=f"`rally log --type {kind.type_name()}` lists them.",
            )


AMENDMENTS = (Corrected, Voided)
_TAKING_BACK = (PenaltyWithdrawn, RetirementRetracted)


def bearing_on(said: Occurrence) -> list[Selector]:
    """The parts of the log that what an occurrence refers to depends on."""
    parts = []
    for tag in said.tags():
        label, _, _ = tag.partition(":")
        if label == "crew":
            about = [CrewEntered, PenaltyGiven, RetirementReported]
            parts.append(selector([*about, *AMENDMENTS], tag))
        elif label == "stage":
            parts.append(selector([StageScheduled, WaypointPlaced, *AMENDMENTS], tag))
        elif label == "ref":
            parts.append(selector([*_TAKING_BACK, *AMENDMENTS], tag))
    if isinstance(said, StageScheduled):
        parts.append(selector([StageScheduled, *AMENDMENTS]))
    if getattr(said, "control", ""):
        parts.append(selector([ControlScheduled]))
    return parts


def must_refer_to_what_exists(
    said: Occurrence, known: Known, before: Occurrence | None = None
) -> None:
    """Refuse crews, stages, points and controls that are not there, and names that are taken.

    With `before`, only what differs from it is asked: a correction of a time is not about the crew.
    """

    def asked(field: str) -> str:
        value = getattr(said, field, "")
        return "" if before is not None and value == getattr(before, field, "") else str(value)

    number, stage = asked("number"), asked("stage")
    if number and isinstance(said, CrewEntered):
        known.number_must_be_free(number)
    elif number:
        known.must_be_entered(number)
    if isinstance(said, StageScheduled):
        if stage:
            known.stage_must_be_new(stage)
        if order := asked("order"):
            known.order_must_be_free(int(order))
    elif stage:
        known.stage_must_exist(stage)
    if asked("point") and not isinstance(said, WaypointPlaced):
        known.point_must_exist(getattr(said, "stage", ""), asked("point"))
    if asked("control") and not isinstance(said, ControlScheduled):
        known.control_must_exist(asked("control"))
