"""The road: who was when at which control, when it was due, and how early or late.

A control is due the allowed time after the one before it, counted from the minute in which the crew
was there; a crew that was held up may come later. Clocks of controls are read to the minute, and
lateness counts from that, or from the second where the rules say so.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import NamedTuple

from ledger.grouping import grouped
from ledger.vocabulary import (
    ControlPassed,
    ControlScheduled,
    DelayAllowanceGranted,
    TargetTimeChanged,
)
from projections.rules.rulebook import Rulebook
from projections.state.clocks import CONTROL_PRECISION, LATENESS, MINUTE, SECOND, Seen
from projections.state.course import Course
from projections.state.recorded import Fact
from projections.state.timing import Timing

COMPUTED = "computed"
WHETHER = "controls.penalties"
LATE, EARLY = "controls.late_ms_per_minute", "controls.early_ms_per_minute"
LATENESS_AT_START = "start.lateness_from"
LATENESS_COSTS, FREE = "controls.lateness", "free"
LATE_LIMIT, NOT_VISITED = "controls.late_limit_ms", "controls.not_visited_ms"


class Visit(NamedTuple):
    """A crew at a control: due and actual (UTC ms), how far apart, and what the rules make of it.

    `late_ms` is negative where the crew was early; `verdict` is "on time", "early", "late",
    "not visited" (later than the limit) or "" where nothing says when it was due. `rules` are the
    parameters by which it was judged.
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
    rules: tuple[str, ...] = ()


class Due(NamedTuple):
    """When a crew is due (UTC ms), and the ids of the records that say so."""

    at_ms: int
    ids: tuple[str, ...] = ()


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
        believed = self.timing.clocks.believed(self.timing.facts.of(ControlPassed))
        return _by_control(believed)

    @cached_property
    def passed(self) -> dict[tuple[str, str], Seen[ControlPassed]]:
        """The record that counts of each crew at each control, by (number, control)."""
        return _first(self.told)

    @cached_property
    def seen(self) -> dict[tuple[str, str], Seen[ControlPassed]]:
        """A record of each crew at each control: it was there, though it may be open when."""
        return _first(_by_control(self.timing.clocks.sighted(self.timing.facts.of(ControlPassed))))

    @cached_property
    def visits(self) -> dict[str, list[Visit]]:
        """The controls that each crew was at, in the order of the itinerary."""
        found: dict[str, list[Visit]] = defaultdict(list)
        order = self.course.control_places
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
        allowance = sum(each.value.amount_ms for each in self.allowances(number, control))
        due = said.due_at.ms if said.due_at else self._due_ms(number, planned)
        judged = _NOT_JUDGED
        if due is not None:
            rules = self.course.rules_for(seen.fact, order)
            if rules.text(WHETHER) == COMPUTED:
                judged = _judged(rules, due, actual, allowance)
        return Visit(
            number,
            control,
            stage,
            order,
            due,
            actual,
            said.fact_at.offset if said.fact_at else 0,
            judged.late_ms,
            judged.verdict,
            judged.penalty_ms,
            allowance,
            said.source.kind,
            seen.fact,
            judged.rules,
        )

    def due_by(self, visit: Visit) -> tuple[str, ...]:
        """The ids of the records that say when a crew was due, beside that of its own visit."""
        planned = self.course.controls.get(visit.control)
        due = None if visit.fact.value.due_at else self._due(visit.number, planned)
        return due.ids if due else ()

    def allowances(self, number: str, control: str) -> list[Fact[DelayAllowanceGranted]]:
        """What lets a crew be later at a control."""
        return self._allowances.get((number, control), [])

    @cached_property
    def _allowances(self) -> dict[tuple[str, str], list[Fact[DelayAllowanceGranted]]]:
        granted = self.timing.facts.of(DelayAllowanceGranted)
        return grouped(((each.value.number, each.value.control), each) for each in granted)

    def due_at(self, number: str, control: str) -> int | None:
        """When a crew is due at a control (UTC ms), as far as is known by now."""
        return self._due_ms(number, self.course.controls.get(control))

    def _due_ms(self, number: str, planned: ControlScheduled | None) -> int | None:
        due = self._due(number, planned)
        return due.at_ms if due else None

    def _due(self, number: str, planned: ControlScheduled | None) -> Due | None:
        """When a crew is due: the allowed time after the minute in which it left the last one."""
        if planned is None:
            return None
        if planned.is_start:
            due_ms = self.timing.due_ms(planned.stage, number)
            by = self.timing.due_by(planned.stage, number)
            return None if due_ms is None else Due(due_ms, by)
        left = self.left_before(number, planned.control)
        if left is None:
            return None
        change = self._allowing(planned.control, left.at_ms)
        target = change.value.target_ms if change else planned.target_ms
        ids = (*left.ids, change.id) if change else left.ids
        return None if target is None else Due(left.at_ms + target, ids)

    def allowing(self, number: str, control: str) -> Fact[TargetTimeChanged] | None:
        """What changed the time to a control for a crew; None where the plan holds."""
        left = self.left_before(number, control)
        return self._allowing(control, left.at_ms) if left is not None else None

    def left_before(self, number: str, control: str) -> Due | None:
        """When a crew left the control before one; None where that is not known yet."""
        return self._left(number, self.course.control_before.get(control, ""))

    def _allowing(self, control: str, left: int) -> Fact[TargetTimeChanged] | None:
        changes = [each for each in self.changes_of_target(control) if each.order()[0] <= left]
        return max(changes, key=Fact.precedence, default=None)

    def changes_of_target(self, control: str) -> list[Fact[TargetTimeChanged]]:
        """What changed the time to a control, for whomever."""
        return [
            each
            for each in self.course.facts.of(TargetTimeChanged)
            if each.value.control == control and each.value.target_ms is not None
        ]

    def _left(self, number: str, control: str) -> Due | None:
        """When a crew left a control: the minute it was there, or it started or finished there."""
        planned = self.course.controls.get(control)
        seen = self.passed.get((number, control))
        if seen is not None:
            return Due(cut(seen.true_ms or 0, MINUTE), (seen.fact.id,))
        if planned is None:
            return None
        start = self.timing.starts.get((planned.stage, number))
        if planned.is_start and start is not None:
            return Due(cut(start.official_ms, MINUTE), (start.fact.id,))
        if planned.is_finish:
            arrival = self.timing.arrival_ms(planned.stage, number)
            return None if arrival is None else Due(cut(arrival, MINUTE))
        return None


def _by_control(
    seen: Iterable[Seen[ControlPassed]],
) -> dict[tuple[str, str], list[Seen[ControlPassed]]]:
    return grouped(
        ((each.fact.value.number, each.fact.value.control), each)
        for each in seen
        if each.true_ms is not None
    )


def _first(
    told: Mapping[tuple[str, str], Iterable[Seen[ControlPassed]]],
) -> dict[tuple[str, str], Seen[ControlPassed]]:
    """Of several records of one thing the one that counts."""
    return {key: min(several, key=lambda each: each.preference()) for key, several in told.items()}


def cut(instant: int, precision: int) -> int:
    """A reading of a clock, cut down to its precision."""
    return instant // precision * precision


class _Judged(NamedTuple):
    """How late a crew was, what that is called, what it costs, and by which rules."""

    late_ms: int | None
    verdict: str
    penalty_ms: int
    rules: tuple[str, ...] = ()


_NOT_JUDGED = _Judged(None, "", 0)


class LateFrom(NamedTuple):
    """From what lateness counts (ms), and the parameters that say so."""

    ms: int
    rules: tuple[str, ...]


def late_from(rules: Rulebook, *names: str) -> LateFrom:
    """From what lateness counts, by the first of these parameters that is defined.

    Where none is, lateness counts from what clocks are read to.
    """
    for each in names:
        if rules.defines(each):
            return LateFrom(SECOND if rules.text(each) == "second" else MINUTE, (each,))
    return LateFrom(rules.number(CONTROL_PRECISION), (CONTROL_PRECISION,))


def _judged(rules: Rulebook, due: int, actual: int, allowance: int) -> _Judged:
    counted, by = late_from(rules, LATENESS)
    late = cut(actual, counted) - cut(due, counted)
    if late > allowance + rules.number(LATE_LIMIT):
        applied = (NOT_VISITED, LATE_LIMIT, *by, WHETHER)
        return _Judged(late, "not visited", rules.number(NOT_VISITED), applied)
    if late > allowance:
        if rules.defines(LATENESS_COSTS) and rules.text(LATENESS_COSTS) == FREE:
            return _Judged(late, "late", 0, (LATENESS_COSTS, *by, WHETHER))
        cost = minutes_begun(late - allowance) * rules.number(LATE)
        whether = (LATENESS_COSTS,) if rules.defines(LATENESS_COSTS) else ()
        return _Judged(late, "late", cost, (LATE, *whether, *by, WHETHER))
    if late < 0:
        cost = minutes_begun(-late) * rules.number(EARLY)
        return _Judged(late, "early", cost, (EARLY, *by, WHETHER))
    return _Judged(late, "on time", 0)


def minutes_begun(ms: int) -> int:
    """The minutes in a duration, a begun one counted."""
    return -(-ms // MINUTE)
