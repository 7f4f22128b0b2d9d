"""Every occurrence that the ledger can hold, one module per group of the sport.

A new occurrence is a class in the module of its group and its name in the list below; `rally
types` documents it from its docstring.
"""

from __future__ import annotations

import functools
import re
from typing import Any, TypeVar, Union, cast

import msgspec

from ledger.errors import NotFound, Unreadable
from ledger.times import Instant
from ledger.vocabulary.amendments import ActAdopted, Corrected, OpeningErased, Voided
from ledger.vocabulary.base import (
    NO_SOURCE,
    TIME_CARD,
    Occurrence,
    Source,
    canonical,
    is_id,
    occurrence_id,
    short_id,
)
from ledger.vocabulary.cards import CardCell, CardsClosed, DiceThrown
from ledger.vocabulary.championship import CrewNominated, CrewRegistered, PointsCarriedIn
from ledger.vocabulary.direction import (
    CrewRepositioned,
    CrewsSeeded,
    DelayAllowanceGranted,
    PenaltyGiven,
    PenaltyWithdrawn,
    RouteDirected,
    SanctionDeclined,
    StageCancelled,
    StageClosed,
    StageDelayed,
    StageInterrupted,
    StageOpened,
    StageReinstated,
    StageResumed,
    StageShortened,
    StageStopped,
    StartPositionChosen,
    TargetTimeChanged,
    TieBreakDisapplied,
    TieSettled,
    TimeCreditGranted,
    TimeCreditRevoked,
)
from ledger.vocabulary.entries import (
    CheckHeld,
    ComponentChanged,
    CrewEntered,
    CrewMemberReplaced,
    CrewReclassified,
    EntryDeclined,
    EntryReceived,
    NumberReallocated,
    StartRefused,
    VehicleMarked,
)
from ledger.vocabulary.judicial import (
    SANCTIONS,
    AppealConfirmed,
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    CompetitionEnded,
    CourtDecisionIssued,
    DeadlineExtended,
    DecisionAcknowledged,
    DecisionIssued,
    DecisionNotified,
    DecisionRescinded,
    Effect,
    ExecutionResumed,
    ExecutionSuspended,
    ExhibitBound,
    HearingHeld,
    Moved,
    PrizeGivingSet,
    ProtestDecided,
    ProtestLodged,
    ProtestWithdrawn,
    ReportFiled,
    ReviewDecided,
    ReviewPetitioned,
    Seen,
    SummonsIssued,
    SupersedingDetermined,
    SuspensionActivated,
    SuspensionLapsed,
)
from ledger.vocabulary.keys import ActsSigned, KeyRegistered, KeyReportedLost, KeyRevoked
from ledger.vocabulary.participation import (
    CrewDisqualified,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    FitnessDecided,
    MovedOutsideClassification,
    RestartDecided,
    RestartRequested,
    RetirementReported,
    RetirementRetracted,
    StageNotFinished,
)
from ledger.vocabulary.proofs import CheckpointKept, ProofKept, TimeStampTaken
from ledger.vocabulary.publication import (
    SHEETS,
    ClassificationPublished,
    DocumentDrawnUp,
    DocumentPosted,
    DocumentSigned,
    PublicationWithdrawn,
    ResultsQualified,
    StartOrderAmended,
    StartOrderPublished,
    StartSlot,
)
from ledger.vocabulary.rally import (
    BulletinIssued,
    ControlScheduled,
    OfficialAppointed,
    OfficialReplaced,
    RallyConstituted,
    RegulationsAdopted,
    RemarkMade,
    SiteLimited,
    StageScheduled,
    WaypointPlaced,
    ZonePlaced,
)
from ledger.vocabulary.running import (
    ControlPassed,
    FalseStartObserved,
    IncidentReported,
    NeutralisationPassed,
    PassingRecorded,
    RouteOpened,
    SpeedZoneRead,
    StageStarted,
    WaypointMissed,
)
from ledger.vocabulary.sanctions import (
    CrewRelegated,
    FinePaid,
    FineReturned,
    PointsDocked,
    StartPutBack,
)
from ledger.vocabulary.timing import (
    ClockOffsetDeclared,
    SourceDeclaredUnreliable,
    StageTimeRecorded,
    TimeCardHandled,
    TimeDetermined,
    TimesCarriedIn,
)

Read = TypeVar("Read")

GROUPS: dict[str, tuple[type[Occurrence], ...]] = {
    "rally and itinerary": (
        RallyConstituted,
        RegulationsAdopted,
        BulletinIssued,
        OfficialAppointed,
        OfficialReplaced,
        SiteLimited,
        StageScheduled,
        ControlScheduled,
        WaypointPlaced,
        ZonePlaced,
        RemarkMade,
    ),
    "entries": (
        EntryReceived,
        EntryDeclined,
        CrewEntered,
        NumberReallocated,
        CrewMemberReplaced,
        CrewReclassified,
        CheckHeld,
        VehicleMarked,
        ComponentChanged,
        StartRefused,
        CrewRegistered,
        CrewNominated,
        PointsCarriedIn,
    ),
    "running": (
        ControlPassed,
        StageStarted,
        FalseStartObserved,
        PassingRecorded,
        WaypointMissed,
        SpeedZoneRead,
        NeutralisationPassed,
        RouteOpened,
        IncidentReported,
    ),
    "timing": (
        StageTimeRecorded,
        TimesCarriedIn,
        ClockOffsetDeclared,
        SourceDeclaredUnreliable,
        TimeDetermined,
        TimeCardHandled,
        CardsClosed,
        DiceThrown,
    ),
    "race direction": (
        StageOpened,
        StageDelayed,
        StageShortened,
        StageInterrupted,
        StageResumed,
        StageStopped,
        StageCancelled,
        StageReinstated,
        StageClosed,
        PenaltyGiven,
        PenaltyWithdrawn,
        SanctionDeclined,
        TimeCreditGranted,
        TimeCreditRevoked,
        DelayAllowanceGranted,
        TargetTimeChanged,
        RouteDirected,
        CrewRepositioned,
        CrewsSeeded,
        StartPositionChosen,
        TieBreakDisapplied,
        TieSettled,
    ),
    "participation": (
        RetirementReported,
        RetirementRetracted,
        StageNotFinished,
        RestartRequested,
        RestartDecided,
        CrewRestarted,
        CrewNotStarted,
        CrewWithdrew,
        CrewDisqualified,
        MovedOutsideClassification,
        FitnessDecided,
    ),
    "stewards and courts": (
        ReportFiled,
        SummonsIssued,
        HearingHeld,
        DecisionIssued,
        DecisionNotified,
        DecisionAcknowledged,
        DecisionRescinded,
        SupersedingDetermined,
        SuspensionActivated,
        SuspensionLapsed,
        ProtestLodged,
        ProtestDecided,
        ProtestWithdrawn,
        ReviewPetitioned,
        ReviewDecided,
        AppealIntentionNotified,
        AppealConfirmed,
        AppealLapsed,
        AppealWithdrawn,
        DeadlineExtended,
        CompetitionEnded,
        PrizeGivingSet,
        ExecutionSuspended,
        ExecutionResumed,
        CourtDecisionIssued,
        ExhibitBound,
        FinePaid,
        FineReturned,
        CrewRelegated,
        StartPutBack,
        PointsDocked,
    ),
    "publication": (
        StartOrderPublished,
        StartOrderAmended,
        DocumentDrawnUp,
        DocumentSigned,
        ClassificationPublished,
        PublicationWithdrawn,
        ResultsQualified,
        DocumentPosted,
    ),
    "proofs": (CheckpointKept, ProofKept, TimeStampTaken),
    "amendments": (Corrected, Voided, ActAdopted, OpeningErased),
    "keys and signatures": (KeyRegistered, KeyRevoked, KeyReportedLost, ActsSigned),
}
TAKES_BACK: dict[type[Occurrence], tuple[type[Occurrence], ...]] = {
    PenaltyWithdrawn: (PenaltyGiven,),
    TimeCreditRevoked: (TimeCreditGranted,),
    RetirementRetracted: (RetirementReported,),
    PublicationWithdrawn: SHEETS,
    DecisionRescinded: (DecisionIssued,),
}
"""What takes something back, and what it can take back: that counts as never given or posted."""
_DECIDED = (DecisionIssued, CourtDecisionIssued)
ABOUT: dict[type[Occurrence], tuple[type[Occurrence], ...]] = {
    DecisionNotified: _DECIDED,
    DecisionAcknowledged: _DECIDED,
    SupersedingDetermined: (DecisionIssued,),
    SuspensionActivated: _DECIDED,
    SuspensionLapsed: _DECIDED,
    ProtestDecided: (ProtestLodged,),
    ProtestWithdrawn: (ProtestLodged,),
    ReviewPetitioned: (DecisionIssued,),
    ReviewDecided: (ReviewPetitioned,),
    AppealIntentionNotified: _DECIDED,
    AppealConfirmed: (AppealIntentionNotified,),
    AppealLapsed: (AppealIntentionNotified,),
    AppealWithdrawn: (AppealIntentionNotified,),
    ExecutionSuspended: _DECIDED,
    ExecutionResumed: _DECIDED,
    FinePaid: _DECIDED,
    FineReturned: _DECIDED,
    CourtDecisionIssued: _DECIDED,
    DeadlineExtended: (*_DECIDED, ClassificationPublished, AppealIntentionNotified),
    DocumentSigned: (DocumentDrawnUp,),
    DiceThrown: (CardsClosed,),
}
"""What each step of a case, a signature, and a throw of dice, can be about."""
DECIDABLE: frozenset[type[Occurrence]] = frozenset(
    {
        PenaltyGiven,
        PenaltyWithdrawn,
        TimeCreditGranted,
        TimeCreditRevoked,
        StageTimeRecorded,
        TimeDetermined,
        StageDelayed,
        StageShortened,
        StageStopped,
        StageCancelled,
        StageReinstated,
        DelayAllowanceGranted,
        TargetTimeChanged,
        CrewRepositioned,
        TieBreakDisapplied,
        TieSettled,
        CrewReclassified,
        RestartDecided,
        RetirementRetracted,
        CrewDisqualified,
        MovedOutsideClassification,
        CrewRelegated,
        StartPutBack,
        PointsDocked,
    }
)
"""The acts that may also take place as the effect of a decision, and fall with it."""
ON_TIES = (TieBreakDisapplied, TieSettled)
"""What officials rule on crews that are level."""
PLACING: tuple[type[Occurrence], ...] = (*ON_TIES, CrewRelegated)
"""What orders crews besides their totals: it bears on the places of all."""
TYPES: dict[str, type[Occurrence]] = {
    kind.type_name(): kind for group in GROUPS.values() for kind in group
}
for _name, _kind in TYPES.items():
    _kind.TOPIC = _name  # the stable name, not the module path, is what selectors ask for


@functools.cache
def _decoder(kind: str) -> msgspec.json.Decoder[Occurrence]:
    # A union made from a table is beyond the type checker; the decoder it gives is not.
    union: Any = TYPES[kind] if kind else Union[tuple(TYPES.values())]  # noqa: UP007
    return cast("msgspec.json.Decoder[Occurrence]", msgspec.json.Decoder(union))


def decode(data: bytes, kind: str = "") -> Occurrence:
    """The occurrence that these bytes spell; `kind` is its type, where one only will do.

    Raises:
        Unreadable: not JSON, or not an occurrence of the vocabulary; the message names the field.
    """
    # To make ready for any type takes as long as to read thousands: a command reads far fewer, of
    # few types. Only what is wrong with bytes that name none of them is told by all.
    return _read(_decoder(kind or _type_in(data)), data)


class _Typed(msgspec.Struct):
    type: str


_TYPED = msgspec.json.Decoder(_Typed)


def _type_in(data: bytes) -> str:
    """The type that bytes name, if there is one of that name; "" where there is none."""
    try:
        named = _TYPED.decode(data).type
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return ""
    return named if named in TYPES else ""


class _Recorded(msgspec.Struct):
    recorded_at: Instant


class OfSource(msgspec.Struct, frozen=True):
    """The name of a source, and no more of it."""

    name: str = ""


class Hands(msgspec.Struct, frozen=True):
    """By whose hands something was recorded: of which rally, in which office, where, from what."""

    rally: str
    role: str = ""
    site: str = ""
    source: OfSource = OfSource()


_RECORDED, _HANDS = msgspec.json.Decoder(_Recorded), msgspec.json.Decoder(Hands)


def recorded_at(data: bytes) -> Instant:
    """When the occurrence was put on record that these bytes spell; the rest is not looked at.

    Raises:
        Unreadable: they do not say so.
    """
    return _read(_RECORDED, data).recorded_at


def hands(data: bytes) -> Hands:
    """By whose hands the occurrence was recorded that these bytes spell; likewise.

    Raises:
        Unreadable: they do not say so.
    """
    return _read(_HANDS, data)


def _read(decoder: msgspec.json.Decoder[Read], data: bytes) -> Read:
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Unreadable(
            f"Not an occurrence: {plainly(error)}.", hint="`rally types` lists them."
        ) from None


_PLAIN = (
    (r"Object missing required field `(\w+)`", r"the field \1 is missing"),
    (r"Object contains unknown field `(\w+)`", r"there is no field \1"),
    (r"[Ee]xpected `int \| null`", "expected a whole number"),
    (r"[Ee]xpected `int`", "expected a whole number"),
    (r"[Ee]xpected `str` matching regex '\^-\?\\+d.*?'", "expected a figure (12 or 12.5)"),
    (r"[Ee]xpected `str` matching regex '.*'", "expected a text without spaces around it"),
    (r"[Ee]xpected `str`", "expected a text"),
    (r"[Ee]xpected `bool`", "expected yes or no (true, false)"),
    (r", got `\w+`", ""),
    (r" - at `\$\.(\w+)[^`]*`", r" in \1"),
)


def plainly(error: Exception) -> str:
    """A complaint of the decoder in the words of people."""
    said = str(error)
    for pattern, words in _PLAIN:
        said = re.sub(pattern, words, said)
    return said


def build(kind: type[Occurrence], fields: dict[str, Any]) -> Occurrence:
    """An occurrence from field values by their names in JSON, checked as strictly as on reading.

    Raises:
        Unreadable: a field is unknown, missing or of the wrong kind.
    """
    try:
        return msgspec.convert({**fields, "type": kind.type_name()}, kind)
    except (msgspec.ValidationError, ValueError) as error:
        raise Unreadable(
            f"{kind.type_name()}: {plainly(error)}.",
            hint=f"`rally types {kind.type_name()}` shows its fields.",
        ) from None


def type_named(name: str) -> type[Occurrence]:
    """The type of that name, in any case of letters.

    Raises:
        NotFound: there is none; the hint lists those that sound alike.
    """
    folded = {known.casefold(): kind for known, kind in TYPES.items()}
    if name.casefold() in folded:
        return folded[name.casefold()]
    import difflib

    near = difflib.get_close_matches(name.casefold(), list(folded), cutoff=0.5)
    alike = ", ".join(folded[each].type_name() for each in near)
    raise NotFound(
        f"There is no occurrence {name!r}.",
        hint=f"Did you mean {alike}?" if alike else "`rally types` lists them.",
    )


__all__ = [
    "ABOUT",
    "DECIDABLE",
    "GROUPS",
    "NO_SOURCE",
    "ON_TIES",
    "PLACING",
    "SANCTIONS",
    "TAKES_BACK",
    "TIME_CARD",
    "TYPES",
    "ActAdopted",
    "ActsSigned",
    "AppealConfirmed",
    "AppealIntentionNotified",
    "AppealLapsed",
    "AppealWithdrawn",
    "BulletinIssued",
    "CardCell",
    "CardsClosed",
    "CheckHeld",
    "CheckpointKept",
    "ClassificationPublished",
    "ClockOffsetDeclared",
    "CompetitionEnded",
    "ComponentChanged",
    "ControlPassed",
    "ControlScheduled",
    "Corrected",
    "CourtDecisionIssued",
    "CrewDisqualified",
    "CrewEntered",
    "CrewMemberReplaced",
    "CrewNominated",
    "CrewNotStarted",
    "CrewReclassified",
    "CrewRegistered",
    "CrewRelegated",
    "CrewRepositioned",
    "CrewRestarted",
    "CrewWithdrew",
    "CrewsSeeded",
    "DeadlineExtended",
    "DecisionAcknowledged",
    "DecisionIssued",
    "DecisionNotified",
    "DecisionRescinded",
    "DelayAllowanceGranted",
    "DiceThrown",
    "DocumentDrawnUp",
    "DocumentPosted",
    "DocumentSigned",
    "Effect",
    "EntryDeclined",
    "EntryReceived",
    "ExecutionResumed",
    "ExecutionSuspended",
    "ExhibitBound",
    "FalseStartObserved",
    "FinePaid",
    "FineReturned",
    "FitnessDecided",
    "HearingHeld",
    "IncidentReported",
    "KeyRegistered",
    "KeyReportedLost",
    "KeyRevoked",
    "Moved",
    "MovedOutsideClassification",
    "NeutralisationPassed",
    "NumberReallocated",
    "Occurrence",
    "OfficialAppointed",
    "OfficialReplaced",
    "OpeningErased",
    "PassingRecorded",
    "PenaltyGiven",
    "PenaltyWithdrawn",
    "PointsCarriedIn",
    "PointsDocked",
    "PrizeGivingSet",
    "ProofKept",
    "ProtestDecided",
    "ProtestLodged",
    "ProtestWithdrawn",
    "PublicationWithdrawn",
    "RallyConstituted",
    "RegulationsAdopted",
    "RemarkMade",
    "ReportFiled",
    "RestartDecided",
    "RestartRequested",
    "ResultsQualified",
    "RetirementReported",
    "RetirementRetracted",
    "ReviewDecided",
    "ReviewPetitioned",
    "RouteDirected",
    "RouteOpened",
    "SanctionDeclined",
    "Seen",
    "SiteLimited",
    "Source",
    "SourceDeclaredUnreliable",
    "SpeedZoneRead",
    "StageCancelled",
    "StageClosed",
    "StageDelayed",
    "StageInterrupted",
    "StageNotFinished",
    "StageOpened",
    "StageReinstated",
    "StageResumed",
    "StageScheduled",
    "StageShortened",
    "StageStarted",
    "StageStopped",
    "StageTimeRecorded",
    "StartOrderAmended",
    "StartOrderPublished",
    "StartPositionChosen",
    "StartPutBack",
    "StartRefused",
    "StartSlot",
    "SummonsIssued",
    "SupersedingDetermined",
    "SuspensionActivated",
    "SuspensionLapsed",
    "TargetTimeChanged",
    "TieBreakDisapplied",
    "TieSettled",
    "TimeCardHandled",
    "TimeCreditGranted",
    "TimeCreditRevoked",
    "TimeDetermined",
    "TimeStampTaken",
    "TimesCarriedIn",
    "VehicleMarked",
    "Voided",
    "WaypointMissed",
    "WaypointPlaced",
    "ZonePlaced",
    "build",
    "canonical",
    "decode",
    "is_id",
    "occurrence_id",
    "plainly",
    "short_id",
    "type_named",
]
