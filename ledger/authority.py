"""Which office may put which occurrence on record.

What is typed is refused by this table, whatever it is. Of what arrives from elsewhere everything is
recorded, and an act (`Occurrence.nature`) has no effect where this table or what is on record of
officials and sites is against it: see `powers.py`.
"""

from __future__ import annotations

from typing import NamedTuple

from ledger.errors import Refused
from ledger.vocabulary import TYPES, ActAdopted, Corrected, Occurrence, Voided

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
    "organiser": "organises the rally: its regulations, its officials and their keys",
    "competitor": "a competitor or crew",
}

_TIMING = frozenset({"timekeeper", "results-office", "clerk-of-the-course"})
_ROAD = _TIMING | {"marshal", "tracking"}
_DIRECTION = frozenset({"clerk-of-the-course", "stewards"})
_JUDGES = _DIRECTION | {"court"}
_SECRETARIAT = frozenset({"secretary", "clerk-of-the-course", "results-office"})
_DESK = frozenset({"secretary", "stewards", "court"})
"""Who takes in the papers of competitors, and records what comes from a court."""
_ANY_OFFICIAL = frozenset(OFFICES) - {"competitor", "organiser"}
_KEYS = frozenset({"organiser", "secretary", "stewards"})
"""Who says whose key of office is whose."""

MAY_RECORD: dict[str, frozenset[str]] = {
    "RallyConstituted": _SECRETARIAT | {"organiser"},
    "RegulationsAdopted": _SECRETARIAT | {"stewards", "organiser"},
    "BulletinIssued": _SECRETARIAT | {"stewards", "organiser"},
    "OfficialAppointed": _SECRETARIAT | {"stewards", "organiser"},
    "OfficialReplaced": _SECRETARIAT | {"stewards", "organiser"},
    "SiteLimited": _SECRETARIAT | {"stewards", "organiser"},
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
    "CrewRegistered": _SECRETARIAT,
    "CrewNominated": _SECRETARIAT,
    "PointsCarriedIn": _SECRETARIAT,
    "ComponentChanged": _SECRETARIAT | {"scrutineer"},
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
    "CardsClosed": _TIMING,
    "DiceThrown": _ANY_OFFICIAL,
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
    "SanctionDeclined": _JUDGES,
    "TimeCreditGranted": _JUDGES,
    "TimeCreditRevoked": _JUDGES,
    "DelayAllowanceGranted": _DIRECTION | {"marshal"},
    "TargetTimeChanged": _DIRECTION,
    "RouteDirected": _DIRECTION,
    "CrewRepositioned": _DIRECTION,
    "CrewsSeeded": _DIRECTION | {"results-office"},
    "StartPositionChosen": _DIRECTION | {"results-office", "secretary"},
    "TieBreakDisapplied": frozenset({"stewards", "court"}),
    "TieSettled": frozenset({"stewards", "court"}),
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
    "DeadlineExtended": _JUDGES,
    "CompetitionEnded": _DIRECTION | {"secretary"},
    "PrizeGivingSet": _DIRECTION | {"secretary"},
    "ExecutionSuspended": frozenset({"stewards", "court"}),
    "ExecutionResumed": frozenset({"stewards", "court"}),
    "CourtDecisionIssued": frozenset({"court", "secretary"}),
    "ExhibitBound": _ANY_OFFICIAL,
    "FinePaid": _DIRECTION | {"secretary"},
    "FineReturned": _DIRECTION | {"secretary"},
    "StartPutBack": _JUDGES,
    "CrewRelegated": frozenset({"stewards", "court"}),
    "PointsDocked": frozenset({"stewards", "court"}),
    "DocumentDrawnUp": _SECRETARIAT | {"stewards"},
    "DocumentSigned": _ANY_OFFICIAL,
    "StartOrderPublished": _DIRECTION | {"results-office"},
    "StartOrderAmended": _DIRECTION,
    "ClassificationPublished": _DIRECTION | {"results-office"},
    "PublicationWithdrawn": _JUDGES | {"results-office"},
    "ResultsQualified": _JUDGES,
    "DocumentPosted": _SECRETARIAT | {"stewards"},
    "CheckpointKept": frozenset(OFFICES),
    "ProofKept": frozenset(OFFICES),
    "TimeStampTaken": frozenset(OFFICES),
    "Corrected": _ANY_OFFICIAL,
    "Voided": _ANY_OFFICIAL,
    "ActAdopted": _ANY_OFFICIAL,
    "OpeningErased": _SECRETARIAT | {"medical"},
    "KeyRegistered": _KEYS,
    "KeyRevoked": _KEYS,
    "KeyReportedLost": _ANY_OFFICIAL | {"organiser"},
    "ActsSigned": frozenset(OFFICES),
}
assert MAY_RECORD.keys() == TYPES.keys(), "every occurrence has offices that may record it"


DELIVERING = frozenset({"results-office", ""})
"""Who delivers the lines of a declared source: the results office, or a device in no office."""
AMENDING: tuple[type[Occurrence], ...] = (Corrected, Voided, ActAdopted)
"""What is about another record as such, and takes the office that may record it."""
_AMENDS: dict[type[Occurrence], str] = {ActAdopted: "adopt"}


class Refusal(NamedTuple):
    """Why somebody may not record something, and who may.

    `lacks` says in a word what lacks of its signature, where that alone is why: "unsigned".
    """

    why: str
    may: str
    lacks: str = ""

    @property
    def until(self) -> str:
        """What makes it count all the same: who may makes it his own, or signs it."""
        return "signed as the rules ask or adopted" if self.lacks else "adopted"

    def of(self, name: str) -> Refused:
        """That an act of this name has no effect, to whoever would build on it."""
        sign = "`rally sign` signs it, " if self.lacks else ""
        return Refused(
            f"{name} has no effect until it is {self.until}: {self.why}",
            hint=f"{sign}`rally adopt` makes it your own.",
        )


def delivered(said: Occurrence) -> bool:
    """Whether it is a line of a declared source: a report of an act, and nobody's act here."""
    return bool(said.source.seq and said.source.name) and said.role in DELIVERING


def refused_to(
    said: Occurrence, original: Occurrence | None = None, amended: Occurrence | None = None
) -> Refusal | None:
    """Why the office may not record it; None where it may.

    Of what amends another record, `original` is what that is about in the end, and `amended` the
    record that it names: the original, or what was amended of it before. The office whose import
    recorded something may void it; what others amended of it is theirs.
    """
    kind, office = said.type_name(), said.role
    if office not in MAY_RECORD[kind]:
        return Refusal(f"The office {office} may not record {kind}.", _listed(kind))
    if original is None:
        return None
    imported = original.source.name and original.source.seq
    theirs = imported and office == original.role == (amended or original).role
    if theirs and isinstance(said, Voided):
        return None
    about = original.type_name()
    if office not in MAY_RECORD[about]:
        does = _AMENDS.get(type(said), "amend")
        return Refusal(f"The office {office} may not {does} a {about}.", _listed(about))
    return None


def _listed(kind: str) -> str:
    return ", ".join(sorted(MAY_RECORD[kind]))


def must_be_office(office: str) -> None:
    """Refuse an office that the sport does not have.

    Raises:
        Refused: with the offices that there are.
    """
    if office not in OFFICES:
        raise Refused(
            f"There is no office {office!r}.", hint=f"Offices: {', '.join(sorted(OFFICES))}."
        )


def must_be_allowed(
    said: Occurrence, original: Occurrence | None = None, amended: Occurrence | None = None
) -> None:
    """Refuse what an office may not record: see `refused_to`.

    Raises:
        Refused: with the offices that may.
    """
    must_be_office(said.role)
    if (refusal := refused_to(said, original, amended)) is not None:
        raise Refused(refusal.why, hint=f"It is for: {refusal.may}.")
