"""One strategy for each occurrence of the vocabulary: plausible, contradictory, incomplete.

Codes and instants come from small pools, so that crews tie, sources conflict, decisions fall on
one instant, and things are reported of crews and stages that the plan does not know.
"""

from __future__ import annotations

from typing import Any, TypeVar

from hypothesis import strategies as st

from ledger.times import Instant
from ledger.vocabulary import (
    TYPES,
    ActAdopted,
    ActsSigned,
    AppealConfirmed,
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    BulletinIssued,
    CardCell,
    CardsClosed,
    CheckHeld,
    CheckpointKept,
    ClassificationPublished,
    ClockOffsetDeclared,
    CompetitionEnded,
    ComponentChanged,
    ControlPassed,
    ControlScheduled,
    Corrected,
    CourtDecisionIssued,
    CrewDisqualified,
    CrewEntered,
    CrewMemberReplaced,
    CrewNominated,
    CrewNotStarted,
    CrewReclassified,
    CrewRegistered,
    CrewRelegated,
    CrewRepositioned,
    CrewRestarted,
    CrewsSeeded,
    CrewWithdrew,
    DeadlineExtended,
    DecisionAcknowledged,
    DecisionIssued,
    DecisionNotified,
    DecisionRescinded,
    DelayAllowanceGranted,
    DiceThrown,
    DocumentDrawnUp,
    DocumentPosted,
    DocumentSigned,
    Effect,
    EntryDeclined,
    EntryReceived,
    ExecutionResumed,
    ExecutionSuspended,
    ExhibitBound,
    FalseStartObserved,
    FinePaid,
    FineReturned,
    FitnessDecided,
    HearingHeld,
    IncidentReported,
    KeyRegistered,
    KeyReportedLost,
    KeyRevoked,
    MovedOutsideClassification,
    NeutralisationPassed,
    NumberReallocated,
    Occurrence,
    OfficialAppointed,
    OfficialReplaced,
    OpeningErased,
    PassingRecorded,
    PenaltyGiven,
    PenaltyWithdrawn,
    PointsCarriedIn,
    PointsDocked,
    PrizeGivingSet,
    ProofKept,
    ProtestDecided,
    ProtestLodged,
    ProtestWithdrawn,
    PublicationWithdrawn,
    RallyConstituted,
    RegulationsAdopted,
    RemarkMade,
    ReportFiled,
    RestartDecided,
    RestartRequested,
    ResultsQualified,
    RetirementReported,
    RetirementRetracted,
    ReviewDecided,
    ReviewPetitioned,
    RouteDirected,
    RouteOpened,
    SanctionDeclined,
    SiteLimited,
    Source,
    SourceDeclaredUnreliable,
    SpeedZoneRead,
    StageCancelled,
    StageClosed,
    StageDelayed,
    StageInterrupted,
    StageNotFinished,
    StageOpened,
    StageReinstated,
    StageResumed,
    StageScheduled,
    StageShortened,
    StageStarted,
    StageStopped,
    StageTimeRecorded,
    StartOrderAmended,
    StartOrderPublished,
    StartPositionChosen,
    StartPutBack,
    StartRefused,
    StartSlot,
    SummonsIssued,
    SupersedingDetermined,
    SuspensionActivated,
    SuspensionLapsed,
    TargetTimeChanged,
    TieBreakDisapplied,
    TieSettled,
    TimeCardHandled,
    TimeCreditGranted,
    TimeCreditRevoked,
    TimeDetermined,
    TimesCarriedIn,
    TimeStampTaken,
    VehicleMarked,
    Voided,
    WaypointMissed,
    WaypointPlaced,
    ZonePlaced,
)
from ledger.vocabulary.rally import LaterRule, ParameterValue
from projections.rules.templates import template

Kind = TypeVar("Kind", bound=Occurrence)

CODE = "steppe-2016"
START = 1_469_000_000_000
MINUTE = 60_000
NUMBERS = ["1", "2", "3", "101", "102"]
STAGES = ["SS1", "SS2", "SS3", "SS4"]
POINTS = ["WP1", "WP2", "ASS"]
ZONES = ["DZ1", "N1"]
CONTROLS = ["TC1", "TC2", "SS2", "TC1A", "TC9", "FINISH"]
CATEGORIES = ["moto", "car"]
RULEBOOKS = ["silk-way-2016", "dakar-2020", "wrc-2019", "cross-country"]
NOBODY = "f" * 64
"""The id of an occurrence that no log holds."""

TIMES = [3_600_000, 0, 3_600_040, 3_600_900, 3_661_000, 3_723_456, 7_200_000]
VARIATIONS: dict[str, list[ParameterValue]] = {
    "timing.counted_precision_ms": [1, 100, 1000],
    "timing.tolerance_ms": [0, 1000],
    "timing.last_point_is_finish": [True, False],
    "controls.lateness_from": ["minute", "second"],
    "start.lateness_from": ["minute", "second"],
    "timing.site_clock": ["applied", "noted"],
    "controls.penalties": ["computed", "given"],
    "shortening.penalties_beyond": ["dropped", "kept"],
    "cancellation.road_penalties": ["keep", "void"],
    "overall.coefficients": [("prologue x 5 for moto",), ("prologue x 3",)],
    "overall.max_time": ["unfinished", "maximum", "ignored"],
    "controls.lateness": ["penalised", "free"],
    "notional.time": ["fastest", "slowest"],
    "stopping.methods": [("notional",), ("last-common-point", "own-average")],
    "overall.removed_by": [(), ("any-retirement",), ("definitive-retirement", "disqualification")],
    "overall.unfinished_stage": ["fixed-penalty", "not-classified", "slowest-plus-penalty"],
    "overall.unfinished_stage_most_ms": [5_400_000, 10**9],
    "overall.unfinished_stage_ms": [7_200_000],
    "overall.unfinished_stage_limit": [1, 2],
    "overall.not_started_stage": ["fixed-penalty", "not-classified", "best-plus-penalty"],
    "overall.outside_in_stage_results": [True, False],
    "appeals.intention_ms": [0, 10 * 60_000],
    "appeals.confirmation_ms": [0, 10 * 60_000],
    "appeals.suspensive": [True, True, False],
    "appeals.not_appealable": [(), ("PenaltyGiven",)],
    "appeals.to_court": [
        "10 min from the first of notification, posting; stewards may extend by 1 h",
        "10 min from end-of-competition",
        "not open",
    ],
    "appeals.confirm_to_court": ["10 min from announcement", "not needed"],
    "appeals.suspends": [
        ("any decision of anybody: after the competition",),
        ("PenaltyGiven of stewards: during the competition", "any decision of clerk: at once"),
    ],
    "start_order.rule": [
        ("overall, first 2 reversed", "race numbers"),
        ("SS2 to SS3: seeding", "previous stage, first 3 choose, restarters first"),
        ("last day for moto: day before, reversed", "overall after the day before, as posted"),
    ],
    "ties.chain": [(), ("stage-times",), ("stage-times-without-super-specials",)],
    "tariffs.waypoints": [
        ("any waypoint, evacuated: 2:00:00", "any waypoint: 1st 0:20:00, from the 2nd 0:40:00"),
        ("wpn: 1:00:00 (art. 9)", "any waypoint for moto: 10 % of the stage time"),
    ],
    "tariffs.speed": [
        ("up to 10 km/h: 0:01:00 an impulse", "2nd zone in the rally: x 2"),
        ("above 5 km/h: 0:10:00 a zone", "at most 0:15:00 in the rally"),
    ],
    "tariffs.components": [("engine: 1st free, from the 2nd 0:50:00",)],
    "tariffs.reports": [("article 9.1: 0:30:00",)],
}

numbers = st.sampled_from(NUMBERS)
maybe_numbers = st.sampled_from(["", *NUMBERS])
stages = st.sampled_from(STAGES)
maybe_stages = st.sampled_from(["", *STAGES])
points = st.sampled_from([*POINTS, "WP9"])
maybe_points = st.sampled_from(["", "WP1", "WP2"])
zones = st.sampled_from(ZONES)
controls = st.sampled_from(["", *CONTROLS])
some_control = st.sampled_from(CONTROLS)
times = st.sampled_from(TIMES)
short_times = st.sampled_from([0, 1, MINUTE, 7 * MINUTE, 40 * MINUTE])
metres = st.none() | st.sampled_from([0, 50_000, 111_000, 411_000])
maybe_category = st.sampled_from(["", "", *CATEGORIES])
categories = st.sampled_from([(), (), ("moto",), ("car",), ("moto", "car"), ("quad",)])
INSTANTS = [
    Instant(START + minutes * MINUTE, offset)
    for minutes in (0, 10, 20, 30, 40, 50, 60)
    for offset in (480, 360)
]
PERHAPS: list[Instant | None] = [*INSTANTS, *[None] * len(INSTANTS)]
instants = st.sampled_from(INSTANTS)
maybe_instants = st.sampled_from(PERHAPS)
ids = st.just(NOBODY)
device_kinds = ["", "official", "organiser", "beam", "gps", "press", "live-timing", "time-card"]
devices = st.sampled_from(["", "", "clock-1"])
sites = st.sampled_from(["", "", "finish"])
SOURCES = [
    Source(kind=kind, name=device, standing=standing)
    for kind in device_kinds
    for device in ("", "", "clock-1")
    for standing in ("", "", "assumed")
]
WHEN = [{"recorded_at": at, "fact_at": fact_at} for at in INSTANTS for fact_at in PERHAPS]
WHENCE = [
    {"source": source, "fact_assumed": assumed}
    for source in SOURCES
    for assumed in (False, False, True)
]
WHO = [
    {"site": site, "by": by, "reason": reason}
    for site in ("", "", "finish")
    for by in ("", "Li", "Anna")
    for reason in ("", "engine")
]
ENVELOPES = st.integers(0, len(WHEN) * len(WHENCE) * len(WHO) - 1)
"""What any occurrence may say besides, as one number: each single choice is what costs."""


def _enveloped(which: int) -> dict[str, Any]:
    which, when = divmod(which, len(WHEN))
    who, whence = divmod(which, len(WHENCE))
    return {"rally": CODE, **WHEN[when], **WHENCE[whence], **WHO[who]}


def either(*strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of these, each as likely as the other, however many kinds it has itself."""
    return st.sampled_from(strategies).flatmap(lambda each: each)


def of(kind: type[Kind], /, **fields: Any) -> st.SearchStrategy[Kind]:
    """Occurrences of one type; a field is a strategy or a value.

    `st.builds` reads the whole type whenever it is made, and laws make such strategies by the way.
    """
    drawn = {name: each for name, each in fields.items() if isinstance(each, st.SearchStrategy)}
    return _said(kind, {name: each for name, each in fields.items() if name not in drawn}, drawn)


@st.composite
def _said(
    draw: st.DrawFn,
    kind: type[Kind],
    given: dict[str, Any],
    drawn: dict[str, st.SearchStrategy[Any]],
) -> Kind:
    found = {name: draw(each) for name, each in drawn.items()}
    return kind(**{**_enveloped(draw(ENVELOPES)), **given, **found})


slots = st.lists(
    st.tuples(numbers, maybe_instants), min_size=1, max_size=4, unique_by=lambda slot: slot[0]
).map(lambda slots: tuple(StartSlot(place, *slot) for place, slot in enumerate(slots, 1)))
varied = either(
    *(
        st.sampled_from([(name, value) for value in values])
        for name, values in sorted(VARIATIONS.items())
    )
)
"""A parameter with another value, each parameter as likely as the other."""
later_rules = st.lists(
    st.tuples(varied, instants).map(
        lambda drawn: LaterRule(drawn[0][0], drawn[0][1], drawn[1], "Art. 9")
    ),
    max_size=2,
).map(tuple)
bulletins = of(
    BulletinIssued,
    bulletin="1",
    parameters=varied.map(lambda drawn: dict([drawn])),
    effective_at=maybe_instants,
    from_stage=maybe_stages,
)
times_taken = of(
    StageTimeRecorded,
    number=numbers,
    stage=stages,
    elapsed_ms=times,
    basis=st.sampled_from(["measured", "measured", "measured", "assessed", "notional"]),
)
penalties = of(
    PenaltyGiven,
    number=numbers,
    amount_ms=st.sampled_from([10_000, 60_000, 3_600_000]),
    stage=maybe_stages,
    control=controls,
    applies_to=st.sampled_from(["stage", "overall", "road"]),
    point=st.sampled_from(["", "", "WP1", "WP2", *ZONES]),
    in_start_order=st.booleans(),
)
cancellations = of(
    StageCancelled,
    stage=stages,
    categories=categories,
    road_penalties=st.sampled_from(["", "keep", "void"]),
)
carried_in = of(TimesCarriedIn, number=numbers, stage=stages, total_ms=times)

RALLY: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    RallyConstituted: of(RallyConstituted, title="The Steppe", timezone="Asia/Almaty"),
    RegulationsAdopted: of(
        RegulationsAdopted,
        rulebook="cross-country",
        parameters=st.just(template("cross-country").parameters),
        later=later_rules,
    ),
    BulletinIssued: bulletins,
    OfficialAppointed: of(OfficialAppointed, office="timekeeper", official="Li"),
    OfficialReplaced: of(OfficialReplaced, office="timekeeper", official="Li", successor="Anna"),
    SiteLimited: of(
        SiteLimited,
        of_site=st.sampled_from(["finish", "tracking"]),
        offices=st.sampled_from([(), ("marshal",), ("timekeeper", "marshal")]),
    ),
    StageScheduled: of(
        StageScheduled,
        stage=stages,
        order=st.integers(1, 4),
        special_m=metres,
        max_time_ms=st.sampled_from([None, 3_600_000]),
        kind=st.sampled_from(["", "super-special", "prologue"]),
        first_start_at=maybe_instants,
    ),
    ControlScheduled: of(
        ControlScheduled,
        fact_at=None,
        control=some_control,
        stage=maybe_stages,
        kind=st.sampled_from(["", "dss", "ass", "ASS"]),
        order=st.integers(0, 3),
        target_ms=st.none() | short_times,
        from_control=controls,
    ),
    WaypointPlaced: of(
        WaypointPlaced,
        fact_at=None,
        stage=stages,
        point=st.sampled_from(POINTS),
        order=st.integers(1, 3),
        category=maybe_category,
        at_m=metres,
        kind=st.sampled_from(["", "wpn", "dss", "ass", "DSS"]),
    ),
    ZonePlaced: of(
        ZonePlaced,
        fact_at=None,
        stage=stages,
        zone=zones,
        kind=st.sampled_from(["speed", "neutralisation"]),
        from_m=metres,
        to_m=metres,
        imposed_ms=st.none() | short_times,
        limit_kmh=st.sampled_from([None, 30]),
        categories=categories,
        from_point=st.sampled_from(["", *POINTS]),
        to_point=st.sampled_from(["", *POINTS]),
    ),
    RemarkMade: of(RemarkMade, text="Dust.", number=maybe_numbers, stage=maybe_stages),
}
ENTRIES: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    EntryReceived: of(EntryReceived, entry="F-1", driver="Another", category=maybe_category),
    EntryDeclined: of(EntryDeclined, entry="F-1", kind=st.sampled_from(["refused", "withdrawn"])),
    CrewEntered: of(
        CrewEntered,
        number=numbers,
        driver=st.sampled_from(["Another", "A third"]),
        category=st.sampled_from(CATEGORIES),
        team=st.sampled_from(["", "Red", "Blue"]),
        trophies=st.sampled_from([(), ("original",)]),
    ),
    NumberReallocated: of(
        NumberReallocated, number=numbers, new_number=st.sampled_from([*NUMBERS, "77"])
    ),
    CrewMemberReplaced: of(CrewMemberReplaced, number=numbers, leaves="Driver 1", joins="A third"),
    CrewReclassified: of(CrewReclassified, number=numbers, category=maybe_category, group="T2"),
    ComponentChanged: of(ComponentChanged, number=numbers, component="engine", stage=maybe_stages),
    CheckHeld: of(
        CheckHeld,
        number=numbers,
        kind=st.sampled_from(["scrutineering", "final"]),
        passed=st.booleans(),
    ),
    VehicleMarked: of(VehicleMarked, number=numbers, part="engine"),
    StartRefused: of(StartRefused, number=numbers),
    CrewRegistered: of(
        CrewRegistered, number=numbers, persons=st.sampled_from([(), ("Driver 1",)])
    ),
    CrewNominated: of(
        CrewNominated,
        number=numbers,
        table=st.sampled_from(["manufacturers", "teams"]),
        name=st.sampled_from(["Red", "Blue"]),
    ),
    PointsCarriedIn: of(
        PointsCarriedIn,
        of_rally="elsewhere",
        table=st.sampled_from(["drivers", "manufacturers"]),
        name=st.sampled_from(["Driver 1", "Red"]),
        points=st.sampled_from(["25", "12.5"]),
        place=st.none() | st.integers(1, 3),
    ),
}
RUNNING: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    ControlPassed: of(
        ControlPassed,
        number=numbers,
        control=some_control,
        stage=maybe_stages,
        due_at=maybe_instants,
    ),
    StageStarted: of(StageStarted, number=numbers, stage=stages, due_at=maybe_instants),
    FalseStartObserved: of(FalseStartObserved, number=numbers, stage=stages, by_ms=1500),
    PassingRecorded: of(
        PassingRecorded,
        number=numbers,
        stage=stages,
        point=st.sampled_from(["", *POINTS, "WP9"]),
        elapsed_ms=st.none() | times,
    ),
    WaypointMissed: of(WaypointMissed, number=numbers, stage=stages, point=points),
    SpeedZoneRead: of(
        SpeedZoneRead,
        number=numbers,
        stage=stages,
        zone=zones,
        impulses=2,
        highest_kmh=20,
        speeds_kmh=st.sampled_from([(), (35, 48)]),
    ),
    NeutralisationPassed: of(
        NeutralisationPassed,
        number=numbers,
        stage=stages,
        zone=zones,
        side=st.sampled_from(["entered", "left"]),
    ),
    RouteOpened: of(
        RouteOpened, number=numbers, stage=stages, rank=st.integers(1, 4), distance_m=100_000
    ),
    IncidentReported: of(
        IncidentReported,
        number=numbers,
        kind=st.sampled_from(["puncture", "accident"]),
        stage=maybe_stages,
        parties=st.sampled_from([(), ("2",)]),
    ),
}
TIMING: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    StageTimeRecorded: times_taken,
    TimesCarriedIn: carried_in,
    ClockOffsetDeclared: of(
        ClockOffsetDeclared,
        ahead_ms=st.sampled_from([7_000, -7_000, MINUTE]),
        kind=st.sampled_from(device_kinds),
        device=devices,
        of_site=sites,
        stage=maybe_stages,
        since_at=maybe_instants,
        until_at=maybe_instants,
    ),
    SourceDeclaredUnreliable: of(
        SourceDeclaredUnreliable,
        kind=st.sampled_from(["beam", "gps"]),
        device=devices,
        of_site=sites,
        stage=maybe_stages,
        until_at=maybe_instants,
    ),
    TimeDetermined: of(TimeDetermined, target=ids),
    CardsClosed: of(
        CardsClosed,
        position=st.integers(0, 50),
        root=NOBODY,
        cells=st.sampled_from(
            [(), (CardCell("1 TC1", NOBODY, (START, None)), CardCell("2 TC1", NOBODY, (START,)))]
        ),
        wanted=st.integers(0, 3),
        stage=maybe_stages,
    ),
    DiceThrown: of(DiceThrown, target=ids, throw=st.sampled_from(["351", "62"])),
    TimeCardHandled: of(
        TimeCardHandled,
        number=numbers,
        kind=st.sampled_from(["submitted", "lost"]),
        stage=maybe_stages,
    ),
}
DIRECTION: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    StageOpened: of(StageOpened, stage=stages),
    StageDelayed: of(StageDelayed, stage=stages, by_ms=MINUTE),
    StageShortened: of(
        StageShortened,
        stage=stages,
        categories=categories,
        point=maybe_points,
        start_point=st.sampled_from(["", "", "WP1"]),
        special_m=metres,
    ),
    StageInterrupted: of(StageInterrupted, stage=stages),
    StageResumed: of(StageResumed, stage=stages),
    StageStopped: of(
        StageStopped,
        stage=stages,
        method=st.sampled_from(["last-common-point", "own-average", "notional"]),
        point=maybe_points,
        categories=categories,
    ),
    StageCancelled: cancellations,
    StageReinstated: of(StageReinstated, stage=stages, categories=categories),
    StageClosed: of(StageClosed, stage=stages),
    PenaltyGiven: penalties,
    PenaltyWithdrawn: of(PenaltyWithdrawn, target=ids, number=numbers, stage=maybe_stages),
    SanctionDeclined: of(
        SanctionDeclined,
        number=numbers,
        stage=maybe_stages,
        tariff=st.sampled_from(["tariffs.waypoints", "tariffs.speed"]),
        evidence=ids.map(lambda each: (each,)),
        proposed_ms=st.sampled_from([None, 900_000]),
    ),
    TimeCreditGranted: of(
        TimeCreditGranted,
        number=numbers,
        stage=stages,
        amount_ms=short_times,
        kind=st.sampled_from(["assistance", "bonus"]),
        helped=st.sampled_from(["", "2"]),
    ),
    TimeCreditRevoked: of(TimeCreditRevoked, target=ids, number=numbers, stage=maybe_stages),
    DelayAllowanceGranted: of(
        DelayAllowanceGranted, number=numbers, control=some_control, amount_ms=short_times
    ),
    TargetTimeChanged: of(
        TargetTimeChanged,
        stage=maybe_stages,
        control=controls,
        target_ms=st.none() | short_times,
        max_time_ms=st.none() | times,
    ),
    RouteDirected: of(RouteDirected, stage=stages, kind="convoy", categories=categories),
    CrewRepositioned: of(CrewRepositioned, number=numbers, stage=stages, place=st.integers(1, 6)),
    TieSettled: of(
        TieSettled,
        numbers=st.lists(numbers, min_size=2, max_size=3, unique=True).map(tuple),
        stage=maybe_stages,
    ),
    CrewsSeeded: of(
        CrewsSeeded,
        numbers=st.lists(numbers, min_size=1, max_size=4).map(tuple),
        stage=maybe_stages,
    ),
    StartPositionChosen: of(
        StartPositionChosen, number=numbers, stage=stages, place=st.integers(1, 6)
    ),
    TieBreakDisapplied: of(
        TieBreakDisapplied,
        numbers=st.lists(numbers, min_size=2, max_size=3, unique=True).map(tuple),
    ),
}
PARTICIPATION: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    RetirementReported: of(
        RetirementReported,
        number=numbers,
        stage=maybe_stages,
        control=controls,
        definitive=st.booleans(),
        cause=st.sampled_from(["", "mechanical"]),
    ),
    RetirementRetracted: of(RetirementRetracted, target=ids, number=numbers, stage=maybe_stages),
    StageNotFinished: of(
        StageNotFinished,
        number=numbers,
        stage=stages,
        kind=st.sampled_from(["overtime", "abandoned"]),
        point=maybe_points,
    ),
    RestartRequested: of(RestartRequested, number=numbers, stage=maybe_stages),
    RestartDecided: of(RestartDecided, number=numbers, stage=maybe_stages, granted=st.booleans()),
    CrewRestarted: of(CrewRestarted, number=numbers, stage=maybe_stages),
    CrewNotStarted: of(CrewNotStarted, number=numbers, stage=maybe_stages),
    CrewWithdrew: of(CrewWithdrew, number=numbers, stage=maybe_stages),
    CrewDisqualified: of(CrewDisqualified, number=numbers, stage=maybe_stages),
    MovedOutsideClassification: of(
        MovedOutsideClassification, number=numbers, stage=maybe_stages, kind="joker"
    ),
    FitnessDecided: of(FitnessDecided, number=numbers, stage=maybe_stages, fit=st.booleans()),
}
_EFFECTS: list[Effect] = [
    Effect("PenaltyGiven", {"amount_ms": 60_000}),
    Effect("PenaltyGiven", {"amount_ms": 3_600_000, "applies_to": "overall"}),
    Effect("PenaltyGiven", {"amount_ms": 10_000, "number": "2", "stage": "SS2"}),
    Effect("CrewDisqualified"),
    Effect("CrewDisqualified", {"number": "3"}, condition="no further breach"),
    Effect(
        "PenaltyGiven",
        {"amount_ms": 120_000},
        condition="no further breach",
        until_at=Instant(START + 30 * MINUTE, 480),
    ),
    Effect("TimeCreditGranted", {"amount_ms": 60_000, "kind": "assistance"}),
    Effect("TimeCreditGranted", {"amount_ms": 60_000, "number": "1", "helped": "3"}),
    Effect("TieBreakDisapplied", {"numbers": ("1", "2")}),
    Effect("TieSettled", {"numbers": ("2", "1")}),
    Effect("StageCancelled", {"stage": "SS1"}),
    Effect("StageTimeRecorded", {"elapsed_ms": 3_700_000, "basis": "notional"}),
    Effect("MovedOutsideClassification"),
    Effect("Fine", {"amount": 500, "currency": "EUR"}),
    Effect("Reprimand"),
    Effect("Licence", {"what": "suspended", "name": "Driver 101", "to_at": (0, 0)}),
    Effect("CrewRelegated"),
    Effect("CrewReclassified", {"class": "T2", "stage": "SS2"}),
    Effect("CrewRelegated", {"number": "1", "places": 1}),
    Effect("PointsDocked", {"table": "manufacturers", "points": 7}),
    Effect("PenaltyGiven", {"nonsense": 1}),
    Effect("Banishment"),
]
effects = st.lists(st.sampled_from(_EFFECTS), max_size=2).map(tuple)
decisions = of(
    DecisionIssued,
    series=st.sampled_from(["clerk", "stewards"]),
    decision=st.integers(1, 4),
    number=maybe_numbers,
    stage=maybe_stages,
    effects=effects,
    appealable=st.sampled_from([True, True, True, False]),
    immediate=st.sampled_from([False, False, True]),
    supersedes_from=st.sampled_from(["", "", "SS2"]),
)
court_decisions = of(
    CourtDecisionIssued,
    target=ids,
    number=maybe_numbers,
    outcome=st.sampled_from(
        ["upheld", "quashed", "varied", "quashed", "varied", "inadmissible", "no-jurisdiction"]
    ),
    effects=effects,
)
JUDICIAL: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    ReportFiled: of(
        ReportFiled,
        number=maybe_numbers,
        stage=maybe_stages,
        fact="Dust.",
        evidence=(),
        article=st.sampled_from(["", "9.1"]),
    ),
    SummonsIssued: of(SummonsIssued, number=maybe_numbers, hearing_at=maybe_instants),
    HearingHeld: of(HearingHeld, number=maybe_numbers, present=("Li",)),
    DecisionIssued: decisions,
    DecisionNotified: of(DecisionNotified, target=ids, how=st.sampled_from(["hand", ""])),
    FinePaid: of(FinePaid, target=ids, amount=st.integers(1, 900)),
    FineReturned: of(FineReturned, target=ids, amount=st.integers(1, 900)),
    DecisionAcknowledged: of(DecisionAcknowledged, target=ids, number=maybe_numbers),
    DecisionRescinded: of(DecisionRescinded, target=ids, number=maybe_numbers),
    SupersedingDetermined: of(SupersedingDetermined, target=ids),
    SuspensionActivated: of(SuspensionActivated, target=ids, stage=maybe_stages),
    SuspensionLapsed: of(SuspensionLapsed, target=ids),
    ProtestLodged: of(
        ProtestLodged,
        number=maybe_numbers,
        against=maybe_numbers,
        stage=maybe_stages,
        fee_paid=st.booleans(),
    ),
    ProtestDecided: of(
        ProtestDecided,
        target=ids,
        outcome=st.sampled_from(["admitted", "inadmissible", "upheld", "rejected"]),
    ),
    ProtestWithdrawn: of(ProtestWithdrawn, target=ids),
    ReviewPetitioned: of(ReviewPetitioned, target=ids, new_element="a photo"),
    ReviewDecided: of(
        ReviewDecided,
        target=ids,
        outcome=st.sampled_from(["admitted", "rejected", "unaltered", "redecided"]),
    ),
    AppealIntentionNotified: of(AppealIntentionNotified, target=ids, number=maybe_numbers),
    AppealConfirmed: of(AppealConfirmed, target=ids),
    AppealLapsed: of(AppealLapsed, target=ids),
    AppealWithdrawn: of(AppealWithdrawn, target=ids),
    DeadlineExtended: of(
        DeadlineExtended,
        target=ids,
        deadline=st.sampled_from(["appeal", "review", "protest", "confirmation"]),
        until_at=instants,
        role=st.sampled_from(["stewards", "stewards", "court"]),
    ),
    CompetitionEnded: of(CompetitionEnded),
    PrizeGivingSet: of(PrizeGivingSet, prizes_at=instants),
    ExecutionSuspended: of(ExecutionSuspended, target=ids),
    ExecutionResumed: of(ExecutionResumed, target=ids),
    CourtDecisionIssued: court_decisions,
    ExhibitBound: of(ExhibitBound, target=ids, digest=NOBODY, title="Time card"),
    StartPutBack: of(StartPutBack, number=numbers, stage=stages, by_ms=short_times),
    CrewRelegated: of(
        CrewRelegated,
        number=numbers,
        places=st.none() | st.integers(1, 3),
        stage=maybe_stages,
        applies_to=st.sampled_from(["overall", "overall", "stage"]),
        only_in=st.sampled_from([(), (), ("joint",), ("category",)]),
    ),
    PointsDocked: of(
        PointsDocked, number=numbers, table="drivers", points=st.none() | st.integers(1, 9)
    ),
}
PUBLICATION: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    StartOrderPublished: of(
        StartOrderPublished, stage=stages, slots=slots, category=maybe_category
    ),
    StartOrderAmended: of(
        StartOrderAmended,
        number=numbers,
        stage=stages,
        place=st.none() | st.integers(1, 4),
        due_at=maybe_instants,
        starts=st.sampled_from([True, True, False]),
    ),
    DocumentDrawnUp: of(
        DocumentDrawnUp, subject=st.sampled_from(["classification", "other"]), title="Results"
    ),
    DocumentSigned: of(DocumentSigned, target=ids),
    ClassificationPublished: of(
        ClassificationPublished,
        document=st.sampled_from(["73", "74"]),
        kind=st.sampled_from(["partial", "final"]),
        scope=stages.map(lambda stage: {"kind": "overall", "after": stage}),
        position=st.integers(0, 9),
        digest=st.sampled_from(["", NOBODY]),
    ),
    PublicationWithdrawn: of(PublicationWithdrawn, target=ids, document="73"),
    ResultsQualified: of(
        ResultsQualified,
        kind="subject-to-appeal",
        number=maybe_numbers,
        stage=maybe_stages,
        ended=st.booleans(),
    ),
    DocumentPosted: of(DocumentPosted, document="75", title="Convoy", stage=maybe_stages),
}
_LOG = f"rally-ledger/{'0' * 16}/{CODE}"
papers = st.sampled_from(
    [
        "no checkpoint",
        *(
            f"{_LOG}/{site}\n{size}\n{root * 43}=\n\n— {_LOG}/{site} AAAAAAA=\n"
            for site, size, root in [("main", 3, "A"), ("main", 3, "E"), ("finish", 3, "E")]
        ),
    ]
)
"""Checkpoints as they are written; of two the roots differ, and a third is of another site."""
PROOFS: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    CheckpointKept: of(CheckpointKept, checkpoint=papers),
    ProofKept: of(ProofKept, target=ids, proof=papers),
    TimeStampTaken: of(TimeStampTaken, of=papers, token="AAAA"),
}
AMENDMENTS: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    Corrected: of(Corrected, target=ids, changes=st.just({"reason": "late"})),
    Voided: of(Voided, target=ids),
    ActAdopted: of(ActAdopted, target=ids),
    OpeningErased: of(OpeningErased, target=ids, fields=("medical",), number=maybe_numbers),
}
FINGERPRINT = "SHA256:LZcH5ApRMT9W3kDhKzbPqNxV7sYmTgJcRfUeQwAoI1E"
PUBLIC = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIB/rBmbQRMfPWb4x7DzB0ZKIHsAdSqySGkTDJdyY0Tbx"
KEYS: dict[type[Occurrence], st.SearchStrategy[Any]] = {
    KeyRegistered: of(KeyRegistered, office=st.sampled_from(["stewards", "organiser"]), key=PUBLIC),
    KeyRevoked: of(KeyRevoked, fingerprint=FINGERPRINT),
    KeyReportedLost: of(KeyReportedLost, fingerprint=FINGERPRINT),
    ActsSigned: of(ActsSigned, targets=(NOBODY,), key=FINGERPRINT, signature="AAAA"),
}
WORDS = {
    **KEYS,
    **RALLY,
    **ENTRIES,
    **RUNNING,
    **TIMING,
    **DIRECTION,
    **PARTICIPATION,
    **JUDICIAL,
    **PUBLICATION,
    **PROOFS,
    **AMENDMENTS,
}
"""A strategy for each type. What takes something back is about something that is not there."""
assert set(WORDS) == set(TYPES.values()), "every occurrence can be drawn"


def one_of(*kinds: type[Occurrence]) -> st.SearchStrategy[Any]:
    """Occurrences of these types."""
    return st.one_of([WORDS[kind] for kind in kinds])
