"""States for one question: a timeline, and beside it what that question needs read from the log.

Of a long log nearly everything is readings. A page about one crew needs those of that crew; who is
still out is told by those of the stages under way. Where the timeline leaves a moment to a full
replay, that is what is given: it holds everything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ledger.vocabulary import ControlPassed
from projections.explain.records import facts_about, of_the_desk
from projections.state.facts import Facts
from projections.state.rally import RallyState
from projections.timeline.indexed import UNREAD, IndexedState, Read
from projections.timeline.timeline import Timeline


def about_crew(
    timeline: Timeline, number: str, position: int, instant: int | None = None
) -> RallyState:
    """A moment with all that is known of one crew, and of others only what they come to."""
    state = timeline.at(position, instant)
    facts = partial(facts_about, timeline.log, number, position, instant)
    return beside(state, facts, Read(crew=number))


def with_papers(timeline: Timeline, position: int, instant: int | None = None) -> RallyState:
    """A moment with what lies on the desk, and no readings."""
    state = timeline.at(position, instant)
    return beside(state, lambda: of_the_desk(timeline.log, position, instant))


def under_way(
    timeline: Timeline, stage: str | None, position: int, instant: int | None = None
) -> RallyState:
    """A moment with the readings of the stages that are not closed, or of one, and of all later.

    Who was seen on a later stage is off the earlier ones. Time cards may name none: all are read.
    """
    state = timeline.at(position, instant)
    # Of stages that are closed nobody is waited for, and most of the log is of those.
    asked = [
        each.order
        for each in state.stages
        if (each.stage == stage if stage else each.stage not in state.closed)
    ]
    first = min(asked, default=None)
    later = frozenset(
        each.stage for each in state.stages if first is not None and each.order >= first
    )
    whole = (ControlPassed,) if later else ()
    facts = partial(facts_about, timeline.log, "", position, instant, later, whole=whole)
    return beside(state, facts, Read(later))


def beside(state: RallyState, facts: Callable[[], Facts], read: Read = UNREAD) -> RallyState:
    """A moment with facts that are told otherwise, these readings among them.

    A full replay needs none.
    """
    return state.with_facts(facts(), read) if isinstance(state, IndexedState) else state
