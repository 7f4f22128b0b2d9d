"""Small rallies of any kind, for the laws: plausible, contradictory, incomplete, delivered twice.

They are made of the words of the vocabulary, each drawn from small pools.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

from ledger.amendments import apply_changes
from ledger.errors import Unreadable
from ledger.times import Instant
from ledger.vocabulary import (
    TAKES_BACK,
    ActAdopted,
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    BulletinIssued,
    CardsClosed,
    CompetitionEnded,
    ControlPassed,
    ControlScheduled,
    Corrected,
    CourtDecisionIssued,
    CrewEntered,
    CrewRestarted,
    DeadlineExtended,
    DecisionIssued,
    DecisionNotified,
    DecisionRescinded,
    DelayAllowanceGranted,
    DiceThrown,
    ExecutionResumed,
    ExecutionSuspended,
    FalseStartObserved,
    Occurrence,
    OfficialAppointed,
    OfficialReplaced,
    OpeningErased,
    PassingRecorded,
    PenaltyGiven,
    RallyConstituted,
    RegulationsAdopted,
    RemarkMade,
    RetirementReported,
    SiteLimited,
    Source,
    SourceDeclaredUnreliable,
    StageCancelled,
    StageReinstated,
    StageScheduled,
    StageStarted,
    StageTimeRecorded,
    StartRefused,
    SupersedingDetermined,
    SuspensionActivated,
    SuspensionLapsed,
    TargetTimeChanged,
    TimeCardHandled,
    TimeDetermined,
    Voided,
    WaypointPlaced,
    ZonePlaced,
    canonical,
    occurrence_id,
)
from ledger.vocabulary import ClockOffsetDeclared as ClockOffset
from ledger.vocabulary.rally import ParameterValue
from projections.rules.templates import template
from tests.laws.words import (
    CATEGORIES,
    CODE,
    CONTROLS,
    DIRECTION,
    ENTRIES,
    JUDICIAL,
    KEYS,
    MINUTE,
    NOBODY,
    NUMBERS,
    PARTICIPATION,
    PROOFS,
    PUBLICATION,
    RULEBOOKS,
    RUNNING,
    STAGES,
    START,
    VARIATIONS,
    WORDS,
    cancellations,
    carried_in,
    categories,
    decisions,
    either,
    instants,
    later_rules,
    maybe_instants,
    maybe_stages,
    metres,
    numbers,
    of,
    one_of,
    penalties,
    some_control,
    stages,
    times,
    times_taken,
)

Kind = TypeVar("Kind", bound=Occurrence)
Rally = list[Occurrence]


def identity(occurrence: Occurrence) -> str:
    """The id of an occurrence."""
    return occurrence_id(canonical(occurrence))


# -- the parts -----------------------------------------------------------------------------------

observations: st.SearchStrategy[Occurrence] = st.one_of(
    times_taken, times_taken, one_of(*RUNNING, RemarkMade, TimeCardHandled)
)
stage_acts: st.SearchStrategy[Occurrence] = st.one_of(
    cancellations,
    cancellations,
    one_of(*(each for each in DIRECTION if each is not PenaltyGiven and each not in TAKES_BACK)),
)
participation = one_of(*(each for each in PARTICIPATION if each not in TAKES_BACK), StartRefused)
clocks = one_of(ClockOffset, SourceDeclaredUnreliable)
desk = one_of(*JUDICIAL)
paperwork = one_of(
    *ENTRIES,
    *(each for each in PUBLICATION if each not in TAKES_BACK),
    *PROOFS,
    BulletinIssued,
    CardsClosed,
    OfficialReplaced,
    SiteLimited,
    *KEYS,
)
happenings: st.SearchStrategy[Occurrence] = either(
    observations, penalties, stage_acts, participation, carried_in, clocks, paperwork, desk
)


# -- the plan ------------------------------------------------------------------------------------


SCORED: dict[str, ParameterValue] = {
    "points.scales": (
        "overall: 25 18 15, below 2, not classified 1",
        "each stage: 5 3, only who is in the final classification, else the next",
    ),
    "points.scorers": "everybody",
    "points.shared_place": "divided",
    "points.manufacturers": "best 2 of those nominated; others are skipped",
    "points.teams": "best 1 of those nominated; others keep their places",
    "season.counting": "best 2",
    "season.ties": ("places",),
}
"""What scores where the rulebook does not say so."""


@st.composite
def regulations(draw: st.DrawFn, *, as_written: bool = False) -> RegulationsAdopted:
    """The rules of one of the rulebooks, as they are written or with some parameters changed."""
    name = draw(st.sampled_from(RULEBOOKS))
    written = template(name)
    # What a rulebook leaves open would be refused as soon as something needs it.
    parameters = SCORED | template("cross-country").parameters | written.parameters
    if not as_written:
        for parameter in draw(st.lists(st.sampled_from(sorted(VARIATIONS)), max_size=4)):
            parameters[parameter] = draw(st.sampled_from(VARIATIONS[parameter]))
    later = draw(st.just(()) | later_rules)
    adopted = draw(of(RegulationsAdopted, rulebook=name, parameters=parameters, later=later))
    return msgspec.structs.replace(adopted, fact_at=draw(st.none() | st.just(adopted.fact_at)))


@st.composite
def plans(draw: st.DrawFn) -> Rally:
    """Two to five crews in one or two categories, one to four stages, controls and waypoints."""
    kinds = CATEGORIES[: draw(st.integers(1, 2))]
    plan: Rally = [
        draw(of(CrewEntered, fact_at=None, number=number, driver=f"Driver {number}", category=kind))
        for number, kind in zip(
            NUMBERS[: draw(st.integers(2, 5))],
            [*kinds, *kinds, *kinds, *kinds, *kinds],
            strict=False,
        )
    ]
    plan += [
        draw(
            of(
                StageScheduled,
                fact_at=None,
                stage=stage,
                order=order,
                timed=st.sampled_from([True, True, True, True, False]),
                precision_ms=st.sampled_from([None, 1, 1000]),
                special_m=metres,
                max_time_ms=st.sampled_from([None, None, 3_600_900]),
                kind=st.sampled_from(["", "", "super-special"]),
                first_start_at=maybe_instants,
            )
        )
        for order, stage in enumerate(STAGES[: draw(st.integers(1, 4))], 1)
    ]
    plan += draw(st.lists(_fittings, max_size=5))
    return plan


@st.composite
def times_of_all(draw: st.DrawFn, plan: Rally) -> Rally:
    """A time of nearly every crew on every stage, as a results office delivers them."""
    crews = [each.number for each in plan if isinstance(each, CrewEntered)]
    scheduled = [each for each in plan if isinstance(each, StageScheduled)]
    slots = [(stage, number) for stage in scheduled for number in dict.fromkeys(crews)]
    taken = draw(st.lists(times, min_size=len(slots), max_size=len(slots)))
    missing = draw(st.just([]) | st.lists(st.sampled_from(slots), max_size=2))
    return [
        StageTimeRecorded(
            rally=CODE,
            recorded_at=Instant(START + stage.order * 10 * MINUTE, 480),
            fact_at=Instant(START + stage.order * 10 * MINUTE, 480),
            source=Source(kind="official"),
            number=number,
            stage=stage.stage,
            elapsed_ms=elapsed_ms,
        )
        for (stage, number), elapsed_ms in zip(slots, taken, strict=True)
        if (stage, number) not in missing
    ]


@st.composite
def stories(draw: st.DrawFn) -> Rally:
    """Things that go together: a crew left a stage and came back, a stage was restored."""
    number, stage = draw(numbers), draw(stages)
    if draw(st.booleans()):
        left = of(RetirementReported, number=number, stage=stage, definitive=False)
        return [draw(left), draw(of(CrewRestarted, number=number, stage=maybe_stages))]
    cancelled = of(StageCancelled, stage=stage, categories=categories)
    return [draw(cancelled), draw(of(StageReinstated, stage=stage, categories=categories))]


CARDS: st.SearchStrategy[Occurrence] = either(
    *[of(ControlPassed, number=numbers, control=some_control, stage=maybe_stages, fact_at=instants)]
    * 5,
    of(ControlPassed, number=numbers, control=some_control, due_at=maybe_instants),
    *[of(StageStarted, number=numbers, stage=stages, fact_at=instants, due_at=maybe_instants)] * 2,
    *[one_of(DelayAllowanceGranted)] * 2,
    times_taken,
    one_of(TargetTimeChanged),
    one_of(FalseStartObserved, PassingRecorded),
)
"""What time cards are judged by, each likely to meet others in one crew."""


@st.composite
def carded(draw: st.DrawFn) -> Rally:
    """Controls with target times, on a stage or from one to the next; who was at them when."""
    kinds = st.sampled_from(["", "", "dss", "ass", "Ass"])
    planned: Rally = [
        draw(
            of(
                ControlScheduled,
                fact_at=None,
                control=control,
                stage=st.sampled_from(["SS1", "SS1", "SS2", ""]),
                kind=kinds,
                order=order,
                target_ms=st.sampled_from([0, 10 * MINUTE, 20 * MINUTE, None]),
                from_control=st.sampled_from(["", "", "", *CONTROLS]),
            )
        )
        for order, control in enumerate(draw(st.permutations(CONTROLS))[:4], 1)
    ]
    return [*planned, *draw(st.lists(CARDS, min_size=8, max_size=24))]


FOLLOWING: tuple[type[Occurrence], ...] = (
    DecisionNotified,
    DecisionRescinded,
    AppealIntentionNotified,
    AppealIntentionNotified,
    AppealLapsed,
    AppealWithdrawn,
    ExecutionSuspended,
    ExecutionResumed,
    CompetitionEnded,
    DeadlineExtended,
    SuspensionActivated,
    SuspensionLapsed,
    CourtDecisionIssued,
    CourtDecisionIssued,
    SupersedingDetermined,
    DecisionIssued,
    DecisionIssued,
)
"""What may follow a decision and bear on whether it counts."""


@st.composite
def followed(draw: st.DrawFn, case: Rally) -> Occurrence:
    """One more step of a case: about one of the decisions, appeals or rulings that are in it."""
    kind = draw(st.sampled_from(FOLLOWING))
    said: Occurrence = draw(WORDS[kind])
    about = ABOUT.get(kind, (DecisionIssued,))
    known = [identity(each) for each in case if isinstance(each, about)]
    if not known:
        return said
    target = draw(st.sampled_from(known))
    if kind is CompetitionEnded:
        return said
    if kind is DecisionIssued:
        return msgspec.structs.replace(said, supersedes=target)
    if kind is SupersedingDetermined:
        heirs = [identity(e) for e in case if isinstance(e, DecisionIssued) and e.supersedes]
        heir = draw(st.sampled_from(["", *heirs]))
        return msgspec.structs.replace(said, target=target, heir=heir)
    return msgspec.structs.replace(said, target=target)


@st.composite
def cases(draw: st.DrawFn, most: int = 6) -> Rally:
    """A case: a decision, and what became of it before stewards and courts."""
    case: Rally = [draw(decisions)]
    for _ in range(draw(st.integers(0, most))):
        case.append(draw(followed(case)))
    return case


_fittings: st.SearchStrategy[Occurrence] = one_of(
    RallyConstituted,
    CrewEntered,
    StageScheduled,
    OfficialAppointed,
    ControlScheduled,
    WaypointPlaced,
    ZonePlaced,
)


# -- what refers to other occurrences ------------------------------------------------------------

CHANGES: list[dict[str, Any]] = [  # their fields in the order in which bytes have them
    {"number": "2"},
    {"number": "77"},
    {"stage": "SS1"},
    {"stage": "SS2"},
    {"stage": None},
    {"elapsed_ms": 3_600_000},
    {"basis": "assessed", "elapsed_ms": 3_700_000},
    {"elapsed_ms": None},
    {"amount_ms": 120_000},
    {"applies_to": "overall"},
    {"definitive": False},
    {"definitive": True, "reason": "gearbox"},
    {"categories": ("moto",)},
    {"categories": None},
    {"category": "moto"},
    {"order": 2},
    {"timed": False},
    {"total_ms": 9_000_000},
    {"point": "WP1"},
    {"new_number": "3"},
    {"method": "own-average"},
    {"granted": False},
    {"fit": True},
    {"ahead_ms": 0},
    {"due_at": (START + 10 * MINUTE, 480)},
    {"fact_at": (START + 30 * MINUTE, 480)},
    {"fact_at": None},
    {"reason": "late"},
]
IMPOSSIBLE: list[dict[str, Any]] = [
    {"by": "Nobody"},
    {"nonsense": 1},
    {"elapsed_ms": -1},
    {"stage": 7},
    {"fact_at": (1,)},
    {"parameters": None},
]


ABOUT: dict[type[Occurrence], tuple[type[Occurrence], ...]] = {
    **TAKES_BACK,
    DiceThrown: (CardsClosed,),
    TimeDetermined: (StageTimeRecorded, PassingRecorded, StageStarted, ControlPassed),
    OpeningErased: (Occurrence,),
    ActAdopted: (Occurrence,),
    DecisionNotified: (DecisionIssued, CourtDecisionIssued),
    SupersedingDetermined: (DecisionIssued,),
    SuspensionActivated: (DecisionIssued, CourtDecisionIssued),
    SuspensionLapsed: (DecisionIssued, CourtDecisionIssued),
    AppealIntentionNotified: (DecisionIssued, CourtDecisionIssued),
    AppealLapsed: (AppealIntentionNotified,),
    AppealWithdrawn: (AppealIntentionNotified,),
    DeadlineExtended: (DecisionIssued, CourtDecisionIssued, AppealIntentionNotified),
    ExecutionSuspended: (DecisionIssued, CourtDecisionIssued),
    ExecutionResumed: (DecisionIssued, CourtDecisionIssued),
    CourtDecisionIssued: (DecisionIssued, CourtDecisionIssued),
}
"""What rules on something, or takes it back, and what that can be."""


def root_of(target: str, held: dict[str, Occurrence]) -> Occurrence | None:
    """The occurrence that a chain of corrections is about; None if the log does not hold it."""
    at = held.get(target)
    while isinstance(at, Corrected):
        at = held.get(at.target)
    return at


def possible_changes(about: Occurrence | None) -> list[dict[str, Any]]:
    """Corrections that name fields which this occurrence has."""
    fields = set(type(about).__struct_encode_fields__) if about else set()
    return [each for each in CHANGES if each.keys() <= fields] or CHANGES


@st.composite
def amendments(draw: st.DrawFn, rally: Rally, *, spare_rules: bool = False) -> Occurrence:
    """A correction, void, withdrawal or retraction: of anything on record, or of nothing there."""
    spared = RegulationsAdopted if spare_rules else ()
    held = {identity(each): each for each in rally if not isinstance(each, spared)}
    kind = draw(st.sampled_from([Corrected, Voided, "back", Corrected, Voided, "back", "back"]))
    if kind == "back":
        kind = draw(st.sampled_from([*ABOUT]))
        found = [each for each, about in held.items() if isinstance(about, ABOUT[kind])]
        target = draw(st.sampled_from([*found, *found, NOBODY]))
        said: Occurrence = draw(WORDS[kind])
        return msgspec.structs.replace(said, target=target)
    amending = [each for each, said in held.items() if isinstance(said, (Corrected, Voided))]
    target = draw(st.sampled_from([*held, *amending, *amending, NOBODY]))
    if kind is Voided:
        return draw(of(Voided, target=target))
    fitting = possible_changes(root_of(target, held))
    changes = draw(st.sampled_from([*fitting, draw(st.sampled_from(IMPOSSIBLE))]))
    return draw(of(Corrected, target=target, changes=changes))


def keyed(occurrence: Kind, name: str, seq: str) -> Kind:
    """The same, told by a line of a source."""
    source = msgspec.structs.replace(occurrence.source, name=name, seq=seq)
    return msgspec.structs.replace(occurrence, source=source)


@st.composite
def told_twice(draw: st.DrawFn, told: Occurrence) -> Occurrence:
    """The same line of a source as another site took it in: equal, or saying something else."""
    again = msgspec.structs.replace(told, recorded_at=draw(instants), by="Another site")
    if told.fact_assumed and told.fact_at:
        again = msgspec.structs.replace(again, fact_at=draw(instants))
    if draw(st.booleans()):
        return again
    try:
        return apply_changes(again, draw(st.sampled_from(possible_changes(told))))
    except Unreadable:
        return msgspec.structs.replace(again, reason="something else")


@st.composite
def contradictions(draw: st.DrawFn, rally: Rally) -> Occurrence:
    """Something on record said once more by somebody else, at the same instant and otherwise."""
    other = msgspec.structs.replace(draw(st.sampled_from(rally)), by="Somebody else")
    if isinstance(other, CrewEntered):
        return msgspec.structs.replace(other, driver="Another")
    if isinstance(other, Corrected):
        return msgspec.structs.replace(other, changes=draw(st.sampled_from(CHANGES)))
    return msgspec.structs.replace(other, reason="otherwise")


@st.composite
def rallies(
    draw: st.DrawFn,
    *,
    adopted: bool | None = True,
    about: st.SearchStrategy[Occurrence] = happenings,
    most: int = 14,
    amended: bool = True,
    twice: bool = True,
    timed: bool | None = None,
    judged: bool = False,
    cards: bool = False,
) -> Rally:
    """A rally: its plan, what happened, and what was said about that later.

    `adopted` says whether regulations are adopted for good (None: perhaps), `amended` whether there
    are corrections, voids, withdrawals and retractions, `twice` whether lines arrive twice, `timed`
    whether nearly every crew has a time on every stage (None: perhaps), `judged` that there is a
    case at the stewards' desk, `cards` that there are controls, and crews that were at them.
    """
    rally = draw(plans())
    if adopted:  # not at a site that may be limited to other offices
        rally.append(msgspec.structs.replace(draw(regulations()), site=""))
    elif adopted is None and draw(st.booleans()):
        rally.append(draw(regulations()))
    if timed or (timed is None and draw(st.booleans())):
        rally += draw(times_of_all(rally))
    # A list of up to so many is seldom longer than a few, and then few things meet in one rally.
    many = draw(st.integers(min(3, most), most))
    rally += draw(st.lists(about, min_size=many, max_size=many))
    if about is happenings and draw(st.booleans()):
        rally += draw(stories())
    if cards:
        rally += draw(carded())
    if judged or (about is happenings and draw(st.booleans())):
        rally += draw(cases())
    if amended:
        for _ in range(draw(st.integers(0, 5))):
            rally.append(draw(amendments(rally, spare_rules=adopted is True)))
        rally += draw(contradictory(rally))
    if twice:
        rally = draw(delivered_twice(rally, spare_rules=adopted is True))
    if amended and twice and draw(st.booleans()):
        rally.append(draw(amendments(rally, spare_rules=adopted is True)))
    return unique(rally)


@st.composite
def contradictory(draw: st.DrawFn, rally: Rally) -> Rally:
    """Corrections that stand side by side, and reports that differ in what they say."""
    corrections: Rally = [each for each in rally if isinstance(each, Corrected)]
    reports = [each for each in rally if _may_clash(each)]
    found: Rally = []
    for _ in range(draw(st.integers(0, 2))):
        found.append(draw(contradictions(corrections or reports)))
        found.append(draw(contradictions(reports)))
    return found


@st.composite
def delivered_twice(draw: st.DrawFn, rally: Rally, *, spare_rules: bool) -> Rally:
    """The rally with a few of its lines taken in at two sites; not what others refer to."""
    rally = list(rally)
    for seq in range(draw(st.integers(0, 3))):
        which = draw(st.integers(0, len(rally) - 1))
        spared = spare_rules and isinstance(rally[which], RegulationsAdopted)
        if not (spared or rally[which].source.name or _is_target(rally[which], rally)):
            rally[which] = keyed(rally[which], "sheet", str(seq))
            rally.append(draw(told_twice(rally[which])))
    return rally


def _may_clash(occurrence: Occurrence) -> bool:
    return not isinstance(occurrence, (Corrected, Voided, RegulationsAdopted, StageTimeRecorded))


def _is_target(occurrence: Occurrence, rally: Rally) -> bool:
    found = identity(occurrence)
    return any(getattr(each, "target", "") == found for each in rally)


def unique(rally: Rally) -> Rally:
    """Each occurrence once, in the order given."""
    return list({identity(each): each for each in rally}.values())
