"""Every scenario also holds for the timeline: what it looks up is what the replay computed.

The scenarios hold the hard cases of the rules one by one, so they are asked again here, record by
record and at the instants of what happened: for the overall and each stage, and at the last of them
for every classification and list that there is.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from projections.results.standings import Scope
from projections.state.rally import RallyState
from projections.timeline.timeline import Timeline
from tests.examples import share_of
from tests.laws.answers import sites
from tests.laws.test_timeline import classified
from tests.spec import Case

RECORDS, INSTANTS = share_of(60), 3
"""Of the last so many; where RALLY_EXAMPLES is 1 these are all records of most scenarios."""
IN_SHORT = ("retirements", "finishers", "penalties")
History = tuple[str, ...]
_followed: set[History] = set()
_asked_by_instant: set[History] = set()
"""The histories that were compared already in this process: many scenarios begin alike."""


@pytest.fixture(autouse=True)
def told_by_the_timeline(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Compare the timeline with the replay for every case that a scenario makes."""
    made: list[Case] = []
    begin = Case.__init__

    def remembered(self: Case, *given: Any, **changed: Any) -> None:
        begin(self, *given, **changed)
        made.append(self)

    monkeypatch.setattr(Case, "__init__", remembered)
    yield
    for case in made:
        compare(case)


def compare(case: Case) -> None:
    """Follow the last records of a case one by one, then ask for the instants in it."""
    told = [occurrence for _, occurrence in case.records]
    history = tuple(identity for identity, _ in case.records)
    last = range(max(len(told) - RECORDS, 1), len(told) + 1)
    positions = [position for position in last if history[:position] not in _followed]
    if not positions and history in _asked_by_instant:
        return
    instants = sorted({each.fact_at.ms for each in told if each.fact_at})
    with sites() as opened:
        log = opened.log("main", told)
        timeline = Timeline(log)
        for position in positions:
            timeline.carry(position)
            is_last = position == len(told)
            assert all_of(timeline.at(position), is_last) == all_of(case.state(position), is_last)
        timeline.carry(len(told))
        for instant in instants[-INSTANTS:]:
            replayed, is_last = case.state(effective_at_ms=instant), instant == instants[-1]
            assert all_of(timeline.at(len(told), instant), is_last) == all_of(replayed, is_last)
    _followed.update(history[:position] for position in positions)
    _asked_by_instant.add(history)


def all_of(state: RallyState, is_last: bool) -> dict[str, Any]:
    """What is compared of a state: wherever one is wrong, the overall or a stage most likely is."""
    return classified(state) if is_last else classified(state, IN_SHORT, overall_and_stages)


def overall_and_stages(state: RallyState) -> list[Scope]:
    """The overall and each stage, for all categories together."""
    return [Scope(), *(Scope("stage", stage=each.stage) for each in state.stages)]
