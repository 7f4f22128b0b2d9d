"""Laws of states for one question: a timeline with little beside it answers as a full replay."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from cli.commands.simulate import GENERAL, RULEBOOK
from ledger.errors import LedgerError
from ledger.vocabulary import ClassificationPublished
from projections.comparing.drift import drift
from projections.control.outstanding import outstanding
from projections.desk.incidents import incidents
from projections.desk.proposals import proposals
from projections.desk.publications import publications
from projections.explain.grounds import Grounds
from projections.explain.why import explain
from projections.results.crew import crew
from projections.results.standings import Scope
from projections.results.start_order import start_order
from projections.results.time_card import time_card
from projections.state.facts import fold
from projections.state.rally import RallyState
from projections.timeline.asked import about_crew, starting, under_way, with_papers
from projections.timeline.timeline import Timeline
from tests.examples import examples
from tests.laws.answers import sites
from tests.laws.rallies import Rally
from tests.laws.simulated import tiny
from tests.laws.test_ends import agreeing
from tests.laws.test_timeline import moments, told_crew_by_crew
from tests.laws.words import NUMBERS, STAGES


def told(answer: Callable[..., Any], *asked: Any) -> Any:
    """An answer, or why there is none."""
    try:
        return msgspec.to_builtins(answer(*asked))
    except LedgerError as error:
        return {"error": error.kind, "message": error.message}


def _nothing(number: str) -> tuple[int, ...]:
    """Which records explain it is not asked."""
    return ()


def alike(rally: Rally, position: int, instant: int | None, number: str, stage: str | None) -> None:
    """Each question is answered alike by what is read for it and by all records."""
    with sites() as opened:
        log = opened.log("main", rally)
        full = RallyState(fold(log.read(until=position)).facts(instant))
        timeline = Timeline(log)
        timeline.carry(len(rally))

        about = about_crew(timeline, number, position, instant)
        assert told(crew, about, number) == told(crew, full, number)
        card = about_crew(timeline, number, position, instant, on_the_way=True)
        assert told(time_card, card, number) == told(time_card, full, number)
        grounds = [Grounds(each) for each in (about, full)]
        here, there = (told(explain, each, number, Scope()) for each in grounds)
        assert here == there
        papers = with_papers(timeline, position, instant)
        assert told(incidents, papers) == told(incidents, full)
        assert told(proposals, papers) == told(proposals, full)
        assert told(publications, papers) == told(publications, full)
        for fact in full.facts.of(ClassificationPublished):
            same = papers.facts.by_id[fact.id]
            assert told(drift, papers, same, _nothing) == told(drift, full, fact, _nothing)
        if stage is not None:
            starts = starting(timeline, stage, position, instant)
            assert told(start_order, starts, stage) == told(start_order, full, stage)
        for asked in (None, stage):
            on_the_road = under_way(timeline, asked, position, instant)
            assert told(outstanding, on_the_road, asked) == told(outstanding, full, asked)
            if asked is not None and asked in full.orders:
                assert told(start_order, on_the_road, asked) == told(start_order, full, asked)


@examples(80)
@given(
    told_crew_by_crew(cards=True)
    | told_crew_by_crew(judged=True)
    | told_crew_by_crew()
    | agreeing(cards=True)
    | agreeing(),
    moments,
    st.sampled_from(NUMBERS),
    st.sampled_from(STAGES),
    st.data(),
)
def test_what_is_read_for_a_question_suffices(
    rally: Rally, instant: int | None, number: str, stage: str, data: st.DataObject
) -> None:
    """The page, the card and the reasons of a crew, incidents, what is outstanding."""
    position = data.draw(st.integers(0, len(rally)) | st.just(len(rally)), label="position")
    alike(rally, position, instant, number, stage)


@examples(20)
@given(
    st.integers(0, 10_000),
    st.sampled_from((RULEBOOK, GENERAL)),
    st.sampled_from(("1", "2", "51")),
    st.sampled_from(STAGES),
    st.data(),
)
def test_it_suffices_in_the_course_of_a_synthetic_rally(
    seed: int, rulebook: str, number: str, stage: str, data: st.DataObject
) -> None:
    """Also while a stage is under way, with trackers that are read out a day later."""
    rally = tiny(seed, crews=5, stages=4, points=4, rulebook=rulebook)
    position = data.draw(st.integers(1, len(rally)), label="position")
    alike(rally, position, None, number, stage)
