"""Laws of who is missing: a timeline tells what a replay of the whole log tells, as it grows."""

from __future__ import annotations

from unittest.mock import patch

from hypothesis import given
from hypothesis import strategies as st

from cli.office.awaited import who_is_missing
from cli.office.timelines import Timelines
from cli.office.view import View
from ledger.log import Log
from ledger.times import Instant
from projections.control.absent import Absent, Place
from projections.state.facts import fold
from projections.state.rally import RallyState
from tests.examples import examples
from tests.laws.answers import sites
from tests.laws.rallies import Rally, rallies
from tests.laws.test_ends import agreeing
from tests.laws.test_timeline import told_crew_by_crew
from tests.laws.words import START
from tests.looked import some_of

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
            asked = places(RallyState(fold(log.read(until=position)).facts()))
            for place in some_of(asked):
                short = _told(log, position, place, len(rally), Timelines())
                assert short == _told(log, position, place, 0, office), place


def _told(log: Log, position: int, place: Place, most: int, office: Timelines) -> Absent:
    with patch("cli.office.view.A_SHORT_LOG", most):
        return who_is_missing(View(log, str(position), timelines=office), place, AT)
