"""Laws of the intervals: at any moment, the lines that hold are the classification of a replay."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cli.tables.intervals import NOBODY, Held, intervals
from ledger.errors import LedgerError
from projections.replay.road import along_the_road
from projections.replay.walk import Walk
from projections.results.standings import Row, Scope, standings
from projections.state.entries import by_number
from projections.state.facts import fold
from projections.state.rally import RallyState
from projections.timeline.timeline import Timeline
from tests.examples import examples
from tests.laws.answers import records_of, sites
from tests.laws.rallies import Rally, rallies
from tests.laws.test_timeline import told_crew_by_crew
from tests.laws.words import MINUTE, START
from tests.looked import some_of

any_rally = (
    told_crew_by_crew() | told_crew_by_crew(judged=True) | told_crew_by_crew(cards=True) | rallies()
)
Lists = dict[str, Any]


def instants_of(rally: Rally) -> st.SearchStrategy[int]:
    """Any instant; rather one at which something happened or was recorded, or just before."""
    told = {at.ms - less for e in rally for at in (e.happened, e.recorded_at) for less in (0, 1)}
    return st.sampled_from(sorted(told)) | st.integers(START - MINUTE, START + 60 * MINUTE)


def listed(state: RallyState) -> Lists:
    """Every list as a replay tells it: its lines, or that the rules do not suffice for one."""
    names = {"", *(crew.value.category for crew in state.facts.crews.values())}
    found: Lists = {}
    for name in names:
        try:
            answer = standings(state, Scope(category=name or None))
        except LedgerError as error:
            found[name] = error.message
        else:
            found[name] = [*answer.rows, *answer.unclassified]
    return found


def holding(held: Iterable[Held[Any]], moment: int, known: Iterable[str]) -> Lists:
    """What the intervals tell of a moment, of these lists."""
    found: Lists = {name: [] for name in known}
    for each in held:
        begun = each.since is None or each.since <= moment
        if begun and (each.until is None or moment < each.until) and each.listing in found:
            if each.number == NOBODY:
                found[each.listing] = each.line.message  # type: ignore[union-attr]
            else:
                found[each.listing].append(each.line)
    for name, lines in found.items():
        if not isinstance(lines, str):
            ranked = [each for each in lines if isinstance(each, Row)]
            out = [each for each in lines if not isinstance(each, Row)]
            ranked.sort(key=lambda each: (each.place, by_number(each.number)))
            found[name] = [*ranked, *sorted(out, key=lambda each: by_number(each.number))]
    return found


@examples(100)
@given(any_rally, st.data())
def test_what_held_along_the_log(rally: Rally, data: st.DataObject) -> None:
    """At every position the lines that held are those of a replay up to there."""
    with sites() as opened:
        log = opened.log("main", rally)
        size = log.head().size
        held = list(intervals(Walk(Timeline(log), size).along(1, size)))
    records = records_of(rally)
    for position in some_of(data.draw(st.sets(st.integers(1, size), min_size=1, max_size=5))):
        replayed = listed(RallyState(fold(records[:position]).facts()))
        assert replayed == holding(held, position, replayed)


@examples(100)
@given(any_rally, st.data())
def test_what_held_along_the_rally(rally: Rally, data: st.DataObject) -> None:
    """At any instant the lines that held are those of what had happened by then."""
    with sites() as opened:
        log = opened.log("main", rally)
        position = data.draw(st.integers(1, log.head().size), label="position")
        held = list(intervals(along_the_road(Timeline(log), position)))
    folded = fold(records_of(rally)[:position])
    drawn = data.draw(st.sets(instants_of(rally), min_size=1, max_size=9), label="instants")
    for instant in some_of(drawn):
        replayed = listed(RallyState(folded.facts(instant)))
        assert replayed == holding(held, instant, replayed)
