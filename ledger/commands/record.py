"""Record: an official puts one occurrence on record, checked against what bears on it."""

from __future__ import annotations

from eventsourcing.dcb.domain import Selector

from ledger.authority import must_be_office, must_hold_office
from ledger.commands.known import Known
from ledger.errors import Refused
from ledger.log import Act, selector
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
)

_AMENDMENTS = (Corrected, Voided)


class RecordOccurrence(Act):
    """Put any occurrence of the vocabulary on record.

    The boundary is what bears on it: the rally, the holders of the office, the crew, the stage with
    its points, the control, and what it takes back; and everything that amends these.
    """

    def __init__(self, occurrence: Occurrence) -> None:
        self.occurrence = occurrence
        self.known = Known()

    def consistency_boundary(self) -> list[Selector]:
        """The parts of the log on which this act depends."""
        said = self.occurrence
        parts = [selector([RallyConstituted]), selector([OfficialAppointed], f"office:{said.role}")]
        for tag in said.tags():
            label, _, _ = tag.partition(":")
            if label == "crew":
                parts.append(
                    selector([CrewEntered, PenaltyGiven, RetirementReported, *_AMENDMENTS], tag)
                )
            elif label == "stage":
                parts.append(selector([StageScheduled, WaypointPlaced, *_AMENDMENTS], tag))
            elif label == "ref":
                parts.append(selector([*_AMENDMENTS], tag))
        if getattr(said, "control", ""):
            parts.append(selector([ControlScheduled]))
        if isinstance(said, ControlScheduled):
            parts.append(selector([ControlScheduled, *_AMENDMENTS]))
        return parts

    def learn(self, occurrence: Occurrence) -> None:
        """Take in what bears on the act."""
        self.known.learn(occurrence)

    def execute(self) -> None:
        """Check the rules in the order in which an official would ask, then put it on record."""
        said, known = self.occurrence, self.known
        if isinstance(said, _AMENDMENTS):
            raise Refused(
                f"{said.type_name()} is not typed in directly.",
                hint="Use `rally correct` or `rally void`.",
            )
        if isinstance(said, RallyConstituted):
            known.must_not_be_constituted(said.rally)
        else:
            known.must_be_constituted(said.rally)
        must_hold_office(said, known.holders(said.role))
        if isinstance(said, OfficialAppointed):
            must_be_office(said.office)
        self._crew_and_stage()
        if isinstance(said, PenaltyWithdrawn):
            known.must_stand(said.target, PenaltyGiven)
        if isinstance(said, RetirementRetracted):
            known.must_stand(said.target, RetirementReported)
        self.decide(said)

    def _crew_and_stage(self) -> None:
        said, known = self.occurrence, self.known
        number, stage = getattr(said, "number", ""), getattr(said, "stage", "")
        if isinstance(said, CrewEntered):
            known.number_must_be_free(said.number)
        elif number:
            known.must_be_entered(number)
        if isinstance(said, StageScheduled):
            known.stage_must_be_new(said.stage)
        elif stage:
            known.stage_must_exist(stage)
        point = getattr(said, "point", "")
        if point and not isinstance(said, WaypointPlaced):
            known.point_must_exist(stage, point)
        control = getattr(said, "control", "")
        if control and not isinstance(said, ControlScheduled):
            known.control_must_exist(control)
