"""What an act has learnt from the log, and the rules it checks against it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeVar

from ledger.amendments import settle
from ledger.errors import Refused
from ledger.vocabulary import (
    ControlScheduled,
    CrewEntered,
    Occurrence,
    OfficialAppointed,
    PenaltyGiven,
    RallyConstituted,
    RetirementReported,
    StageScheduled,
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

    def must_stand(self, target: str, kind: type[PenaltyGiven] | type[RetirementReported]) -> None:
        """Refuse to take back what is not there, or is void."""
        counting = {each.id for each in settle(self.all).standing}
        if target not in counting or not isinstance(self.all.get(target), kind):
            raise Refused(
                f"{short_id(target)} is no {kind.type_name()} that stands.",
                hint=f"`rally log --type {kind.type_name()}` lists them.",
            )
