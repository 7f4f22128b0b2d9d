"""The road: who was when at which control, when it was due, and how early or late.

A control is due the allowed time after the one before it, counted from the minute in which the crew
was there; a crew that was held up may come later. Clocks of controls are read to the minute.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import NamedTuple

from ledger.vocabulary import (
    ControlPassed,
    ControlScheduled,
    DelayAllowanceGranted,
    TargetTimeChanged,
)
from projections.rules.rulebook import Rulebook
from projections.state.clocks import Seen
from projections.state.course import Course
from projections.state.facts import Fact
from projections.state.timing import Timing

COMPUTED = "computed"
MINUTE = 60_000


class Visit(NamedTuple):
    """A crew at a control: due and actual (UTC ms), how far apart, and what the rules make of it.

    `late_ms` is negative where the crew was early; `verdict` is "on time", "early", "late",
    "not visited" (later than the limit) or "" where nothing says when it was due.
    """

    number: str
    control: str
    stage: str
    order: int | None
    due_ms: int | None
    actual_ms: int
    offset: int
    late_ms: int | None
    verdict: str
    penalty_ms: int
    allowance_ms: int
    source: str
    fact: Fact[ControlPassed]


class Road:
    """The controls of a course at one cut.

    Who was at them, and who was held up, is among the facts of the timing: where those are of some
    crews only, they are enough, for no crew's lateness rests on another's.
    """

    def __init__(self, course: Course, timing: Timing) -> None:
        self.course = course
        self.timing = timing

    @cached_property
    def told(self) -> dict[tuple[str, str], list[Seen[ControlPassed]]]:
        """Every record of a crew at a control that may count, by (number, control)."""
        found = defaultdict(list)
        for each in self.timing.clocks.believed(self.timing.facts.of(ControlPassed)):
            if each.true_ms is not None:
                found[each.fact.value.number, each.fact.value.control].append(each)
        return found

    @cached_property
    def passed(self) -> dict[tuple[str, str], Seen[ControlPassed]]:
        """The record that counts of each crew at each control, by (number, control)."""
        return {key: min(seen, key=lambda s: s.preference()) for key, seen in self.told.items()}

    @cached_property
    def visits(self) -> dict[str, list[Visit]]:
        """The controls that each crew was at, in the order of the itinerary."""
        found: dict[str, list[Visit]] = defaultdict(list)
        order = {control: index for index, control in enumerate(self.course.controls)}
        last = len(order)
        for (number, control), seen in sorted(
            self.passed.items(), key=lambda each: (order.get(each[0][1], last), each[0])
        ):
            found[number].append(self._visit(number, control, seen))
        return found

    def _visit(self, number: str, control: str, seen: Seen[ControlPassed]) -> Visit:
        said, actual = seen.fact.value, seen.true_ms or 0
        planned = self.course.controls.get(control)
        order, stage = self.course.stage_at(said.stage, control, seen.fact.instant)
        allowance = self._allowances.get((number, control), 0)
        due = said.due_at.ms if said.due_at else self._due(number, planned)
        late, verdict, penalty = None, "", 0
        if due is not None:
            rules = self.course.rules_for(seen.fact, order)
            if rules.text("controls.penalties") == COMPUTED:
                late, verdict, penalty = _judged(rules, due, actual, allowance)
        return Visit(
            number,
            control,
            stage,
            order,
            due,
            actual,
            said.fact_at.offset if said.fact_at else 0,
            late,
            verdict,
            penalty,
            allowance,
            said.source.kind,
            seen.fact,
        )

    @cached_property
    def _allowances(self) -> dict[tuple[str, str], int]:
        """How much later each crew may be at each control, by (number, control)."""
        found: dict[tuple[str, str], int] = defaultdict(int)
        for each in self.timing.facts.of(DelayAllowanceGranted):
            found[each.value.number, each.value.control] += each.value.amount_ms
        return found

    @cached_property
    def _before(self) -> dict[str, str]:
        """The control before each, from which its target time runs."""
        return before_each(self.course.controls)

    def _due(self, number: str, planned: ControlScheduled | None) -> int | None:
        """When a crew is due: the allowed time after the minute in which it left the last one."""
        if planned is None:
            return None
        if planned.kind == "dss":
            return self.timing.due_ms(planned.stage, number)
        left = self._left(number, self._before.get(planned.control, ""))
        if left is None:
            return None
        target = planned.target_ms
        for change in sorted(self.course.facts.of(TargetTimeChanged), key=Fact.precedence):
            said = change.value
            forward = change.order()[0] <= left
            if said.control == planned.control and said.target_ms is not None and forward:
                target = said.target_ms
        return None if target is None else left + target

    def _left(self, number: str, control: str) -> int | None:
        """When a crew left a control: the minute it was there, or it started or finished there."""
        planned = self.course.controls.get(control)
        seen = self.passed.get((number, control))
        if seen is not None:
            return (seen.true_ms or 0) // MINUTE * MINUTE
        if planned is None:
            return None
        start = self.timing.starts.get((planned.stage, number))
        if planned.kind == "dss" and start is not None:
            return cut(start.official_ms, MINUTE)
        if planned.kind == "ass":
            arrival = self.timing.arrival_ms(planned.stage, number)
            return None if arrival is None else cut(arrival, MINUTE)
        return None


def before_each(controls: Mapping[str, ControlScheduled]) -> dict[str, str]:
    """The control from which the target time of each runs, given all in their order; "" for none.

    That is the one that it names, else the one before it on its stage.
    """
    found: dict[str, str] = {}
    last: dict[str, str] = {}
    for code, planned in controls.items():
        found[code] = planned.from_control or last.get(planned.stage, "")
        last[planned.stage] = code
    return found


def cut(instant: int, precision: int) -> int:
    """A reading of a clock, cut down to its precision."""
    return instant // precision * precision


def _judged(rules: Rulebook, due: int, actual: int, allowance: int) -> tuple[int, str, int]:
    """How late a crew was, what that is called, and what it costs."""
    precision = rules.number("controls.precision_ms")
    late = cut(actual, precision) - cut(due, precision)
    if late > allowance + rules.number("controls.late_limit_ms"):
        return late, "not visited", rules.number("controls.not_visited_ms")
    if late > allowance:
        rate = rules.number("controls.late_ms_per_minute")
        return late, "late", minutes_begun(late - allowance) * rate
    if late < 0:
        return late, "early", minutes_begun(-late) * rules.number("controls.early_ms_per_minute")
    return late, "on time", 0


def minutes_begun(ms: int) -> int:
    """The minutes in a duration, a begun one counted."""
    return -(-ms // MINUTE)
