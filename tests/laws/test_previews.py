"""Laws of previews: a timeline shows of an act what a replay of the whole log shows."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.office.desk import Desk, Signature
from cli.office.overall import around
from cli.office.recording import beside
from ledger.errors import LedgerError
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import CrewRepositioned, Occurrence, StageClosed, StartOrderAmended
from projections.comparing.compare import compare
from projections.comparing.preview import preview, previewed
from projections.comparing.what_if import supposing
from projections.results.standings import Scope
from projections.state.facts import fold
from projections.timeline.timeline import Timeline
from tests.examples import examples
from tests.laws.answers import sites
from tests.laws.rallies import Rally, happenings, identity, rallies
from tests.laws.test_ends import agreeing
from tests.laws.test_timeline import told_crew_by_crew
from tests.laws.words import START, decisions, one_of, penalties

acts: st.SearchStrategy[Occurrence] = st.one_of(decisions, penalties, happenings)


@examples(60)
@given(told_crew_by_crew(judged=True) | told_crew_by_crew(cards=True) | rallies(), acts, st.data())
def test_a_timeline_previews_what_a_replay_previews(
    rally: Rally, said: Occurrence, data: st.DataObject
) -> None:
    """In the overall, on the stages, in the next start order; and the timeline stays as it was."""
    with sites() as opened:
        log = opened.log("main", rally)
        facts = fold(log.read()).facts()
        timeline = Timeline(log)
        if data.draw(st.booleans(), label="kept"):
            timeline.carry(len(rally))
            timeline.keep(always=True)
        expected = preview(facts, said)

        assert previewed(timeline, len(rally), said) == expected
        assert previewed(Timeline.of(log), len(rally), said) == expected
        assert timeline.index.position == len(rally)
        if identity(said) not in facts.told:  # and once it is on record, of the log before it
            log.append([said])
            assert previewed(Timeline.of(log), len(rally), said) == expected


@pytest.mark.slow
@examples(40)
@given(rallies(), acts)
def test_who_moves_by_an_act_moves_because_of_it(rally: Rally, said: Occurrence) -> None:
    """The same crews as in a comparison of the two logs, which looks for causes."""
    with sites() as opened:
        facts = fold(opened.log("main", rally).read()).facts()
        logs = supposing(facts, added=[(identity(said), said)])
        try:
            compared = compare(logs, Scope())
        except LedgerError:
            return
        found = preview(facts, said)
        assert msgspec.to_builtins(found.overall) == msgspec.to_builtins(compared.rows)
        assert found.refused == compared.refused


recorded = acts | one_of(StageClosed, StageClosed, CrewRepositioned, StartOrderAmended)


@examples(80)
@given(told_crew_by_crew(cards=True) | agreeing() | rallies(judged=True), recorded)
def test_of_a_long_log_an_act_moves_what_it_moves_of_a_short_one(
    rally: Rally, said: Occurrence
) -> None:
    """Tried and then put on record: who moved in the overall, and what is told beside it."""
    with sites() as opened:
        log = opened.log("main", rally)
        desk = Desk(log, Signature("Li", "clerk-of-the-course"), lambda: Instant(START, 480))

        def told(record: Record | None, most: int) -> Any:
            with patch("cli.office.view.A_SHORT_LOG", most):
                between = around(desk, said, record)
                try:
                    return between.moved, beside(between, said)
                except LedgerError as error:
                    return error.message

        assert told(None, 0) == told(None, len(rally))
        if identity(said) not in {identity(each) for each in rally}:
            log.append([said])
            made = log.find(identity(said))
            assert told(made, 0) == told(made, len(rally))
