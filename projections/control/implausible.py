"""Times that do not fit what else is known: the splits of the crew, its other stages, its place.

Such a time may be true, after a puncture for one; it is told so that somebody looks. How far is too
far is no rule of the sport: it follows from how far the others lie apart. A figure is far out when
it lies beyond the quartiles of all others by more than three times their distance (Tukey's outer
fence), and apart from the next one. Who has a split time is judged by that: time that was lost
before it is no error. A time that moves nobody is told where the split and the other stages both
say so, by more than all others lie apart. Where they are too few to say it, a time is still told
that is longer than the one before it by more than that one is.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import pairwise
from math import log
from statistics import median
from typing import NamedTuple

from ledger.times import format_duration
from projections.state.contradictions import Registered
from projections.state.course import NEUTRALISED
from projections.state.rally import RallyState
from projections.state.readings import RULINGS, TOLERANCE
from projections.state.timing import RECKONED, StageValue

FEWEST = 4
"""Of fewer others nobody can say how far apart they lie: there is one for each quarter."""
WIDTHS = 3
GAP = 2
"""As often their distance from the next one; else it is the end of a tail that thins out."""
LEVEL = 3
"""So many crews on the same time of a stage had it allotted: nobody slips to that of two others."""
Group = tuple[str, str, str, str]
"""A stage, a category, and where race direction let the stage begin and end."""


class _Split(NamedTuple):
    """The last point before the finish at which a crew can be compared, and when it was there."""

    point: str
    ms: int


def implausible_times(state: RallyState) -> Iterator[Registered]:
    """The times on each stage that fit neither the splits, nor else the form of their crew."""
    field = _Field(state)
    for group, times in field.timed.items():
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
        self._known_paces: dict[tuple[Group, str], dict[str, float]] = {}
        self._known_sections: dict[tuple[Group, str], dict[str, float]] = {}
        # The figures are held beside their order, so that no others get their identity.
        self._sorted: dict[int, tuple[Mapping[str, float], list[float]]] = {}

    @cached_property
    def timed(self) -> Mapping[Group, dict[str, StageValue]]:
        """The times that were taken, by group and number."""
        found: dict[Group, dict[str, StageValue]] = defaultdict(dict)
        for (stage, number), value in self._state.timing.measured.items():
            given = value.basis in (*RULINGS, *RECKONED) or self._state.timing.is_decided(value)
            helped = any(part.what != NEUTRALISED for part in value.parts)
            if not (given or helped) and value.time_ms > 0:
                directed = self._state.direction_for(stage, number)
                key = directed.start_point, directed.finish_point
                found[stage, self._state.category(number), *key][number] = value
        for times in found.values():
            level = Counter(value.time_ms for value in times.values())
            for number in [n for n, value in times.items() if level[value.time_ms] >= LEVEL]:
                del times[number]
        return found

    @cached_property
    def times(self) -> Mapping[Group, dict[str, StageValue]]:
        """Those of enough crews to be compared."""
        return {key: times for key, times in self.timed.items() if len(times) > FEWEST}

    def doubts(self, group: Group, number: str, value: StageValue) -> list[str]:
        """What a time does not fit, in words; nothing where it fits its split, or else its form."""
        split = self._split(group, number) if group in self.times else None
        apart = self._by_split(group, number, value, split) if split else []
        if split is not None and not apart:
            return []
        of_field = self._by_form(group, number, value) if group in self.times else []
        reasons = [*apart, *of_field]
        # A time that moves nobody (the place is that of the split, or of other stages) is told only
        # where all that is known of it says so at once.
        if reasons and (place := self._place(group, number, split)):
            return [*reasons, place]
        if reasons and self._stands_out(group, number, split, of_field):
            return reasons
        before = self._far_over[group].get(number)
        return [f"the others (the slowest took {format_duration(before)})"] if before else []

    def _by_split(self, group: Group, number: str, value: StageValue, split: _Split) -> list[str]:
        sections, paces = self._sections(group, split.point), self._pace_by(group, split.point)
        if not self._far_out(sections, number, paces[number], group[0]):
            return []
        others = [round(e * paces[n]) for n, e in sections.items() if n != number]
        took, least, most = map(
            format_duration, (value.time_ms - split.ms, min(others), max(others))
        )
        return [f"its split time at {split.point} ({took} from there, others {least} to {most})"]

    def _by_form(self, group: Group, number: str, value: StageValue) -> list[str]:
        form = self._form[group]
        usual = value.time_ms / form[number]
        if self._never_so(group, number) and self._far_out(form, number, usual, group[0]):
            about = format_duration(round(usual / 1000) * 1000)
            return [f"the field (about {about} by its other stages)"]
        return []

    @cached_property
    def _far_over(self) -> dict[Group, dict[str, int]]:
        """The slowest before whom the time of a crew is far over all, by group and number (ms).

        Of the slower half, all behind the first that lost more to the one before it than that one
        needed for the whole stage.
        """
        found: dict[Group, dict[str, int]] = {}
        for group, times in self.timed.items():
            ordered = sorted(value.time_ms for value in times.values())
            slower = ordered[(len(ordered) - 1) // 2 :] if len(ordered) > 2 else []
            last = next((ms for ms, after in pairwise(slower) if after - ms > ms), None)
            behind = {n: last for n, value in times.items() if last and value.time_ms > last}
            found[group] = behind
        return found

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
                        ms = timing.at_point_ms(stage, number, measured)
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
            pace = self._pace_by(group, point)
            self._known_sections[key] = {
                n: (times[n].time_ms - ms) / pace[n] for n, ms in passed.items()
            }
        return self._known_sections[key]

    def _pace_by(self, group: Group, point: str) -> dict[str, float]:
        """The pace of each crew by its other stages, and by its split unless it lost time there."""
        key = group, point
        if key not in self._known_paces:
            passed = self._passed[group][point]
            middle = median(passed.values())
            rates = {number: ms / middle for number, ms in passed.items()}
            self._known_paces[key] = found = {}
            for number, rate in rates.items():
                elsewhere = self._elsewhere[group][number]
                lost = self._far_out(rates, number, middle, group[0])
                found[number] = median([*elsewhere, *(() if lost else (rate,))] or [1.0])
        return self._known_paces[key]

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
    def _elsewhere(self) -> dict[Group, dict[str, list[float]]]:
        """The same on the other stages of each crew."""
        of_crew: dict[str, dict[Group, float]] = defaultdict(dict)
        for group, rates in self._rates.items():
            for number, rate in rates.items():
                of_crew[number][group] = rate
        found: dict[Group, dict[str, list[float]]] = defaultdict(dict)
        for number, by_group in of_crew.items():
            for group in by_group:
                found[group][number] = [rate for key, rate in by_group.items() if key != group]
        return found

    @cached_property
    def _form(self) -> dict[Group, dict[str, float]]:
        """How much longer each crew took than the field, against its other stages, by group."""
        return {
            group: {
                n: rate / median(self._elsewhere[group][n] or [1.0]) for n, rate in rates.items()
            }
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
        width = high - low
        slower = own > high
        distance = own - high if slower else low - own
        unit = self._state.rules_of(stage).number(TOLERANCE) / unit_ms
        if distance - WIDTHS * width <= unit:
            return False
        # From the quartile outwards: where a tail only thins out, nobody in it lies apart.
        others = [each for i, each in enumerate(ordered) if i != place]
        beside = [e - high if slower else low - e for e in others]
        tail = [*sorted(e for e in beside if 0 <= e < distance), distance]
        return any(
            further > WIDTHS * width and further - nearer > GAP * width + unit
            for nearer, further in pairwise([0.0, *tail])
        )

    def _ordered(self, figures: Mapping[str, float]) -> list[float]:
        if id(figures) not in self._sorted:
            self._sorted[id(figures)] = figures, sorted(figures.values())
        return self._sorted[id(figures)][1]

    def _stands_out(
        self, group: Group, number: str, split: _Split | None, of_field: list[str]
    ) -> bool:
        """Whether all that is known says it, by more than all others lie apart from each other."""
        known = [self._sections(group, split.point)] if split else []
        if len(self._elsewhere[group][number]) > 1:
            if not of_field:
                return False
            known.append(self._form[group])
        return all(_further(figures, number) for figures in known)

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


def _further(figures: Mapping[str, float], number: str) -> bool:
    """Whether a figure lies further from all others than they do from each other."""
    own, others = figures[number], [each for n, each in figures.items() if n != number]
    least, most = min(others), max(others)
    return max(own - most, least - own) > most - least
