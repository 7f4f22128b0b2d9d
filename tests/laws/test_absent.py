"""Laws of who is missing: a timeline tells what a replay of the whole log tells, as it grows."""

from __future__ import annotations

from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.office.awaited import who_is_missing
from cli.office.timelines import Timelines
from cli.office.view import View
from ledger.log import Log
from ledger.times import Instant, parse_instant
from projections.control.absent import Absent, Place
from projections.control.missing import UNREAD, WITHOUT_TIMES, missing
from projections.state.facts import fold
from projections.state.rally import RallyState
from projections.state.whereabouts import Whereabouts
from tests.examples import examples
from tests.laws.answers import sites, state_of
from tests.laws.rallies import Rally, rallies
from tests.laws.test_ends import agreeing
from tests.laws.test_timeline import told_crew_by_crew
from tests.laws.words import START
from tests.looked import some_of
from tests.spec import Case, at

AT = Instant(START + 6 * 3_600_000, 480)


def places(state: RallyState) -> list[Place]:
    """Every place of a rally at which somebody may sit."""
    stages = [each.stage for each in state.stages]
    points = sorted({(stage, code) for stage, _, code in state.points if stage in stages})
    controls = [each for each in state.controls if state.stage_at("", each).stage in stages]
    return [
        *(Place(kind, each) for each in stages for kind in ("start", "finish", "cards")),
        *(Place("point", *each) for each in points),
        *(Place("control", "", each) for each in controls),
    ]


@pytest.mark.slow
@examples(60)
@given(told_crew_by_crew(cards=True) | agreeing() | rallies(), st.data())
def test_of_a_long_log_the_same_are_missing_as_of_a_short_one(
    rally: Rally, data: st.DataObject
) -> None:
    """At every place, asked of one office before and after others appended."""
    with sites() as opened:
        log = opened.log("main", rally)
        office = Timelines(keeps=False)
        middle = data.draw(st.integers(1, len(rally)), label="asked before")
        for position in (middle, len(rally)):
            _same_of_both(log, position, office)


@pytest.mark.parametrize("on", ["", "SS9", "SS1", "SS2"])
@pytest.mark.parametrize("said", ["", "SS9"])
def test_the_control_before_may_be_on_no_stage_of_the_plan(said: str, on: str) -> None:
    """Before the first stage, or on one that was not planned: whoever left it is due all the same.

    Whatever stage the record of it names.
    """
    case = Case("cross-country")
    case.enter("101", "102")
    for order in (1, 2):
        case.record("StageScheduled", at("06:00"), stage=f"SS{order}", order=order, timed=True)
    case.record("ControlScheduled", at("06:00"), control="TC0", stage=on, order=1)
    next_one = {"from_control": "TC0", "target_ms": "0:10:00"}
    case.record("ControlScheduled", at("06:00"), control="TC1", stage="SS2", order=2, **next_one)
    case.record("ControlPassed", at("07:00"), control="TC0", stage=said, number="101")
    with sites() as opened:
        log = opened.log("main", [each for _, each in case.records])
        _same_of_both(log, len(case.records), Timelines(keeps=False))
        due = _told(log, len(case.records), Place("control", "", "TC1"), 0, Timelines()).missing
    assert {"101": parse_instant(at("07:10")).ms}.items() <= {
        each.number: each.since and each.since.ms for each in due
    }.items()


def test_a_card_that_names_another_stage_is_read_with_the_others_of_its_control() -> None:
    """Of two cards of one control the first counts, also where the second names the next stage."""
    case = Case("cross-country")
    case.enter("101")
    case.record("ControlScheduled", at("06:00"), control="TC1", stage="SS1", order=1)
    card = {"control": "TC1", "number": "101"}
    case.record("ControlPassed", at("07:00"), **card, stage="SS1")
    case.record("ControlPassed", at("07:40"), **card, stage="SS2")
    with sites() as opened:
        log = opened.log("main", [each for _, each in case.records])
        _same_of_both(log, len(case.records), Timelines(keeps=False))
        due = _told(log, len(case.records), Place("start", "SS2"), 0, Timelines()).missing
    assert [("101", "due")] == [(each.number, each.why) for each in due]


@examples(60)
@given(told_crew_by_crew(cards=True) | rallies())
def test_what_is_missing_of_a_kind_is_the_same_asked_alone(rally: Rally) -> None:
    """A sheet, a point, a start, a finish, times: none of them rests on what else is asked."""
    state = state_of(rally)
    seen = Whereabouts(state)
    for stage in some_of(state.stages):
        every = [*missing(seen, stage)]
        for kind in some_of((*UNREAD, *WITHOUT_TIMES)):
            alone = [*missing(Whereabouts(state), stage, (kind,))]
            assert [each for each in every if each.kind == kind] == alone


def _same_of_both(log: Log, position: int, office: Timelines) -> None:
    asked = places(RallyState(fold(log.read(until=position)).facts()))
    for place in some_of(asked):
        short = _told(log, position, place, position, Timelines())
        assert short == _told(log, position, place, 0, office), place


def _told(log: Log, position: int, place: Place, most: int, office: Timelines) -> Absent:
    with patch("cli.office.view.A_SHORT_LOG", most):
        return who_is_missing(View(log, str(position), timelines=office), place, AT)
