"""Laws of synthetic rallies: the same for the same seed, believable, as difficult as real ones."""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.commands.simulate import GENERAL
from ledger.amendments import content
from ledger.errors import Usage
from ledger.samples.simulation import NOTHING, Plan, Regulations, Simulated, simulate
from ledger.samples.simulation.plan import DAY, HOUR
from ledger.vocabulary import (
    AppealConfirmed,
    AppealIntentionNotified,
    AppealLapsed,
    BulletinIssued,
    ClockOffsetDeclared,
    Corrected,
    CourtDecisionIssued,
    CrewEntered,
    CrewNotStarted,
    CrewRestarted,
    DecisionIssued,
    DecisionNotified,
    DecisionRescinded,
    Occurrence,
    PassingRecorded,
    PenaltyGiven,
    PenaltyWithdrawn,
    RallyConstituted,
    RetirementReported,
    RetirementRetracted,
    SourceDeclaredUnreliable,
    StageCancelled,
    StageClosed,
    StageOpened,
    StageReinstated,
    StageShortened,
    SuspensionActivated,
    TimeCreditGranted,
    TimeDetermined,
    Voided,
    canonical,
    decode,
)
from projections.desk.decisions import decisions
from projections.results.standings import Scope, standings
from projections.state.contradictions import registered
from projections.state.facts import Fold
from projections.state.rally import RallyState
from projections.state.road import COMPUTED
from tests.examples import examples
from tests.laws.answers import asked, classified, state_of
from tests.laws.rallies import identity
from tests.laws.simulated import plan, plans, simulated, tiny
from tests.looked import some_of

SIZE = {"crews": 60, "stages": 8, "points": 8, "seed": 7}
"""A rally that is large enough for proportions."""


def bytes_of(rally: Iterable[Simulated]) -> list[tuple[bytes, int, str, int]]:
    """All that goes into a log."""
    return [(canonical(o), at, site, number) for o, at, site, number in rally]


def of(rally: Iterable[Simulated], kind: type[Occurrence]) -> list[Simulated]:
    """The records of a type."""
    return [each for each in rally if isinstance(each.occurrence, kind)]


# -- the same --------------------------------------------------------------------------------------


@examples(25)
@given(plans)
def test_the_same_plan_gives_the_same_rally(asked_for: Plan) -> None:
    """Byte for byte; another seed gives another one."""
    rally = bytes_of(simulate(asked_for))

    assert rally == bytes_of(simulate(asked_for))
    other = bytes_of(simulate(asked_for._replace(seed=asked_for.seed + 1)))
    assert set(rally[2:]) != set(other[2:]), "not only by its name"


def test_the_same_on_every_machine() -> None:
    """A rally is known by its seed. When the generator changes, figures of benchmarks do too."""
    rally = simulate(Plan(Regulations("none", NOTHING), 6, 3, 3, seed=1))
    digest = hashlib.sha256(b"\n".join(canonical(each.occurrence) for each in rally))

    assert "1901a81a6e8f9095b0a8" == digest.hexdigest()[:20]


# -- well-formed -----------------------------------------------------------------------------------


@examples(50)
@given(plans)
def test_every_record_is_well_formed(asked_for: Plan) -> None:
    """Each is read as it was written, and its name is that of the rally."""
    for each in some_of(simulate(asked_for)):
        data = canonical(each.occurrence)
        assert each.occurrence == decode(data)
        assert data == canonical(decode(data))
        assert asked_for.rally == each.occurrence.rally


@examples(50)
@given(plans)
def test_records_come_in_when_they_can(asked_for: Plan) -> None:
    """Receipt never goes backwards; nothing comes in before it is on record, or points ahead."""
    latest, known = 0, set[str]()
    numbers: Counter[str] = Counter()
    for occurrence, received_at, site, number in some_of(simulate(asked_for)):
        assert latest <= received_at
        assert occurrence.recorded_at.ms <= received_at
        assert occurrence.site == site
        numbers[site] += 1
        assert number == (numbers[site] if site else 0)
        named = {getattr(occurrence, "target", ""), *getattr(occurrence, "evidence", ())}
        assert named - {""} <= known
        latest = received_at
        assert identity(occurrence) not in known, "no occurrence twice under one id"
        known.add(identity(occurrence))


@examples(25)
@given(plans)
def test_every_answer_can_be_given(asked_for: Plan) -> None:
    """Synthetic rallies leave no rule undefined and break no answer."""
    answers = asked(state_of(each.occurrence for each in simulate(asked_for)))
    for name, answer in some_of(answers.items()):
        assert not (isinstance(answer, dict) and "error" in answer), (name, answer)


@examples(10)
@given(st.integers(0, 1000), st.randoms(use_true_random=False))
def test_the_order_of_arrival_plays_no_part(seed: int, random: Random) -> None:
    """Two copies of a synthetic rally that arrived in different orders agree at the head."""
    rally = tiny(seed)
    shuffled = list(rally)
    random.shuffle(shuffled)

    assert classified(state_of(rally)) == classified(state_of(shuffled))


# -- believable ------------------------------------------------------------------------------------


def test_its_first_record_says_that_it_is_synthetic() -> None:
    """Nobody can take it for a real one, wherever a copy of it ends up."""
    first = simulated()[0].occurrence

    assert isinstance(first, RallyConstituted)
    assert first.title.startswith("Synthetic")
    assert "assumed" == first.source.standing
    assert "synthetic" == first.source.kind
    assert first.source.note.startswith("Synthetic")


def test_much_comes_in_late() -> None:
    """More than 2 % of the records reach the log hours after their fact, some on another day."""
    rally = simulated(**SIZE)
    late = [each.received_at - at.ms for each in rally if (at := each.occurrence.fact_at)]

    assert len([ms for ms in late if ms >= 3 * HOUR]) > len(rally) * 2 // 100
    assert len([ms for ms in late if ms >= DAY]) > len(rally) * 1 // 100
    facts = [each.occurrence.fact_at for each in of(rally, PassingRecorded)]
    assert facts != sorted(facts, key=lambda at: at.ms if at else 0)


def test_some_of_it_is_amended() -> None:
    """At least 0.5 % of the records are corrected or voided, and some corrections are voided."""
    rally = simulated(**SIZE)
    amendments = [*of(rally, Corrected), *of(rally, Voided)]
    targets = [each.occurrence.target for each in amendments]  # type: ignore[attr-defined]
    corrections = {identity(each.occurrence) for each in of(rally, Corrected)}

    assert len(set(targets)) * 1000 >= 5 * len(rally)
    assert corrections & set(targets)


def test_some_of_it_comes_in_twice() -> None:
    """The same line of a source under two ids, from two sites; never two contents for one line."""
    lines = defaultdict(list)
    for each in simulated(**SIZE):
        if each.occurrence.source.seq:
            lines[each.occurrence.source.name, each.occurrence.source.seq].append(each)
    twice = [several for several in lines.values() if len(several) > 1]

    assert len(twice) * 1000 >= 2 * len(simulated(**SIZE))
    for first, *others in twice:
        for other in others:
            assert content(first.occurrence) == content(other.occurrence)
            assert first.occurrence != other.occurrence
            assert first.site != other.site


@pytest.mark.parametrize(
    "kind",
    [
        BulletinIssued,
        ClockOffsetDeclared,
        CrewNotStarted,
        CrewRestarted,
        PenaltyWithdrawn,
        RetirementReported,
        RetirementRetracted,
        SourceDeclaredUnreliable,
        StageReinstated,
        StageShortened,
        TimeCreditGranted,
        TimeDetermined,
    ],
)
def test_what_makes_a_rally_difficult_is_there(kind: type[Occurrence]) -> None:
    """Each of it happens in a rally of moderate size."""
    assert of(simulated(**SIZE), kind)


def test_what_happens_to_its_stages() -> None:
    """One is cancelled for good, another reinstated; one is shortened after some had finished."""
    rally = simulated(**SIZE)
    cancelled = [each.occurrence for each in of(rally, StageCancelled)]
    (reinstated,) = (each.occurrence for each in of(rally, StageReinstated))
    (shortened,) = (each.occurrence for each in of(rally, StageShortened))
    assert isinstance(reinstated, StageReinstated)
    assert isinstance(shortened, StageShortened)
    finished = [
        each.occurrence.fact_at.ms
        for each in of(rally, PassingRecorded)
        if isinstance(each.occurrence, PassingRecorded) and each.occurrence.fact_at
        if (each.occurrence.stage, each.occurrence.point) == (shortened.stage, "ASS")
    ]

    assert 2 == len({getattr(each, "stage", "") for each in cancelled})
    assert reinstated.stage in {getattr(each, "stage", "") for each in cancelled}
    assert shortened.point
    assert shortened.fact_at
    in_time = [ms for ms in finished if ms < shortened.fact_at.ms]
    assert len(finished) // 3 < len(in_time) < len(finished)
    assert SIZE["stages"] == len(of(rally, StageOpened)) == len(of(rally, StageClosed))


def test_penalties_are_of_several_kinds() -> None:
    """For the stage, the overall and the road; some rest on a report."""
    given_ = [each.occurrence for each in of(simulated(**SIZE), PenaltyGiven)]

    assert {"stage", "overall", "road"} == {getattr(each, "applies_to", "") for each in given_}
    assert any(getattr(each, "evidence", ()) for each in given_)


BUSY = {"crews": 200, "stages": 14, "points": 2, "seed": 7}
"""A rally with enough decisions that all befalls one of them that can."""


@pytest.mark.parametrize(
    "kind",
    [
        AppealConfirmed,
        AppealIntentionNotified,
        AppealLapsed,
        CourtDecisionIssued,
        DecisionIssued,
        DecisionNotified,
        DecisionRescinded,
        SuspensionActivated,
    ],
)
def test_what_lies_on_the_desk_of_the_stewards(kind: type[Occurrence]) -> None:
    """Decisions under a number, and what becomes of them."""
    assert of(simulated(**BUSY), kind)


def test_decisions_stand_in_a_register_without_gaps() -> None:
    """Numbered in the order of the log, of several statuses, and nothing about them is amiss.

    None acts on a time or a stage, so that a timeline tells of the whole log.
    """
    rally = simulated(**BUSY)
    state = state_of(each.occurrence for each in rally)
    issued = [each.occurrence for each in of(rally, DecisionIssued)]
    acts = {effect.act for each in rally for effect in getattr(each.occurrence, "effects", ())}

    assert list(range(1, len(issued) + 1)) == [getattr(each, "decision", 0) for each in issued]
    assert {"PenaltyGiven", "CrewDisqualified"} == acts
    assert {"in force", "rescinded"} <= {row.status for row in decisions(state).rows}
    assert not list(registered(state))


def test_crews_have_names_of_several_scripts() -> None:
    """Tables have to be as wide as what a terminal shows."""
    names = "".join(str(getattr(e.occurrence, "driver", "")) for e in simulated(crews=120))

    assert any("а" <= letter <= "я" for letter in names)
    assert any("\u4e00" <= letter <= "\u9fff" for letter in names)
    assert any("a" <= letter <= "z" for letter in names)
    assert 120 == len(
        {getattr(e.occurrence, "number", "") for e in of(simulated(crews=120), CrewEntered)}
    )


@pytest.mark.parametrize("kind", [ClockOffsetDeclared, SourceDeclaredUnreliable])
def test_a_wrong_beam_agrees_with_nobody_until_that_is_declared(kind: type[Occurrence]) -> None:
    """The one that was 7 s ahead, and the one that dust set off: watches and cards tell of both."""
    rally = [each.occurrence for each in simulated(**SIZE)]
    (declared,) = (each for each in rally if isinstance(each, kind))
    assert isinstance(declared, (ClockOffsetDeclared, SourceDeclaredUnreliable))
    stage = Scope("stage", stage=declared.stage)

    def doubtful(state: RallyState) -> int:
        rows = standings(state, stage).rows
        return sum("under-verification" in row.flags for row in rows)

    assert doubtful(state_of(rally)) < 5
    assert doubtful(state_of(each for each in rally if each is not declared)) > 10


@pytest.mark.slow
def test_most_crews_are_classified_at_most_moments() -> None:
    """Trackers are read out when the finishes are in: 80 % of the crews in 80 % of the moments."""
    crews, fold, rows = 60, Fold(), list[int]()
    rally = simulated(crews=crews, stages=4, records=3200, seed=7)
    for position, each in enumerate(rally, 1):
        fold.take(identity(each.occurrence), position, each.occurrence)
        if position % 100 == 0:
            rows.append(len(standings(RallyState(fold.facts())).rows))
    later = rows[len(rows) // 4 :]

    assert len([each for each in later if each * 10 >= crews * 8]) * 10 >= len(later) * 8


# -- cards ---------------------------------------------------------------------------------------


def judged_by_cards(seed: int = 7) -> RallyState:
    """The state of a rally whose rulebook judges time cards, at its end."""
    rally = simulated(**{**SIZE, "seed": seed}, rulebook=GENERAL)
    return state_of(each.occurrence for each in rally)


@pytest.mark.parametrize("seed", [7, 8])
def test_target_times_are_met_early_late_and_missed(seed: int) -> None:
    """Under a rulebook that judges cards everything that it charges happens, and is allowed for."""
    state = judged_by_cards(seed)
    charged = {each.kind for each in state.charges if each.basis == COMPUTED}
    visits = [each for several in state.road.visits.values() for each in several]

    assert charged == {"late", "early", "not-visited", "late-start", "false-start"}
    assert len([v for v in visits if v.verdict == "on time"]) * 10 > len(visits) * 8
    assert all(each.due_ms is not None for each in visits)
    assert any(each.allowance_ms for each in visits)
    stamped = {(each.stage, each.number) for each in visits if each.control.endswith("B")}
    assert state.timed.keys() - stamped, "some cards lack a stamp"


def test_five_in_a_hundred_totals_hold_a_computed_penalty() -> None:
    """After each stage at least so many, so that an answer without them is seen to be wrong."""
    state = judged_by_cards()
    for stage in some_of(state.stages):
        rows = standings(state, Scope(after=stage.stage)).rows
        held = [r for r in rows if _computed_ms(state, r.number, stage.order)]
        assert len(held) * 100 >= len(rows) * 5, stage.stage
        assert all(r.penalty_ms >= _computed_ms(state, r.number, stage.order) for r in held)


def _computed_ms(state: RallyState, number: str, until: int) -> int:
    charges = state.penalties.get(number, ())
    found = [each for each in charges if each.basis == COMPUTED]
    return sum(each.amount_ms for each in found if each.order and each.order <= until)


@pytest.mark.parametrize(
    ("seed", "digest"), [(1, "07b64c88c7c1dcb61969"), (7, "4f711ddea5f36d5a1fb0")]
)
def test_the_rulebook_of_before_makes_the_rally_of_before(seed: int, digest: str) -> None:
    """Judging cards has dice of its own: a seed gives the bytes that it gave without it."""
    rally = simulate(plan(seed=seed))
    found = hashlib.sha256(b"\n".join(canonical(each.occurrence) for each in rally))

    assert digest == found.hexdigest()[:20]


# -- how large -------------------------------------------------------------------------------------


@examples(40)
@given(st.integers(0, 50), st.integers(200, 3000))
def test_a_log_has_as_many_records_as_were_asked_for(seed: int, records: int) -> None:
    """Exactly so many; the points of the stages follow from it."""
    assert records == sum(1 for _ in simulate(plan(6, 3, seed=seed, records=records)))


@pytest.mark.parametrize(
    ("asked_for", "said"),
    [
        (plan(crews=0), "can't have 0 crews"),
        (plan(stages=61), "can't have 61 stages"),
        (plan(points=0), "can't have 0 points"),
        (plan(crews=100, records=200), "make \\d+ records or more"),
        (plan(crews=1, stages=1, records=1_000_000), "make no 1000000 records"),
    ],
)
def test_a_rally_that_can_not_be(asked_for: Plan, said: str) -> None:
    """It is refused before anything is made."""
    with pytest.raises(Usage, match=said):
        simulate(asked_for)
