"""Small rallies of any kind, for the laws: plausible, contradictory, incomplete, delivered twice.

Codes and instants come from small pools, so that crews tie, sources conflict, decisions fall on
one instant, and things are reported of crews and stages that the plan does not know.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st

from ledger.amendments import apply_changes
from ledger.errors import Unreadable
from ledger.times import Instant
from ledger.vocabulary import (
    ControlScheduled,
    Corrected,
    CrewDisqualified,
    CrewEntered,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    IncidentReported,
    Occurrence,
    OfficialAppointed,
    PassingRecorded,
    PenaltyGiven,
    PenaltyWithdrawn,
    RallyConstituted,
    RegulationsAdopted,
    RemarkMade,
    RetirementReported,
    RetirementRetracted,
    Source,
    StageCancelled,
    StageClosed,
    StageDelayed,
    StageInterrupted,
    StageReinstated,
    StageScheduled,
    StageShortened,
    StageStarted,
    StageTimeRecorded,
    StartRefused,
    TimesCarriedIn,
    Voided,
    WaypointPlaced,
    canonical,
    occurrence_id,
)
from ledger.vocabulary.rally import ParameterValue
from projections.rulebook import template

Kind = TypeVar("Kind", bound=Occurrence)
Rally = list[Occurrence]
Drawing = Callable[[st.SearchStrategy[Any]], Any]

CODE = "steppe-2016"
START = 1_469_000_000_000
MINUTE = 60_000
NUMBERS = ["1", "2", "3", "101", "102"]
STAGES = ["SS1", "SS2", "SS3", "SS4"]
POINTS = ["WP1", "WP2", "ASS"]
CONTROLS = ["TC1", "TC2", "SS2", "TC1A", "TC9", "FINISH"]
CATEGORIES = ["moto", "car"]
RULEBOOKS = ["silk-way-2016", "dakar-2020", "wrc-2019"]
NOBODY = "f" * 64
"""The id of an occurrence that no log holds."""

TIMES = [3_600_000, 0, 3_600_040, 3_600_900, 3_661_000, 3_723_456, 7_200_000]
VARIATIONS: dict[str, list[ParameterValue]] = {
    "timing.counted_precision_ms": [1, 100, 1000],
    "timing.tolerance_ms": [0, 1000],
    "timing.last_point_is_finish": [True, False],
    "overall.removed_by": [(), ("any-retirement",), ("definitive-retirement", "disqualification")],
    "overall.unfinished_stage": ["fixed-penalty", "not-classified"],
    "overall.unfinished_stage_ms": [7_200_000],
    "overall.unfinished_stage_limit": [1, 2],
    "ties.chain": [(), ("stage-times",)],
}


def identity(occurrence: Occurrence) -> str:
    """The id of an occurrence."""
    return occurrence_id(canonical(occurrence))


# -- the parts -----------------------------------------------------------------------------------

numbers = st.sampled_from(NUMBERS)
stages = st.sampled_from(STAGES)
maybe_stages = st.sampled_from(["", *STAGES])
controls = st.sampled_from(["", *CONTROLS])
times = st.sampled_from(TIMES)
categories = st.sampled_from([(), (), ("moto",), ("car",), ("moto", "car"), ("quad",)])
instants = st.builds(
    lambda minutes, offset: Instant(START + minutes * MINUTE, offset),
    st.sampled_from([0, 10, 20, 30, 40, 50, 60]),
    st.sampled_from([480, 360]),
)
maybe_instants = st.none() | instants
sources = st.builds(
    Source,
    kind=st.sampled_from(["", "official", "organiser", "beam", "gps", "press", "live-timing"]),
    standing=st.sampled_from(["", "", "assumed"]),
)
ENVELOPE: dict[str, st.SearchStrategy[Any]] = {
    "rally": st.just(CODE),
    "recorded_at": instants,
    "fact_at": maybe_instants,
    "fact_assumed": st.sampled_from([False, False, True]),
    "source": sources,
    "by": st.sampled_from(["", "Li", "Anna"]),
    "reason": st.sampled_from(["", "engine"]),
}


def either(*strategies: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One of these, each as likely as the other, however many kinds it has itself."""
    return st.sampled_from(strategies).flatmap(lambda each: each)


def of(kind: type[Kind], /, **fields: Any) -> st.SearchStrategy[Kind]:
    """Occurrences of one type; a field is a strategy or a value."""
    given = {
        name: value if isinstance(value, st.SearchStrategy) else st.just(value)
        for name, value in fields.items()
    }
    return st.builds(kind, **{**ENVELOPE, **given})


times_taken = of(
    StageTimeRecorded,
    number=numbers,
    stage=stages,
    elapsed_ms=times,
    basis=st.sampled_from(["measured", "measured", "measured", "assessed", "notional"]),
)
observations: st.SearchStrategy[Occurrence] = st.one_of(
    times_taken,
    times_taken,
    of(
        PassingRecorded,
        number=numbers,
        stage=stages,
        point=st.sampled_from(["", *POINTS, "WP9"]),
        elapsed_ms=st.none() | times,
    ),
    of(StageStarted, number=numbers, stage=stages),
    of(IncidentReported, number=numbers, kind="puncture", stage=maybe_stages),
    of(RemarkMade, text="Dust.", number=st.sampled_from(["", *NUMBERS]), stage=maybe_stages),
)
penalties = of(
    PenaltyGiven,
    number=numbers,
    amount_ms=st.sampled_from([10_000, 60_000, 3_600_000]),
    stage=maybe_stages,
    control=controls,
    applies_to=st.sampled_from(["stage", "overall"]),
)
cancellations = of(StageCancelled, stage=stages, categories=categories)
stage_acts: st.SearchStrategy[Occurrence] = st.one_of(
    cancellations,
    cancellations,
    of(
        StageShortened,
        stage=stages,
        categories=categories,
        point=st.sampled_from(["", "WP1", "WP2"]),
    ),
    of(StageReinstated, stage=stages, categories=categories),
    of(StageClosed, stage=stages),
    of(StageDelayed, stage=stages, by_ms=60_000),
    of(StageInterrupted, stage=stages),
)
participation: st.SearchStrategy[Occurrence] = st.one_of(
    of(
        RetirementReported,
        number=numbers,
        stage=maybe_stages,
        control=controls,
        definitive=st.booleans(),
        cause=st.sampled_from(["", "mechanical"]),
    ),
    of(CrewRestarted, number=numbers, stage=maybe_stages),
    of(CrewNotStarted, number=numbers, stage=maybe_stages),
    of(CrewWithdrew, number=numbers, stage=maybe_stages),
    of(CrewDisqualified, number=numbers, stage=maybe_stages),
    of(StartRefused, number=numbers),
)
carried_in = of(TimesCarriedIn, number=numbers, stage=stages, total_ms=times)
happenings: st.SearchStrategy[Occurrence] = either(
    observations, penalties, stage_acts, participation, carried_in
)


# -- the plan ------------------------------------------------------------------------------------


@st.composite
def regulations(draw: st.DrawFn, *, as_written: bool = False) -> RegulationsAdopted:
    """The rules of one of the rulebooks, as they are written or with some parameters changed."""
    name = draw(st.sampled_from(RULEBOOKS))
    written = template(name)
    parameters = dict(written.parameters)
    if not as_written:
        for parameter in draw(st.lists(st.sampled_from(sorted(VARIATIONS)), max_size=4)):
            parameters[parameter] = draw(st.sampled_from(VARIATIONS[parameter]))
    if parameters["overall.unfinished_stage"] == "fixed-penalty":
        parameters.setdefault("overall.unfinished_stage_ms", 7_200_000)
        parameters.setdefault("overall.unfinished_stage_limit", 1)
    adopted = draw(of(RegulationsAdopted, rulebook=name, parameters=parameters))
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
            )
        )
        for order, stage in enumerate(STAGES[: draw(st.integers(1, 4))], 1)
    ]
    plan += draw(st.lists(_fittings, max_size=4))
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


_fittings: st.SearchStrategy[Occurrence] = st.one_of(
    of(RallyConstituted, title="The Steppe", timezone="Asia/Almaty"),
    of(
        CrewEntered,
        number=numbers,
        driver=st.sampled_from(["Another", "A third"]),
        category=st.sampled_from(CATEGORIES),
    ),
    of(StageScheduled, stage=stages, order=st.integers(1, 4)),
    of(OfficialAppointed, office="timekeeper", official="Li"),
    of(ControlScheduled, fact_at=None, control=st.sampled_from(CONTROLS), stage=maybe_stages),
    of(
        WaypointPlaced,
        fact_at=None,
        stage=stages,
        point=st.sampled_from(POINTS),
        order=st.integers(1, 3),
        category=st.sampled_from(["", "", *CATEGORIES]),
    ),
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
    kind = draw(st.sampled_from([Corrected, Corrected, Voided, Voided, "back"]))
    if kind == "back":
        kind = draw(st.sampled_from([PenaltyWithdrawn, RetirementRetracted]))
        about = PenaltyGiven if kind is PenaltyWithdrawn else RetirementReported
        ids = [each for each, said in held.items() if isinstance(said, about)]
        target = draw(st.sampled_from([*ids, *ids, NOBODY]))
        return draw(of(kind, target=target, number=numbers, stage=maybe_stages))
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
) -> Rally:
    """A rally: its plan, what happened, and what was said about that later.

    `adopted` says whether regulations are adopted for good (None: perhaps), `amended` whether there
    are corrections, voids, withdrawals and retractions, `twice` whether lines arrive twice, `timed`
    whether nearly every crew has a time on every stage (None: perhaps).
    """
    rally = draw(plans())
    if adopted or (adopted is None and draw(st.booleans())):
        rally.append(draw(regulations()))
    if timed or (timed is None and draw(st.booleans())):
        rally += draw(times_of_all(rally))
    rally += draw(st.lists(about, min_size=min(3, most), max_size=most))
    if about is happenings and draw(st.booleans()):
        rally += draw(stories())
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
