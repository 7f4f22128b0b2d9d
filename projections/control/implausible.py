"""Times that do not fit what else is known: the splits of the crew, its other stages, its place.

Such a time may be true, after a puncture for one; it is told so that somebody looks. How far is too
far is no rule of the sport: it follows from how far the others lie apart. A figure is far out when
it lies beyond the quartiles of all others by more than three times their distance (Tukey's outer
fence). Who has a split time is judged by that: time that was lost before it is no error.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from math import log
from statistics import median
from typing import NamedTuple

from ledger.times import format_duration
from projections.state.contradictions import Registered
from projections.state.rally import RallyState
from projections.state.readings import RULINGS, TOLERANCE
from projections.state.timing import OWN_AVERAGE, StageValue

FEWEST = 4
"""Of fewer others nobody can say how far apart they lie: there is one for each quarter."""
WIDTHS = 3
Group = tuple[str, str, str, str]
"""A stage, a category, and where race direction let the stage begin and end."""


class _Split(NamedTuple):
    """The last point before the finish at which a crew can be compared, and when it was there."""

    point: str
    ms: int


def implausible_times(state: RallyState) -> Iterator[Registered]:
    """The times on each stage that fit neither the splits, nor else the form of their crew."""
    field = _Field(state)
    for group, times in field.times.items():
        for number, value in times.items():
            if reasons := field.doubts(group, number, value):
                message = (
                    f"The time of crew {number} on {group[0]}, {format_duration(value.time_ms)}, "
                    f"does not fit {', '.join(reasons)}."
                )
                yield Registered("implausible-time", value.ids[:1], number, group[0], message)


class _Field:
    """The measured times of a rally, by stage and category."""

    def __init__(self, state: RallyState) -> None:
        self._state = state

    @cached_property
    def times(self) -> Mapping[Group, dict[str, StageValue]]:
        """The times that were taken and can be compared, by group and number."""
        found: dict[Group, dict[str, StageValue]] = defaultdict(dict)
        for (stage, number), value in self._state.timing.measured.items():
            given = value.basis in (*RULINGS, OWN_AVERAGE) or self._state.timing.is_decided(value)
            helped = any(part.what != "neutralisation" for part in value.parts)
            if not (given or helped) and value.time_ms > 0:
                directed = self._state.direction_for(stage, number)
                key = directed.start_point, directed.finish_point
                found[stage, self._state.category(number), *key][number] = value
        return {key: times for key, times in found.items() if len(times) > FEWEST}

    def doubts(self, group: Group, number: str, value: StageValue) -> list[str]:
        """What a time does not fit, in words; nothing where it fits its splits, or else its form.

        Nor where it moves nobody: the place is another than by the split, or on other stages.
        """
        split, by_form = self._split(group, number), self._form[group]
        of_the_field = self._never_so(group, number) and self._far_out(
            by_form, number, value.time_ms / by_form[number], group[0]
        )
        reasons = []
        if split is not None:
            sections = self._sections(group, split.point)
            at, pace = split.point, self._pace[group][number]
            if not self._far_out(sections, number, pace, group[0]):
                return []
            others = [round(e * self._pace[group][n]) for n, e in sections.items() if n != number]
            took, least, most = map(
                format_duration, (value.time_ms - split.ms, min(others), max(others))
            )
            reasons.append(f"its split time at {at} ({took} from there, others {least} to {most})")
        elif not of_the_field:
            return []
        if of_the_field:
            usual = format_duration(round(value.time_ms / by_form[number]))
            reasons.append(f"the field (about {usual} by its other stages)")
        place = self._place(group, number, split)
        return [*reasons, place] if place else []

    # -- by the splits ---------------------------------------------------------------------------

    @cached_property
    def _passed(self) -> dict[Group, dict[str, dict[str, int]]]:
        """The times at the points before the finish, by group, point and number."""
        found: dict[Group, dict[str, dict[str, int]]] = {}
        timing = self._state.timing
        for group, times in self.times.items():
            by_point: dict[str, dict[str, int]] = defaultdict(dict)
            stage, _, begins, _ = group
            for number, value in times.items() if not begins else ():
                ends = timing.finish(stage, number)
                for point, readings in timing.readings.get((stage, number), {}).items():
                    measured = [each for each in readings if each.basis not in RULINGS]
                    if point not in ends and measured:
                        ms = timing.effective(stage, number, measured, credited=False).time_ms
                        if 0 < ms < value.time_ms:
                            by_point[point][number] = ms
            found[group] = by_point
        return found

    def _split(self, group: Group, number: str) -> _Split | None:
        """The last split of a crew at which enough others were seen."""
        known = [
            _Split(point, at[number])
            for point, at in self._passed[group].items()
            if number in at and len(at) > FEWEST
        ]
        return max(known, key=lambda each: (each.ms, each.point), default=None)

    def _sections(self, group: Group, point: str) -> dict[str, float]:
        """How long the crews took from a point to the finish, at the pace of the field (ms)."""
        key = group, point
        if key not in self._known_sections:
            times, passed = self.times[group], self._passed[group][point]
            self._known_sections[key] = {
                n: (times[n].time_ms - ms) / self._pace[group][n] for n, ms in passed.items()
            }
        return self._known_sections[key]

    @cached_property
    def _known_sections(self) -> dict[tuple[Group, str], dict[str, float]]:
        return {}

    # -- by the field ----------------------------------------------------------------------------

    @cached_property
    def _rates(self) -> dict[Group, dict[str, float]]:
        """How much longer each crew took than the middle of the field, by group."""
        found: dict[Group, dict[str, float]] = {}
        for group, times in self.times.items():
            middle = median(value.time_ms for value in times.values())
            found[group] = {number: value.time_ms / middle for number, value in times.items()}
        return found

    @cached_property
    def _pace(self) -> dict[Group, dict[str, float]]:
        """The same on the other stages of each crew; as the field, where it has none."""
        of_crew: dict[str, dict[Group, float]] = defaultdict(dict)
        for group, rates in self._rates.items():
            for number, rate in rates.items():
                of_crew[number][group] = rate
        found: dict[Group, dict[str, float]] = defaultdict(dict)
        for number, by_group in of_crew.items():
            for group in by_group:
                others = [rate for key, rate in by_group.items() if key != group]
                found[group][number] = median(others) if others else 1.0
        return found

    @cached_property
    def _form(self) -> dict[Group, dict[str, float]]:
        """How much longer each crew took than the field, against its other stages, by group."""
        return {
            group: {number: rate / self._pace[group][number] for number, rate in rates.items()}
            for group, rates in self._rates.items()
        }

    def _never_so(self, group: Group, number: str) -> bool:
        """Whether a crew was never as far from its pace, on any of several other stages."""
        own = [
            abs(log(by_number[number]))
            for key, by_number in self._form.items()
            if key != group and number in by_number
        ]
        return len(own) > 1 and abs(log(self._form[group][number])) > max(own)

    def _far_out(
        self, figures: Mapping[str, float], number: str, unit_ms: float, stage: str
    ) -> bool:
        """Whether the figure of a crew lies beyond the outer fences of all others.

        Where all others are level, by more than what the rulebook takes for the same time.
        """
        ordered, own = self._ordered(figures), figures[number]
        place = bisect_left(ordered, own)

        def quartile(quarters: int) -> float:
            whole, rest = divmod(quarters * (len(ordered) - 2), 4)
            low, high = (
                ordered[i + (i >= place)] for i in (whole, min(whole + 1, len(ordered) - 2))
            )
            return low + (high - low) * rest / 4

        low, high = quartile(1), quartile(3)
        beyond = max(own - high, low - own) - WIDTHS * (high - low)
        return beyond * unit_ms > self._state.rules_of(stage).number(TOLERANCE)

    def _ordered(self, figures: Mapping[str, float]) -> list[float]:
        key = id(figures)
        if key not in self._sorted:
            self._sorted[key] = sorted(figures.values())
        return self._sorted[key]

    @cached_property
    def _sorted(self) -> dict[int, list[float]]:
        return {}

    # -- by the place ----------------------------------------------------------------------------

    def _place(self, group: Group, number: str, split: _Split | None) -> str:
        """The place on the stage, where it is another than at the split, or on other stages."""
        times = {n: value.time_ms for n, value in self.times[group].items()}
        if split is not None:
            passed = self._passed[group][split.point]
            before, now = _rank(passed, number), _rank({n: times[n] for n in passed}, number)
            return f"its place ({before} there, {now} at the finish)" if before != now else ""
        others = [
            _rank({n: value.time_ms for n, value in several.items()}, number)
            for key, several in self.times.items()
            if key != group and number in several
        ]
        now, usual = _rank(times, number), round(median(others)) if others else 0
        return f"its place ({now}, elsewhere about {usual})" if now != usual else ""


def _rank(times: Mapping[str, int], number: str) -> int:
    """The place of a crew by these times."""
    return 1 + sum(each < times[number] for each in times.values())
