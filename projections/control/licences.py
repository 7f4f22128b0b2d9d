"""Licences that a decision suspended or withdrew, of whoever is entered or starts all the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ledger.grouping import grouped
from ledger.vocabulary import CrewMemberReplaced, PassingRecorded, StageStarted, StageTimeRecorded
from projections.control.anomaly import Anomaly, positions_of
from projections.desk.licences import FORBIDDING, Licence, licences
from projections.state.deadlines import moment_of
from projections.state.finality import title_of
from projections.state.persons import name_key
from projections.state.rally import RallyState
from projections.state.recorded import Fact

_SEEN = (StageStarted, PassingRecorded, StageTimeRecorded)


def without_licence(state: RallyState) -> Iterator[Anomaly]:
    """Crews that are entered or start while the licence of one of them is suspended or withdrawn.

    Names are compared as those of persons in two crews are, of the crews as they are now.
    """
    forbidden = [e for e in licences(state.facts) if e.what in FORBIDDING and e.name]
    if not forbidden:
        return
    facts = state.facts
    several: list[Fact[Any]] = [e for kind in _SEEN for e in facts.recorded(kind)]
    seen = grouped((e.value.number, e) for e in several)
    joined = grouped((each.value.number, each) for each in facts.of(CrewMemberReplaced))
    for number, entry in facts.crews.items():
        crew = entry.value
        of_it = {name_key(each): each for each in (crew.driver, *crew.codrivers)}
        for licence in forbidden:
            key = name_key(licence.name)
            name = crew.team if licence.of_competitor else of_it.get(key, "")
            if not name or name_key(name) != key:
                continue
            came = [entry, *(e for e in joined.get(number, ()) if name_key(e.value.joins) == key)]
            if found := _first(licence, seen.get(number, ())) or _first(licence, came[-1:]):
                yield _told(state, licence, name, number, found)


def _first(licence: Licence, several: Any) -> Fact[Any] | None:
    """The first record of what happened while a licence was gone; none of no known instant."""
    known = [each for each in several if _told_when(each) and licence.holds_at(moment_of(each).ms)]
    return min(known, key=Fact.order, default=None)


def _told_when(fact: Fact[Any]) -> bool:
    """A time may be taken in long after it was driven: without an instant it tells nothing."""
    said = fact.value
    timed = not isinstance(said, StageTimeRecorded) or said.fact_at is not None
    return timed and not said.fact_assumed


def _told(state: RallyState, licence: Licence, name: str, number: str, found: Fact[Any]) -> Anomaly:
    stage = str(getattr(found.value, "stage", ""))
    did = f"was on {stage}" if stage else "was entered"
    message = (
        f"The licence of {name} is {licence.what} ({title_of(licence.fact)}), "
        f"and crew {number} {did} all the same."
    )
    at = positions_of(state, licence.fact.id, found.id)
    return Anomaly("without-licence", at, message, number, stage)
