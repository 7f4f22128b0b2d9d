"""Laws of counting, and of always having an answer."""

from __future__ import annotations

import contextlib
from itertools import product
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.errors import LedgerError, Undefined
from ledger.times import Instant
from ledger.vocabulary import (
    CrewEntered,
    CrewRestarted,
    PenaltyGiven,
    RegulationsAdopted,
    RetirementReported,
    StageScheduled,
    StageTimeRecorded,
)
from projections.registry import PROJECTIONS
from projections.results.finishers import Counts, finishers
from projections.results.standings import Scope, standings
from projections.rules.templates import template
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import asked, folded, state_of
from tests.laws.rallies import Rally, happenings, participation, rallies
from tests.laws.words import CODE, CONTROLS, MINUTE, STAGES, START, carried_in, either, of
from tests.looked import some_of, when

moments = st.none() | st.integers(START - MINUTE, START + 61 * MINUTE)


def _sums(counts: Counts) -> tuple[int, int]:
    """Everybody who was entered, and everybody who started, added up from what became of them."""
    kept = counts.withdrawn + counts.refused + counts.not_started
    out = counts.retired + counts.disqualified + counts.unclassified
    return kept + counts.starters, out + counts.running + counts.finishers


@examples(50)
@given(rallies(about=either(participation, happenings)), moments)
def test_every_crew_is_counted_once_at_every_position(
    rally: Rally, effective_at: int | None
) -> None:
    """Entered are the withdrawn, refused, not started and starters; starters are all the rest.

    It holds at every position of the log and at every moment of the rally, by category and in all.
    """
    # Without regulations there is no answer, so they come first; the order plays no part.
    rally = sorted(rally, key=lambda each: not isinstance(each, RegulationsAdopted))
    adopted = sum(isinstance(each, RegulationsAdopted) for each in rally)

    for position in some_of(range(adopted, len(rally) + 1)):
        state = state_of(rally[:position], effective_at)
        if not when(state.rulebook.name):
            continue
        counted = finishers(state)
        for counts in (*counted.rows, counted.total):
            assert (counts.entered, counts.starters) == _sums(counts)
            assert min(v for v in msgspec.to_builtins(counts).values() if v != counts.category) >= 0
        crews = [each.value.category for each in state.facts.crews.values()]
        assert len(crews) == counted.total.entered
        assert {each: crews.count(each) for each in sorted(set(crews))} == {
            each.category: each.entered for each in counted.rows
        }
        for field in msgspec.structs.fields(Counts)[1:]:
            in_all = getattr(counted.total, field.name)
            assert in_all == sum(getattr(each, field.name) for each in counted.rows)


@examples(50)
@given(rallies(about=either(carried_in, participation, happenings)))
def test_the_standings_and_the_counts_agree(rally: Rally) -> None:
    """Who is classified is a finisher or running; everybody else is counted in another column."""
    state = state_of(rally)
    counted, overall = finishers(state).total, standings(state)

    statuses = [each.status for each in overall.unclassified]
    assert counted.entered == len(overall.rows) + len(statuses)
    assert counted.finishers + counted.running == len(overall.rows) + statuses.count("running")
    for field, status in (("withdrawn",) * 2, ("not_started", "not-started"), ("retired",) * 2):
        assert getattr(counted, field) == statuses.count(status)


# -- an answer to anything -----------------------------------------------------------------------

WILD: dict[str, list[Any]] = {
    "timing.counted_precision_ms": [0, -5, "a second", True, ()],
    "timing.sources": [(), "official", 3, ("official", "official")],
    "timing.tolerance_ms": [-1, "none"],
    "timing.last_point_is_finish": [1, "no"],
    "controls.in_stage": ["(", "TC.*", r"TC(?P<stage>\w*)", r"TC(?P<stage>\d+)?.*", 7, ("TC",)],
    "controls.in_next_stage": ["", r"(?P<stage>.*)", False],
    "overall.removed_by": [("rain",), "disqualification", 1, ()],
    "overall.unfinished_stage": ["half", 1, "fixed-penalty"],
    "overall.unfinished_stage_ms": [-1, "much"],
    "overall.unfinished_stage_limit": [-1, 0, "none", 10**15],
    "ties.chain": ["stage-times", ("lots",), 0],
    "weather": ["dry"],
}


@st.composite
def strange_rallies(draw: st.DrawFn) -> Rally:
    """A rally with odd regulations, none or several, and a stage whose number is zero or shared."""
    rally = draw(rallies(timed=True) | rallies(adopted=None))
    for name in draw(st.lists(st.sampled_from(sorted(WILD)), min_size=1, max_size=2)):
        at = next((i for i, each in enumerate(rally) if isinstance(each, RegulationsAdopted)), None)
        if at is None:
            break
        adopted = rally[at]
        assert isinstance(adopted, RegulationsAdopted)
        parameters = {**adopted.parameters, name: draw(st.sampled_from(WILD[name]))}
        rally[at] = msgspec.structs.replace(adopted, parameters=parameters)
    if draw(st.booleans()):
        rally.append(draw(of(StageScheduled, stage="SS0", order=st.integers(0, 2))))
    if draw(st.sampled_from([False, False, False, True])):
        rally.append(draw(of(RegulationsAdopted, rulebook="none", parameters={})))
    return draw(st.permutations(rally)) if draw(st.booleans()) else rally


@examples(60)
@given(
    strange_rallies(),
    either(st.none(), st.integers(-(10**15), 10**15), st.integers(START, START + 60 * MINUTE)),
)
def test_there_is_an_answer_to_any_log(rally: Rally, effective_at: int | None) -> None:
    """Whatever was recorded, each question gets its answer, or a refusal that says why not."""
    facts = folded(rally).facts(effective_at)
    scopes = [Scope(), Scope(category="moto"), Scope(category="no such"), Scope(crew_class="A")]
    scopes += [Scope(after=stage) for stage in (*STAGES, "SS0", "no such")]
    scopes += [Scope("stage", stage=stage) for stage in (*STAGES, "no such")]
    scopes += [Scope("range", first=a, last=b) for a, b in product(("SS0", *STAGES[:2]), STAGES)]

    for projection in PROJECTIONS.values():
        with contextlib.suppress(LedgerError):
            msgspec.json.encode(projection(RallyState(facts)))
    for scope in scopes:
        with contextlib.suppress(LedgerError):
            msgspec.json.encode(standings(RallyState(facts), scope))


@pytest.mark.parametrize(("name", "value"), [(name, v) for name in WILD for v in WILD[name]])
def test_a_rule_that_makes_no_sense_is_refused(name: str, value: Any) -> None:
    """A parameter of the wrong kind, as other programs may deliver it, is an error and no crash."""
    written = template("silk-way-2016").parameters
    when: dict[str, Any] = {"rally": CODE, "recorded_at": Instant(START, 480)}
    on_stage: dict[str, Any] = {**when, "number": "1", "stage": "SS1"}
    rally: Rally = [
        RegulationsAdopted(**when, rulebook="odd", parameters={**written, name: value}),
        CrewEntered(**when, number="1", driver="Driver 1"),
        *(StageScheduled(**when, stage=stage, order=order) for order, stage in enumerate(STAGES)),
        *(StageTimeRecorded(**on_stage, elapsed_ms=elapsed_ms) for elapsed_ms in (1, 2_000)),
        RetirementReported(**when, number="1", stage="SS2", definitive=False),
        CrewRestarted(**when, number="1"),
        *(PenaltyGiven(**when, number="1", amount_ms=1, control=each) for each in CONTROLS),
    ]

    for answer in some_of(asked(state_of(rally)).values()):
        assert not isinstance(answer, dict) or answer.get("error", "unreadable") == "unreadable"


@examples(50)
@given(rallies(adopted=False))
def test_without_regulations_a_refusal_names_the_missing_rule(rally: Rally) -> None:
    """A rally that adopted no regulations is not judged by silent defaults."""
    for answer in asked(state_of(rally)).values():
        if when(isinstance(answer, dict) and "error" in answer):
            assert Undefined.kind == answer["error"]
            assert "The regulations (none adopted) do not define " in answer["message"]
