"""Which answer reads which occurrence: what it handles, and what it deliberately ignores.

Taking out of a log what an answer is not said to read changes nothing in that answer. A new
occurrence has to be given its line, so none is forgotten.
"""

from __future__ import annotations

from ledger.vocabulary import TYPES, Occurrence

ABOUT_RECORDS = frozenset({"anomalies", "check", "outstanding"})
"""The answers about the records themselves read everything: any record may be a wrong one."""
_PROPOSALS = ABOUT_RECORDS | {"proposals"}
_INCIDENTS = _PROPOSALS | {"incidents", "precedents"}
_PUBLICATIONS = ABOUT_RECORDS | {"publications"}
_START_ORDERS = _PUBLICATIONS | {"start-order", "decisions"}
_SCORING = frozenset({"points", "season"})
_STANDINGS = _PUBLICATIONS | _SCORING | {"standings"}
"""What the register compares with what was posted is read by it as well; points follow."""
_STATUSES = _STANDINGS | {"finishers", "teams"}
_TIME_CARDS = ABOUT_RECORDS | {"time-cards"}
_CARDS = ABOUT_RECORDS | {"cards"}
_RESULTS = (
    _STATUSES
    | _CARDS
    | {"decisions"}
    | _START_ORDERS
    | _TIME_CARDS
    | {"retirements", "penalties", "proposals"}
)
"""What makes times, penalties and participation is read by every answer that rests on them."""
_EVERY = _RESULTS | _INCIDENTS
_REGISTER = ABOUT_RECORDS | {"decisions"}
_DESK = _REGISTER | {"docket", "due", "protest-clock", "precedents"}
"""What lies on the stewards' desk, and what hangs on the notice board with a time running."""
_WAITING = frozenset({"due"})
"""What a tariff prices waits for an office, and what answers it ends that."""
_CLOCKS = frozenset({"due", "protest-clock"})
"""What tells whether a classification may become final knows of its stage."""
_DECISIONS = _EVERY | _DESK
"""What makes a decision count or not is read by every answer that it may bear on."""

READ_BY: dict[str, frozenset[str]] = {
    "RallyConstituted": _EVERY | _DESK,
    "RegulationsAdopted": _EVERY | _DESK,
    "BulletinIssued": _EVERY | _DESK,
    "OfficialAppointed": _EVERY | _DESK,
    "OfficialReplaced": _EVERY | _DESK,
    "SiteLimited": _EVERY | _DESK,
    "StageScheduled": _EVERY | _DESK,
    "ControlScheduled": _EVERY,
    "WaypointPlaced": _EVERY | _WAITING,
    "ZonePlaced": _EVERY | _WAITING,
    "RemarkMade": ABOUT_RECORDS,
    "EntryReceived": ABOUT_RECORDS,
    "EntryDeclined": ABOUT_RECORDS,
    "CrewEntered": _EVERY | _DESK,
    "NumberReallocated": _EVERY | _DESK,
    "CrewMemberReplaced": _EVERY | _DESK,
    "CrewReclassified": _EVERY | _WAITING,
    "CheckHeld": _INCIDENTS,
    "VehicleMarked": ABOUT_RECORDS,
    "ComponentChanged": _PROPOSALS | _WAITING,
    "StartRefused": _EVERY,
    "CrewRegistered": ABOUT_RECORDS | _SCORING,
    "CrewNominated": ABOUT_RECORDS | _SCORING,
    "PointsCarriedIn": ABOUT_RECORDS | {"season"},
    "ControlPassed": _EVERY,
    "StageStarted": _EVERY,
    "FalseStartObserved": _EVERY,
    "PassingRecorded": _EVERY,
    "WaypointMissed": _INCIDENTS | _WAITING,
    "SpeedZoneRead": _INCIDENTS | _WAITING,
    "NeutralisationPassed": _RESULTS,
    "RouteOpened": _RESULTS,
    "IncidentReported": _INCIDENTS,
    "StageTimeRecorded": _EVERY,
    "TimesCarriedIn": _RESULTS,
    "ClockOffsetDeclared": _EVERY,
    "SourceDeclaredUnreliable": _EVERY,
    "TimeDetermined": _EVERY,
    "TimeCardHandled": _TIME_CARDS,
    "CardsClosed": _CARDS,
    "DiceThrown": _CARDS,
    "StageOpened": _EVERY,
    "StageDelayed": _RESULTS,
    "StageShortened": _EVERY | _CLOCKS,
    "StageInterrupted": ABOUT_RECORDS,
    "StageResumed": ABOUT_RECORDS,
    "StageStopped": _EVERY | _CLOCKS,
    "StageCancelled": _EVERY | _CLOCKS,
    "StageReinstated": _EVERY | _CLOCKS,
    "StageClosed": _EVERY | _CLOCKS,
    "PenaltyGiven": _EVERY | _DESK,
    "PenaltyWithdrawn": _EVERY | _DESK,
    "SanctionDeclined": _INCIDENTS | _DESK,
    "TimeCreditGranted": _EVERY,
    "TimeCreditRevoked": _EVERY,
    "DelayAllowanceGranted": _EVERY,
    "TargetTimeChanged": _EVERY,
    "RouteDirected": ABOUT_RECORDS,
    "CrewRepositioned": _START_ORDERS,
    "TieBreakDisapplied": _STANDINGS | {"decisions", "teams"},
    "TieSettled": _STANDINGS | {"decisions", "teams"},
    "CrewsSeeded": _START_ORDERS,
    "StartPositionChosen": _START_ORDERS,
    "RetirementReported": _RESULTS,
    "RetirementRetracted": _RESULTS,
    "StageNotFinished": _RESULTS,
    "RestartRequested": ABOUT_RECORDS,
    "RestartDecided": _RESULTS,
    "CrewRestarted": _RESULTS,
    "CrewNotStarted": _RESULTS,
    "CrewWithdrew": _RESULTS,
    "CrewDisqualified": _EVERY,
    "MovedOutsideClassification": _RESULTS,
    "FitnessDecided": _EVERY,
    "ReportFiled": _INCIDENTS | _DESK,
    "SummonsIssued": _DESK,
    "HearingHeld": _DESK,
    "DecisionIssued": _DECISIONS,
    "DecisionNotified": _DECISIONS,
    "DecisionAcknowledged": _REGISTER,
    "DecisionRescinded": _DECISIONS,
    "SupersedingDetermined": _DECISIONS,
    "SuspensionActivated": _DECISIONS,
    "SuspensionLapsed": _DECISIONS,
    "ProtestLodged": _DESK,
    "ProtestDecided": _DESK,
    "ProtestWithdrawn": _DESK,
    "ReviewPetitioned": _DESK,
    "ReviewDecided": _DESK,
    "AppealIntentionNotified": _DECISIONS,
    "AppealConfirmed": _DECISIONS,
    "AppealLapsed": _DECISIONS,
    "AppealWithdrawn": _DECISIONS,
    "DeadlineExtended": _DECISIONS,
    "CompetitionEnded": _DECISIONS,
    "PrizeGivingSet": _DECISIONS,
    "ExecutionSuspended": _DECISIONS,
    "ExecutionResumed": _DECISIONS,
    "CourtDecisionIssued": _DECISIONS,
    "ExhibitBound": _REGISTER,
    "FinePaid": _REGISTER | {"docket", "due"},
    "FineReturned": _REGISTER | {"docket", "due"},
    "StartPutBack": _START_ORDERS,
    "CrewRelegated": _STANDINGS | {"decisions", "teams"},
    "PointsDocked": _REGISTER | _SCORING,
    "StartOrderPublished": _EVERY,
    "StartOrderAmended": _EVERY,
    "DocumentDrawnUp": ABOUT_RECORDS | {"due"},
    "DocumentSigned": ABOUT_RECORDS | {"due"},
    "ClassificationPublished": _PUBLICATIONS | _DESK,
    "PublicationWithdrawn": _EVERY | _DESK,
    "ResultsQualified": _STANDINGS | _CLOCKS,
    "DocumentPosted": _DECISIONS,
    "CheckpointKept": _EVERY | _DESK,
    "ProofKept": _EVERY | _DESK,
    "TimeStampTaken": _EVERY | _DESK,
    "Corrected": _EVERY | _DESK,
    "Voided": _EVERY | _DESK,
    "ActAdopted": _EVERY | _DESK,
    "OpeningErased": ABOUT_RECORDS,
    "KeyRegistered": _EVERY | _DESK,
    "KeyRevoked": _EVERY | _DESK,
    "KeyReportedLost": _EVERY | _DESK,
    "ActsSigned": _EVERY | _DESK,
}
if READ_BY.keys() != TYPES.keys():
    raise TypeError("every occurrence has answers that read it")


def reads(name: str) -> frozenset[type[Occurrence]]:
    """The types that the answer of this name reads; it ignores the others."""
    return frozenset(TYPES[kind] for kind, readers in READ_BY.items() if name in readers)


TOLD_BY_A_TIMELINE = reads("standings") | reads("points") | reads("season")
"""What a timeline has to hold: what classifications are made of, and what scores in them."""
