"""What a crew's cells are made of: its own facts on each stage, and when it was on the road."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from ledger.vocabulary import (
    ControlPassed,
    CrewNotStarted,
    CrewRestarted,
    CrewWithdrew,
    FitnessDecided,
    Occurrence,
    SourceDeclaredUnreliable,
    StartRefused,
    TimeDetermined,
)
from projections.state.clocks import Clocks
from projections.state.course import Course
from projections.state.facts import Facts
from projections.state.recorded import Fact
from projections.state.true_times import is_about, shown_by
from projections.timeline.earliest import Earliest, Entry
from projections.timeline.held import Key
from projections.timeline.light import Light, at_moment
from projections.timeline.sift import ON_THE_ROAD, TIMING
from projections.timeline.versions import FOREVER, Version

KEEPING_FROM_START = (StartRefused, CrewWithdrew, CrewNotStarted, FitnessDecided)
"""What may keep a crew from starting the rally, unless it was seen on the road."""
_AT_CONTROL = "@"
"""Stands before a control: no code begins so, and a stage and a control may be of one name."""
Own = dict[Key, list[Version]]
"""The versions of the timing facts of crews, by stage and number."""


def key_of(said: Occurrence) -> Key | None:
    """The stage or control and the crew that a reading is about; None for anything else."""
    if isinstance(said, ControlPassed):
        return _AT_CONTROL + said.control, said.number
    if not isinstance(said, (*TIMING, *ON_THE_ROAD)):
        return None
    return getattr(said, "stage", ""), getattr(said, "number", "")


def at_control(control: str, number: str) -> Key:
    """The key of the stamps of a crew at a control."""
    return _AT_CONTROL + control, number


def control_of(key: Key) -> str:
    """The control that a key is of; empty for that of a stage."""
    return key[0].removeprefix(_AT_CONTROL) if key[0].startswith(_AT_CONTROL) else ""


def on_the_road(versions: Iterable[Version], light: Light) -> Earliest:
    """From when a crew was seen on the road, by a source that could be believed.

    `versions` are those of the crew's readings, and its restarts.
    """
    declared = [*light.of(SourceDeclaredUnreliable), *light.of(TimeDetermined)]
    return Earliest(
        Entry(since, until, version.instant, version.instant)
        for version in versions
        if isinstance(version.fact.value, (*ON_THE_ROAD, CrewRestarted))
        for since, until in _trusted(version, declared)
    )


def _trusted(version: Version, declared: Sequence[Version]) -> list[tuple[int, int]]:
    """Over which parts of the log a reading could be believed."""
    said = version.fact.value
    bearing = [each for each in declared if _bears(each, version)]
    if isinstance(said, CrewRestarted) or not bearing:
        return [(version.since, version.until)]
    steps = {version.since} | {step for each in bearing for step in (each.since, each.until)}
    # A declaration works on readings whenever it was made, so it parts the log and not the rally.
    inside = [step for step in sorted(steps) if version.since <= step < version.until]
    parts = []
    for since, until in zip(inside, [*inside[1:], version.until], strict=True):
        facts = Facts(at_moment(bearing, since, FOREVER), [], {})
        reading: Fact[Any] = version.fact
        if Clocks(Course(facts)).trusted([reading]):
            parts.append((since, until))
    return parts


def _bears(declared: Version, on: Version) -> bool:
    """Whether a declaration or ruling bears on a reading."""
    said = declared.fact.value
    if isinstance(said, SourceDeclaredUnreliable):
        return is_about(said, shown_by(on.fact.as_shown))
    return isinstance(said, TimeDetermined) and said.target == on.fact.id
