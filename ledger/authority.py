"""Which office may put which occurrence on record, when an official types it.

Devices, imports and other sites are not asked: what they deliver is recorded, whatever it says.
Where a rally has appointed holders of an office, only they act in it.
"""

from __future__ import annotations

from ledger.errors import Refused
from ledger.vocabulary import TYPES, Occurrence, Voided

OFFICES: dict[str, str] = {
    "timekeeper": "establishes times and is judge of fact for them",
    "marshal": "runs a control and writes time cards",
    "tracking": "reads out satellite tracking and speed zones",
    "scrutineer": "checks vehicles",
    "medical": "chief medical officer",
    "clerk-of-the-course": "directs the race",
    "stewards": "judge",
    "court": "a court of appeal",
    "secretary": "secretary of the rally: entries, documents",
    "results-office": "enters and publishes results",
    "competitor": "a competitor or crew",
}

_TIMING = frozenset({"timekeeper", "results-office", "clerk-of-the-course"})
_ROAD = _TIMING | {"marshal", "tracking"}
_DIRECTION = frozenset({"clerk-of-the-course", "stewards"})
_JUDGES = _DIRECTION | {"court"}
_SECRETARIAT = frozenset({"secretary", "clerk-of-the-course", "results-office"})
_DESK = frozenset({"secretary", "stewards", "court"})
"""Who takes in the papers of competitors, and records what comes from a court."""
_ANY_OFFICIAL = frozenset(OFFICES) - {"competitor"}

MAY_RECORD: dict[str, frozenset[str]] = {
    "RallyConstituted": _SECRETARIAT,
    "RegulationsAdopted": _SECRETARIAT | {"stewards"},
    "BulletinIssued": _SECRETARIAT | {"stewards"},
    "OfficialAppointed": _SECRETARIAT | {"stewards"},
    "OfficialReplaced": _SECRETARIAT | {"stewards"},
    "StageScheduled": _SECRETARIAT,
    "ControlScheduled": _SECRETARIAT,
    "WaypointPlaced": _SECRETARIAT,
    "ZonePlaced": _SECRETARIAT,
    "RemarkMade": frozenset(OFFICES),
    "EntryReceived": _SECRETARIAT,
    "EntryDeclined": _SECRETARIAT | {"competitor"},
    "CrewEntered": _SECRETARIAT,
    "NumberReallocated": _SECRETARIAT,
    "CrewMemberReplaced": _SECRETARIAT | {"stewards"},
    "CrewReclassified": _SECRETARIAT | {"stewards"},
    "CheckHeld": _SECRETARIAT | {"scrutineer"},
    "VehicleMarked": frozenset({"scrutineer"}),
    "StartRefused": _SECRETARIAT | {"stewards", "scrutineer"},
    "ControlPassed": _ROAD,
    "StageStarted": _ROAD,
    "FalseStartObserved": _ROAD,
    "PassingRecorded": _ROAD,
    "WaypointMissed": _ROAD,
    "SpeedZoneRead": _ROAD,
    "NeutralisationPassed": _ROAD,
    "RouteOpened": _ROAD,
    "IncidentReported": _ANY_OFFICIAL | {"competitor"},
    "StageTimeRecorded": _TIMING | {"stewards"},
    "TimesCarriedIn": _TIMING,
    "ClockOffsetDeclared": _TIMING,
    "SourceDeclaredUnreliable": _TIMING | {"tracking", "stewards"},
    "TimeDetermined": _DIRECTION | {"timekeeper"},
    "TimeCardHandled": _ROAD | {"competitor"},
    "StageOpened": _DIRECTION | {"marshal", "timekeeper"},
    "StageDelayed": _DIRECTION,
    "StageShortened": _DIRECTION,
    "StageInterrupted": _DIRECTION | {"marshal"},
    "StageResumed": _DIRECTION,
    "StageStopped": _DIRECTION,
    "StageCancelled": _DIRECTION,
    "StageReinstated": _JUDGES,
    "StageClosed": _DIRECTION | {"timekeeper"},
    "PenaltyGiven": _JUDGES,
    "PenaltyWithdrawn": _JUDGES,
    "TimeCreditGranted": _JUDGES,
    "TimeCreditRevoked": _JUDGES,
    "DelayAllowanceGranted": _DIRECTION | {"marshal"},
    "TargetTimeChanged": _DIRECTION,
    "RouteDirected": _DIRECTION,
    "CrewRepositioned": _DIRECTION,
    "TieBreakDisapplied": frozenset({"stewards", "court"}),
    "RetirementReported": _ANY_OFFICIAL | {"competitor"},
    "RetirementRetracted": _ANY_OFFICIAL,
    "StageNotFinished": _ROAD | {"stewards"},
    "RestartRequested": _ANY_OFFICIAL | {"competitor"},
    "RestartDecided": _DIRECTION,
    "CrewRestarted": _ANY_OFFICIAL,
    "CrewNotStarted": _ROAD,
    "CrewWithdrew": _SECRETARIAT | {"competitor"},
    "CrewDisqualified": frozenset({"stewards", "court"}),
    "MovedOutsideClassification": _DIRECTION,
    "FitnessDecided": frozenset({"medical"}),
    "ReportFiled": _ANY_OFFICIAL,
    "SummonsIssued": _DIRECTION | {"secretary"},
    "HearingHeld": _DIRECTION | {"secretary"},
    "DecisionIssued": _DIRECTION,
    "DecisionNotified": _DIRECTION | {"secretary"},
    "DecisionAcknowledged": _DESK | {"competitor"},
    "DecisionRescinded": _DIRECTION,
    "SupersedingDetermined": frozenset({"stewards", "court"}),
    "SuspensionActivated": _JUDGES,
    "SuspensionLapsed": _DESK,
    "ProtestLodged": _DESK | {"competitor"},
    "ProtestDecided": frozenset({"stewards", "court"}),
    "ProtestWithdrawn": _DESK | {"competitor"},
    "ReviewPetitioned": _DESK | {"competitor"},
    "ReviewDecided": frozenset({"stewards", "court"}),
    "AppealIntentionNotified": _DESK | {"competitor"},
    "AppealConfirmed": _DESK | {"competitor"},
    "AppealLapsed": _DESK,
    "AppealWithdrawn": _DESK | {"competitor"},
    "ExecutionSuspended": frozenset({"stewards", "court"}),
    "ExecutionResumed": frozenset({"stewards", "court"}),
    "CourtDecisionIssued": frozenset({"court", "secretary"}),
    "ExhibitBound": _ANY_OFFICIAL,
    "DocumentDrawnUp": _SECRETARIAT | {"stewards"},
    "DocumentSigned": _ANY_OFFICIAL,
    "StartOrderPublished": _DIRECTION | {"results-office"},
    "StartOrderAmended": _DIRECTION,
    "ClassificationPublished": _DIRECTION | {"results-office"},
    "PublicationWithdrawn": _JUDGES | {"results-office"},
    "ResultsQualified": _JUDGES,
    "DocumentPosted": _SECRETARIAT | {"stewards"},
    "Corrected": _ANY_OFFICIAL,
    "Voided": _ANY_OFFICIAL,
    "OpeningErased": _SECRETARIAT | {"medical"},
}
assert MAY_RECORD.keys() == TYPES.keys(), "every occurrence has offices that may record it"


def must_be_office(office: str) -> None:
    """Refuse an office that the sport does not have.

    Raises:
        Refused: with the offices that there are.
    """
    if office not in OFFICES:
        raise Refused(
            f"There is no office {office!r}.", hint=f"Offices: {', '.join(sorted(OFFICES))}."
        )


def must_hold_office(occurrence: Occurrence, appointed: frozenset[str]) -> None:
    """Refuse an act of an office that may not do it, or of a person who does not hold the office.

    `appointed` names the holders of that office in this rally; where there are none, the office is
    taken on trust.

    Raises:
        Refused: with the offices that may, or the persons who hold it.
    """
    kind, office = occurrence.type_name(), occurrence.role
    must_be_office(office)
    if office not in MAY_RECORD[kind]:
        raise Refused(
            f"The office {office} may not record {kind}.",
            hint=f"It is for: {', '.join(sorted(MAY_RECORD[kind]))}.",
        )
    if appointed and occurrence.by not in appointed:
        raise Refused(
            f"{occurrence.by or 'Nobody'} is not appointed {office} of this rally.",
            hint=f"Appointed: {', '.join(sorted(appointed))}.",
        )


def must_amend_own_field(
    original: Occurrence, amendment: Occurrence, amended: Occurrence | None = None
) -> None:
    """Refuse a correction or void by an office that could not have recorded the original.

    The office whose import recorded something may void it: `amended`, the original itself or what
    that office amended of it since. What others amended of it is theirs.

    Raises:
        Refused: with the offices that may.
    """
    kind, office = original.type_name(), amendment.role
    delivered = original.source.name and original.source.seq
    theirs = delivered and office == original.role == (amended or original).role
    if theirs and isinstance(amendment, Voided):
        return
    if amendment.role not in MAY_RECORD[kind]:
        raise Refused(
            f"The office {amendment.role} may not amend a {kind}.",
            hint=f"It is for: {', '.join(sorted(MAY_RECORD[kind]))}.",
        )
