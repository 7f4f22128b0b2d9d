"""Laws of times: clocks, sources, starts, neutralisations, shortened and stopped stages."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.times import Instant
from ledger.vocabulary import (
    ClockOffsetDeclared,
    ControlPassed,
    ControlScheduled,
    CrewEntered,
    NeutralisationPassed,
    Occurrence,
    PassingRecorded,
    PenaltyGiven,
    RegulationsAdopted,
    Source,
    SourceDeclaredUnreliable,
    StageReinstated,
    StageScheduled,
    StageShortened,
    StageStarted,
    StageStopped,
    StageTimeRecorded,
    TimeCreditGranted,
    TimeCreditRevoked,
    WaypointPlaced,
    ZonePlaced,
)
from projections.rules.templates import template
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import answers_of, classified, state_of, values
from tests.laws.rallies import (
    Rally,
    identity,
    observations,
    plans,
    rallies,
    regulations,
    stage_acts,
    unique,
)
from tests.laws.words import (
    CODE,
    MINUTE,
    NUMBERS,
    POINTS,
    STAGES,
    START,
    WORDS,
    either,
    maybe_stages,
    one_of,
    penalties,
    short_times,
)

READINGS = (ControlPassed, NeutralisationPassed, PassingRecorded, StageStarted)
driven = either(
    one_of(*READINGS),
    one_of(PassingRecorded, StageTimeRecorded),
    observations,
    penalties,
    stage_acts,
    WORDS[ZonePlaced],
)
"""What happens in a rally whose times are told by clocks."""


@st.composite
def clocked(draw: st.DrawFn) -> Rally:
    """A rally in which several clocks saw nearly every crew start and pass points."""
    rally = [*draw(plans()), draw(regulations())]
    crews = dict.fromkeys(each.number for each in rally if isinstance(each, CrewEntered))
    scheduled = dict.fromkeys(each.stage for each in rally if isinstance(each, StageScheduled))
    clock = st.builds(Source, kind=st.sampled_from(["beam", "gps", "hand"]))
    begun, taken = st.sampled_from([0, 10, 20]), st.sampled_from([30, 40, 50, 60])
    for stage in scheduled:
        for number in crews:
            where: dict[str, Any] = {"number": number, "stage": stage}
            at = {kind: draw(each) * MINUTE for kind, each in (("in", begun), ("out", taken))}
            start = _said(StageStarted, at["in"], source=draw(clock), **where)
            points = draw(st.lists(st.sampled_from(["", "", *POINTS]), min_size=1, max_size=2))
            seen = [
                _said(PassingRecorded, at["out"], source=draw(clock), point=point, **where)
                for point in points
            ]
            rally += [start, *seen]
        rally.append(draw(WORDS[ControlPassed]))
    return unique([*rally, *draw(st.lists(driven, max_size=6))])


def _at(ms: int) -> Instant:
    return Instant(START + ms, 480)


def _said(kind: type[Occurrence], ms: int, **fields: Any) -> Any:
    where: dict[str, Any] = {"rally": CODE, "recorded_at": _at(ms), "fact_at": _at(ms)}
    return kind(**{**where, "number": "1", "stage": "SS1", **fields})


def _mapped(rally: Rally, changed: Callable[[Occurrence], Occurrence]) -> Rally:
    return unique([changed(each) for each in rally])


def _measured(state: RallyState) -> dict[tuple[str, str], tuple[int, str]]:
    return {key: (value.time_ms, value.basis) for key, value in state.timing.measured.items()}


def _visits(state: RallyState) -> dict[str, list[tuple[str, int, int | None, int]]]:
    return {
        number: [(v.control, v.actual_ms, v.late_ms, v.penalty_ms) for v in visits]
        for number, visits in state.road.visits.items()
    }


@examples(60)
@given(
    clocked(),
    st.sampled_from(["beam", "gps"]),
    st.integers(-10 * MINUTE, 10 * MINUTE),
    maybe_stages,
    st.sampled_from([15, 45, 99]).map(lambda minute: _at(minute * MINUTE)),
)
def test_a_clock_offset_is_as_if_the_clock_had_been_right(
    rally: Rally, kind: str, ahead_ms: int, stage: str, until: Instant
) -> None:
    """One declaration moves every reading of that clock in its interval, and nothing else.

    It is as if each reading had shown the true instant; declared twice, it is not added up.
    """
    declared = ClockOffsetDeclared(
        rally=CODE, recorded_at=until, kind=kind, stage=stage, ahead_ms=ahead_ms, until_at=until
    )
    rally = [each for each in rally if not isinstance(each, ClockOffsetDeclared)]

    def as_it_was(said: Occurrence) -> Occurrence:
        at, about = said.fact_at, stage in ("", getattr(said, "stage", ""))
        if not isinstance(said, READINGS) or at is None or not about or at.ms > until.ms:
            return said
        true = Instant(at.ms - ahead_ms * (said.source.kind == kind), at.offset)
        return msgspec.structs.replace(said, fact_at=true)

    moved, true = state_of([*rally, declared]), state_of(_mapped(rally, as_it_was))
    assert _measured(true) == _measured(moved)
    assert _visits(true) == _visits(moved)
    again = msgspec.structs.replace(declared, by="Another site")
    assert classified(moved) == classified(state_of([*rally, declared, again]))


@examples(60)
@given(clocked(), st.sampled_from(["beam", "gps"]), maybe_stages)
def test_an_unreliable_source_is_as_if_it_had_said_nothing(
    rally: Rally, kind: str, stage: str
) -> None:
    """What an unreliable source told stays in the log; results are as if it had never spoken."""
    declared = SourceDeclaredUnreliable(
        rally=CODE, recorded_at=Instant(START, 480), kind=kind, stage=stage
    )
    silent = [
        each
        for each in rally
        if not (
            isinstance(each, (*READINGS, StageTimeRecorded))
            and kind == each.source.kind
            and stage in ("", each.stage)
        )
    ]

    assert values(answers_of(silent)) == values(answers_of([*rally, declared]))


@examples(80)
@given(rallies(about=driven, twice=False, timed=True), WORDS[TimeCreditGranted], st.booleans())
def test_a_credit_that_is_revoked_was_never_granted(
    rally: Rally, credit: TimeCreditGranted, revoked: bool
) -> None:
    """Time that was given back shortens the crew's time on that stage alone; revoked, nothing."""
    assume(identity(credit) not in map(identity, rally))
    granted = unique([*rally, credit])
    back = TimeCreditRevoked(rally=CODE, recorded_at=credit.recorded_at, target=identity(credit))

    if revoked:
        never, told = (values(answers_of(each)) for each in (rally, [*granted, back]))
        # That it was given, and revoked, stays disclosed to who asks what was given before.
        never.pop("precedents"), told.pop("precedents")
        assert never == told
        return
    before, after = state_of(rally).timing.measured, state_of(granted).timing.measured
    assert before.keys() == after.keys()
    for key, value in before.items():
        if key == (credit.stage, credit.number) and value.basis not in ("assessed", "notional"):
            assert max(value.time_ms - credit.amount_ms, 0) == after[key].time_ms
        else:
            assert value.time_ms == after[key].time_ms


# -- one stage, timed by the clock ---------------------------------------------------------------


def _stage(**rules: Any) -> Rally:
    """A plan with one stage of 100 km, a point at km 40, and computed penalties."""
    given: dict[str, Any] = {"rally": CODE, "recorded_at": _at(-MINUTE)}
    parameters = template("cross-country").parameters | {"timing.counted_precision_ms": 1, **rules}
    where = {**given, "stage": "SS1"}
    return [
        RegulationsAdopted(**given, rulebook="cross-country", parameters=parameters),
        *(CrewEntered(**given, number=each, driver=f"Driver {each}") for each in NUMBERS),
        StageScheduled(**given, stage="SS1", order=1, special_m=100_000),
        WaypointPlaced(**where, point="WP1", order=1, at_m=40_000),
        WaypointPlaced(**where, point="ASS", order=2, at_m=100_000),
        ControlScheduled(**given, control="DSS1", stage="SS1", kind="dss"),
    ]


def _time(rally: Rally, number: str = "1") -> int:
    return state_of(rally).timing.measured["SS1", number].time_ms


drives = st.integers(30 * MINUTE, 5 * 60 * MINUTE)


@examples(60)
@given(st.integers(-5 * MINUTE, 40 * MINUTE), drives)
def test_time_runs_from_the_official_start(late_ms: int, drive_ms: int) -> None:
    """However late a crew starts, its time runs from the official start.

    It is penalised for each minute by the clock of the control, which does not show seconds.
    """
    drive_ms += max(late_ms, 0)
    started = _said(StageStarted, late_ms, due_at=_at(0))
    finished = _said(PassingRecorded, drive_ms)
    state = state_of([*_stage(), started, finished])
    (charge,) = state.charges or (None,)

    assert drive_ms == state.timing.measured["SS1", "1"].time_ms
    clock = (START + late_ms) // MINUTE - START // MINUTE
    if late_ms > 0 and clock:
        assert charge is not None
        assert (clock * MINUTE, "road", "late-start") == (
            charge.amount_ms,
            charge.applies_to,
            charge.kind,
        )
    else:
        assert charge is None


@examples(60)
@given(
    st.none() | short_times, st.integers(0, 30 * MINUTE), st.integers(0, 90 * MINUTE), st.booleans()
)
def test_a_neutralisation_is_no_part_of_the_time(
    imposed_ms: int | None, stay_ms: int, further_ms: int, elsewhere: bool
) -> None:
    """The time imposed comes off, however long a crew stays; without one, the time it was there.

    Two times of one finish, one from the clock and one net of the neutralisation, do not differ.
    """
    began = 20 * MINUTE
    zone = ZonePlaced(
        rally=CODE,
        recorded_at=_at(0),
        stage="SS2" if elsewhere else "SS1",
        zone="N1",
        kind="neutralisation",
        imposed_ms=imposed_ms,
    )
    finish = began + stay_ms + further_ms
    rally = [
        *_stage(**{"timing.tolerance_ms": 0}),
        zone,
        _said(StageStarted, 0),
        _said(NeutralisationPassed, began, zone="N1", side="entered"),
        _said(NeutralisationPassed, began + stay_ms, zone="N1", side="left"),
        _said(PassingRecorded, finish, source=Source(kind="gps")),
    ]
    off = stay_ms if imposed_ms is None or elsewhere else imposed_ms
    net = max(finish - off, 0)

    assert net == _time(rally)
    if finish >= off:
        taken = _said(StageTimeRecorded, finish, elapsed_ms=net, source=Source(kind="official"))
        value = state_of([*rally, taken]).timing.measured["SS1", "1"]
        assert (net, 0, False) == (value.time_ms, value.spread_ms, value.under_verification)


@examples(60)
@given(
    st.none() | short_times,
    st.integers(0, 30 * MINUTE),
    st.integers(0, 90 * MINUTE),
    st.booleans(),
    st.sampled_from([None, MINUTE, 50 * MINUTE]),
)
def test_a_part_between_two_points_is_no_part_of_the_time(
    imposed_ms: int | None, stay_ms: int, further_ms: int, told: bool, seen_ms: int | None
) -> None:
    """A neutralisation between two points comes off, whoever timed them: a clock, or by how long.

    Who was seen to enter it was in it for as long as it was seen to be.
    """
    began, left = 20 * MINUTE, 20 * MINUTE + stay_ms
    ends: dict[str, Any] = {"from_point": "WP1", "to_point": "WP2"}
    where: dict[str, Any] = {"rally": CODE, "recorded_at": _at(0), "stage": "SS1"}
    zone = ZonePlaced(**where, zone="N1", kind="neutralisation", imposed_ms=imposed_ms, **ends)
    timed = (("WP1", began), ("WP2", left), ("", left + further_ms))
    rally = [
        *_stage(),
        WaypointPlaced(**where, point="WP2", order=2, at_m=50_000),
        _said(StageStarted, 0),
        *(
            _said(PassingRecorded, 0, fact_at=None, point=point, elapsed_ms=ms)
            if told
            else _said(PassingRecorded, ms, point=point)
            for point, ms in timed
        ),
    ]
    if seen_ms is not None:
        rally.append(_said(NeutralisationPassed, began, zone="N1", side="entered"))
        rally.append(_said(NeutralisationPassed, began + seen_ms, zone="N1", side="left"))
        stay_ms = min(seen_ms, left + further_ms - began)
    alone = left + further_ms
    assert max(alone - (stay_ms if seen_ms is not None else 0), 0) == _time(rally)
    off = stay_ms if imposed_ms is None else imposed_ms
    assert max(alone - off, 0) == _time([*rally, zone])
    assert state_of([*rally, zone]).timing.measured["SS1", "1"].spread_ms == 0


@examples(60)
@given(st.lists(st.tuples(drives, st.booleans()), min_size=2, max_size=5), st.sampled_from([0, 1]))
def test_own_average_stretches_the_time_to_the_point(
    crews: list[tuple[int, bool]], beyond: int
) -> None:
    """Who finished keeps the time; each other has the time to km 40 stretched to 100 km, no more.

    It is cut down, never rounded, and who was sooner at the point has the better time.
    """
    rally = _stage()
    expected: dict[str, int] = {}
    for number, (to_point, finished) in zip(NUMBERS, crews, strict=False):
        rally += [_said(StageStarted, 0, number=number)]
        rally += [_said(PassingRecorded, to_point, number=number, point="WP1")]
        expected[number] = to_point * 100_000 // 40_000
        if finished:
            expected[number] = to_point * 2 + beyond
            rally += [_said(PassingRecorded, expected[number], number=number)]
    before = _measured(state_of(rally))
    rally += [_said_of_stage(StageStopped, method="own-average", point="WP1")]
    after = state_of(rally).timing.measured

    assert expected == {number: value.time_ms for (_, number), value in after.items()}
    for (_, number), value in after.items():
        was_measured = ("SS1", number) in before
        assert was_measured == (value.basis == "measured")


def _said_of_stage(kind: type[Occurrence], **fields: Any) -> Any:
    return kind(**{"rally": CODE, "recorded_at": _at(9 * 60 * MINUTE), "stage": "SS1", **fields})


# -- shortened stages ----------------------------------------------------------------------------


@examples(90)
@given(clocked(), st.sampled_from(STAGES[:2]), st.lists(penalties, max_size=3))
def test_a_stage_shortened_to_a_point_ended_there(
    rally: Rally, stage: str, given: list[PenaltyGiven]
) -> None:
    """Shortening to a point is as if the stage had ended there.

    Passings at the point are the finish, what was recorded further on does not exist, and penalties
    for what lies beyond fall away. Times that were allocated stand.
    """
    acts = (StageShortened, StageStopped, StageReinstated, WaypointPlaced)
    assume(any(isinstance(each, StageScheduled) and each.stage == stage for each in rally))
    for_points = zip(given, ["ASS", "WP1", "ASS"], strict=False)
    rally = [
        *rally,
        *(
            msgspec.structs.replace(each, stage=stage, control="", point=point)
            for each, point in for_points
        ),
    ]
    kept = [each for each in rally if not isinstance(each, acts) or each.stage != stage]
    planned = [_placed(stage, "WP1", 1), _placed(stage, "WP2", 2)]
    kept += [*planned, _placed(stage, "ASS", 3)]
    shortened = StageShortened(rally=CODE, recorded_at=_at(0), stage=stage, point="WP2")
    kept = _mapped(kept, _rules_that_drop)

    def as_if(said: Occurrence) -> Occurrence | None:
        if getattr(said, "stage", "") != stage:
            return said
        if isinstance(said, PassingRecorded) and said.point == "WP2":
            return msgspec.structs.replace(said, point="")
        if isinstance(said, PassingRecorded) and said.point in ("", "ASS"):
            return None
        if isinstance(said, StageTimeRecorded) and said.basis == "measured":
            return None
        beyond = isinstance(said, PenaltyGiven) and said.point == "ASS"
        return None if beyond or isinstance(said, WaypointPlaced) else said

    ended = [changed for each in kept if (changed := as_if(each)) is not None]
    ended += planned
    one, other = (
        classified(state_of(unique([*kept, shortened]))),
        classified(state_of(unique(ended))),
    )
    assert one == other


def _placed(stage: str, point: str, order: int) -> WaypointPlaced:
    said: Any = {"rally": CODE, "recorded_at": _at(0), "stage": stage, "order": order}
    # Of a point without a kind official times may tell that the stage ends there.
    return WaypointPlaced(**said, point=point, kind="ass" if point == "ASS" else "wpm")


def _rules_that_drop(said: Occurrence) -> Occurrence:
    if not isinstance(said, RegulationsAdopted):
        return said
    parameters = {**said.parameters, "shortening.penalties_beyond": "dropped"}
    return msgspec.structs.replace(said, parameters=parameters)
