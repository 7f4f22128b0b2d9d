"""States for one question: a timeline, and beside it what that question needs read from the log.

Of a long log nearly everything is readings. A page about one crew needs those of that crew; that
nobody is out any more is told by those of stages that are not closed. Where the timeline leaves a
moment to a full replay, that is what is given: it holds everything.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from ledger.authority import AMENDING
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.scan import Scanned
from ledger.vocabulary import (
    ClassificationPublished,
    ControlPassed,
    CrewEntered,
    NumberReallocated,
    Occurrence,
    StageStarted,
    WaypointPlaced,
)
from projections.explain.records import DESK, JUDGING, Along, facts_about, facts_of, of_the_desk
from projections.read_by import reads
from projections.state.facts import Facts
from projections.state.rally import RallyState
from projections.state.recorded import READINGS
from projections.state.whereabouts import Whereabouts
from projections.timeline.indexed import UNREAD, IndexedState, Read
from projections.timeline.light import HELD
from projections.timeline.sift import PASSING, place_of
from projections.timeline.timeline import Timeline


def about_crew(
    timeline: Timeline,
    number: str,
    position: int,
    instant: int | None = None,
    *,
    on_the_way: bool = False,
    held: RallyState | None = None,
) -> RallyState:
    """A moment with all that is known of one crew, and of others only what they come to.

    Nearly all of it are passings along stages of which its times are known, on which nothing rests:
    they are there if `on_the_way` is asked for, as a time card does. `held` is the state of the
    moment where it is at hand: what was found out of it is not found out again.
    """
    state = held or timeline.at(position, instant)
    if not isinstance(state, IndexedState):
        return state
    along = Along(state.linked)
    if not on_the_way:
        along = along._replace(bears=_bearing(state, number))
    asked = (timeline.log, number, position, instant)
    facts = partial(facts_about, *asked, desk=_BESIDE_A_CREW, along=along)
    found = state.with_facts(facts(), Read(crew=number))
    if others := found.resting_on(number):
        return state.with_facts(facts(besides=others), Read(crew=number))
    return found


_BESIDE_A_CREW = DESK - {WaypointPlaced, CrewEntered}
"""Of a long rally most of what lies on the desk are the points of its road book, and entries."""


def _bearing(state: IndexedState, number: str) -> Callable[[Scanned], bool]:
    """Of the records of a crew, those on which something that is told of it may rest."""
    without = _without_times(state, number)

    def bears(row: Scanned) -> bool:
        if row.type != PASSING or row.position in state.linked:
            return True
        place = place_of(row.data)
        return place.stage in without or state.bears(place.stage, place.point)

    return bears


def _without_times(state: RallyState, number: str) -> frozenset[str]:
    """The stages on which a crew has no time that counts: there every record of it is told."""
    category = state.category(number)
    try:
        return frozenset(
            each.stage
            for each in state.stages
            if not state.cancelled(each.stage, category)
            if (each.stage, number) not in state.values or not state.counts(each, category)
        )
    except LedgerError:  # a rule is lacking by which that is told
        return frozenset(state.orders)


def with_papers(timeline: Timeline, position: int, instant: int | None = None) -> RallyState:
    """A moment with what lies on the desk, and no readings."""
    state = timeline.at(position, instant)
    return beside(state, lambda: of_the_desk(timeline.log, position, instant))


def with_posted(
    state: RallyState, log: Log, position: int, instant: int | None = None
) -> RallyState:
    """A moment with the classifications that were posted, and nothing else that was written."""
    return beside(state, lambda: facts_of((ClassificationPublished,), log, position, instant))


def starting(
    timeline: Timeline, stage: str, position: int, instant: int | None = None
) -> RallyState:
    """A moment with who was seen to start a stage: its order follows the crews that are there."""
    state = timeline.at(position, instant)
    if not isinstance(state, IndexedState):
        return state
    asked = (timeline.log, "", position, instant, (stage,), (StageStarted,))
    return state.with_facts(facts_about(*asked, desk=_BESIDE_STARTS, along=Along(state.linked)))


_BESIDE_STARTS: tuple[type[Occurrence], ...] = (
    *(reads("start-order") - HELD - {*READINGS, *AMENDING}),
    *JUDGING,
    NumberReallocated,
)
"""What else a start order reads and no timeline holds, and what says what of all that counts."""


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
