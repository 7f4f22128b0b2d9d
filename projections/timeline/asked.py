"""States for one question: a timeline, and beside it what that question needs read from the log.

Of a long log nearly everything is readings. A page about one crew needs those of that crew; that
nobody is out any more is told by those of stages that are not closed. Where the timeline leaves a
moment to a full replay, that is what is given: it holds everything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ledger.errors import LedgerError
from ledger.vocabulary import ClassificationPublished, ControlPassed, StageStarted, WaypointPlaced
from projections.explain.records import facts_about, facts_of, of_the_desk
from projections.state.facts import Facts
from projections.state.rally import RallyState
from projections.state.whereabouts import Whereabouts
from projections.timeline.indexed import UNREAD, IndexedState, Read
from projections.timeline.timeline import Timeline


def about_crew(
    timeline: Timeline, number: str, position: int, instant: int | None = None
) -> RallyState:
    """A moment with all that is known of one crew, and of others only what they come to."""
    state = timeline.at(position, instant)
    # Of a long rally most of what lies on the desk are the points of its road book.
    plan = (WaypointPlaced,) if isinstance(state, IndexedState) else ()
    facts = partial(facts_about, timeline.log, number, position, instant, without=plan)
    found = beside(state, facts, Read(crew=number))
    if isinstance(found, IndexedState) and (others := found.resting_on(number)):
        return beside(state, partial(facts, besides=others), Read(crew=number))
    return found


def with_papers(timeline: Timeline, position: int, instant: int | None = None) -> RallyState:
    """A moment with what lies on the desk, and no readings."""
    state = timeline.at(position, instant)
    return beside(state, lambda: of_the_desk(timeline.log, position, instant))


def with_posted(timeline: Timeline, position: int, instant: int | None = None) -> RallyState:
    """A moment with the classifications that were posted, and nothing else that was written."""
    asked = ((ClassificationPublished,), timeline.log, position, instant)
    return beside(timeline.at(position, instant), lambda: facts_of(*asked))


def starting(
    timeline: Timeline, stage: str, position: int, instant: int | None = None
) -> RallyState:
    """A moment with who was seen to start a stage: its order follows the crews that are there."""
    asked = (timeline.log, "", position, instant, (stage,), (StageStarted,))
    return beside(timeline.at(position, instant), lambda: facts_about(*asked))


def under_way(
    timeline: Timeline, stage: str | None, position: int, instant: int | None = None
) -> RallyState:
    """A moment as race control needs it: a full replay while a stage is under way, or of a stage.

    What contradicts itself there may rest on any record. Where every stage that was begun is closed
    nothing is waited for, which the readings of the others tell.
    """
    state = timeline.at(position, instant)
    if not isinstance(state, IndexedState):
        return state
    waiting = frozenset(each.stage for each in state.stages if each.stage not in state.closed)
    if stage is None:
        # Time cards need not name a stage: all are read where one might begin by them.
        whole = (ControlPassed,) if waiting else ()
        facts = facts_about(timeline.log, "", position, instant, waiting, whole=whole)
        read = state.with_facts(facts, Read(waiting))
        if not _begun(read) & waiting:
            return read
    return RallyState(timeline.folded(position).facts(instant))


def _begun(state: RallyState) -> frozenset[str]:
    """The stages that were begun; all, where the rules do not suffice to tell."""
    try:
        return frozenset(each.stage for each in Whereabouts(state).begun)
    except LedgerError:
        return frozenset(state.orders)


def beside(state: RallyState, facts: Callable[[], Facts], read: Read = UNREAD) -> RallyState:
    """A moment with facts that are told otherwise, these readings among them.

    A full replay needs none.
    """
    return state.with_facts(facts(), read) if isinstance(state, IndexedState) else state
