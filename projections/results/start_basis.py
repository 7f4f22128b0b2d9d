"""On what a start order rests: the rule for its stage, the result behind it, and what that makes.

The rulebook says it line by line (`projections/rules/starting.py`); where it says nothing, an order
follows the last stage that counted. Whoever has no result in it starts behind those who have one.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ledger.errors import NotFound
from ledger.vocabulary import (
    ClassificationPublished,
    CrewsSeeded,
    StageScheduled,
    StartPositionChosen,
)
from ledger.vocabulary.publication import categories_of
from projections.results.days import LAST, day_of, stages_of_day
from projections.results.standings import Scope, span_of, stage_named
from projections.rules import starting
from projections.rules.starting import AS_EVER, Line, Stages, Step
from projections.state.charges import Charge
from projections.state.entries import by_number
from projections.state.matters import published
from projections.state.rally import RallyState
from projections.state.recorded import Fact
from projections.state.road import COMPUTED
from projections.state.timing import FIXED_PENALTY
from projections.state.totals import Overall, counting, stage_total

RULE = "start_order.rule"


class Seed(NamedTuple):
    """A crew before it has a place: behind or not, its time, and why it stands where it does."""

    behind: bool
    time_ms: int | None
    number: str
    note: str

    def rank(self) -> tuple[bool, int, tuple[int, int, str]]:
        """Equal times start by race number, and who has none behind."""
        return self.behind, self.time_ms or 0, by_number(self.number)


class Ordered(NamedTuple):
    """Crews in the order in which they start, and on what it rests, in words."""

    rests_on: str
    seeds: list[Seed]


def in_order(
    state: RallyState, stage: StageScheduled, category: str, numbers: Collection[str]
) -> Ordered:
    """The crews of a category in the order in which they start a stage, by its rule.

    Raises:
        NotFound: the rule names a stage that there is not. Undefined: a needed rule is not defined.
    """
    line = line_for(state, stage, category)
    return _in_order(state, stage, category, numbers, line)


def offered(
    state: RallyState, stage: StageScheduled, category: str, numbers: Collection[str]
) -> list[str] | None:
    """The crews that choose their places, the first so many; None where the rules let nobody."""
    line = line_for(state, stage, category)
    for place, step in enumerate(line.steps):
        if step.kind == starting.CHOOSE:
            before = line._replace(steps=line.steps[:place])
            seeds = _in_order(state, stage, category, numbers, before).seeds
            return [each.number for each in seeds if not each.behind][: step.most]
    return None


def _in_order(
    state: RallyState, stage: StageScheduled, category: str, numbers: Collection[str], line: Line
) -> Ordered:
    found = _resting(state, stage, category, numbers, line)
    for step in line.steps:
        found = Ordered(
            f"{found.rests_on}, {step.words()}", _done(state, stage, category, found.seeds, step)
        )
    return found


# -- which rule ------------------------------------------------------------------------------------


def line_for(state: RallyState, stage: StageScheduled, category: str) -> Line:
    """What the rules for a stage say on its order: the first line that holds for it."""
    rules = state.rules_of(stage.stage)
    lines = map(starting.read, rules.texts(RULE)) if rules.defines(RULE) else ()
    holding = (
        each
        for each in lines
        if category in (each.categories or (category,)) and _holds(state, each.where, stage)
    )
    return next(holding, AS_EVER)


def _holds(state: RallyState, where: Stages | None, stage: StageScheduled) -> bool:
    """Whether a line is for a stage; of days and stages that the plan does not know it says no."""
    if where is None:
        return True
    if where.after_prologue:
        before = [each for each in state.stages if each.timed and each.order < stage.order]
        return bool(before) and before[-1].kind == "prologue"
    if where.day is not None:
        named = str(where.day) if where.day else LAST
        try:
            return stage in stages_of_day(state, named)
        except NotFound:
            return False
    first, last = (state.orders.get(each) for each in (where.first, where.last))
    return first is not None and last is not None and first <= stage.order <= last


# -- on what it rests ------------------------------------------------------------------------------


def _resting(
    state: RallyState, stage: StageScheduled, category: str, numbers: Collection[str], line: Line
) -> Ordered:
    if line.basis == starting.SEEDING:
        return _seeded(state, stage, category, numbers)
    scope = None if line.basis == starting.NUMBERS else _scope(state, stage, category, line)
    if scope is None:
        return Ordered(starting.NUMBERS, [Seed(False, None, n, "") for n in _by_number(numbers)])
    if line.as_posted and (posted := _posted(state, scope, category)) is not None:
        return _as_posted(posted, numbers)
    if scope.kind == "stage":
        basis = stage_named(state, scope.stage or "")
        seeds = (_by_result(state, number, basis) for number in numbers)
        return Ordered(f"result of {basis.stage}", sorted(seeds, key=Seed.rank))
    return _by_total(state, scope, numbers)


def _scope(state: RallyState, stage: StageScheduled, category: str, line: Line) -> Scope | None:
    """The classification on which an order rests; None where no stage of it counted yet."""
    before = [e for e in state.stages if e.order < stage.order and state.counts(e, category)]
    found = Scope("stage", stage=before[-1].stage) if before else None
    if line.stages[0]:
        found = _named(state, line.stages, before) or found
    elif line.basis == starting.OVERALL and before:
        found = Scope(after=before[-1].stage)
    elif line.basis == starting.PROLOGUE:
        run = (each.stage for each in reversed(before) if each.kind == "prologue")
        found = next((Scope("stage", stage=each) for each in run), found)
    elif line.basis in (starting.OVERALL_BEFORE, starting.DAY_BEFORE):
        day = day_of(state, stage)
        earlier = [each for each in before if not day or day_of(state, each) != day]
        found = _of_days(state, earlier, whole=line.basis == starting.OVERALL_BEFORE)
    return found and replace(found, category=category)


def _named(
    state: RallyState, stages: tuple[str, str], before: Collection[StageScheduled]
) -> Scope | None:
    """The classification of the stages that a rule names; None of one that does not count."""
    first, last = stages
    if first == last:
        return Scope("stage", stage=first) if stage_named(state, first) in before else None
    scope = Scope("range", first=first, last=last)
    span_of(state, scope)  # which says what is wrong with it
    return scope


def _of_days(state: RallyState, earlier: Sequence[StageScheduled], *, whole: bool) -> Scope | None:
    """What stood at the end of the last of some days: over all of them, or over that day."""
    if not earlier:
        return None
    last, day = earlier[-1], day_of(state, earlier[-1])
    if whole:
        return Scope(after=last.stage)
    same = [each for each in earlier if day and day_of(state, each) == day] or [last]
    return Scope("range", first=same[0].stage, last=last.stage)


def _by_result(state: RallyState, number: str, basis: StageScheduled) -> Seed:
    """A crew by its result on the stage that the order rests on."""
    value = state.values.get((basis.stage, number))
    total = stage_total(state, basis, number)
    if value is None or total is None:
        return Seed(True, None, number, f"no time on {basis.stage}")
    apart = sum(
        each.amount_ms
        for each in state.penalties.get(number, ())
        if each.stage == basis.stage
        and each.applies_to == "stage"
        and _is_apart(each)
        and each.counts_in("joint")
    )
    behind = value.basis == FIXED_PENALTY
    note = f"did not finish {basis.stage}" if behind else ""
    return Seed(behind, total.total_ms - apart, number, note)


def _by_total(state: RallyState, scope: Scope, numbers: Collection[str]) -> Ordered:
    """Crews by their totals; a penalty that was given and moves no start order is not in them."""
    over = span_of(state, scope)
    totals = Overall(state, over).totals(numbers)

    def seed(number: str) -> Seed:
        if number not in totals:
            return Seed(True, None, number, "not classified")
        counted = counting(state.penalties.get(number, ()), over.behind, over.until)
        apart = sum(each.amount_ms for each in counted if _is_apart(each))
        return Seed(False, totals[number].total_ms - apart, number, "")

    words = (
        f"stages {scope.first} to {scope.last}" if scope.first else f"overall after {scope.after}"
    )
    return Ordered(words, sorted(map(seed, numbers), key=Seed.rank))


def _is_apart(charge: Charge) -> bool:
    return charge.basis != COMPUTED and not charge.in_start_order


def _posted(state: RallyState, scope: Scope, category: str) -> Fact[ClassificationPublished] | None:
    """The last classification of a scope that hangs on the board, of all crews or the category."""
    wanted = {"after": scope.after, "stage": scope.stage, "from": scope.first, "to": scope.last}
    found = [
        each
        for each in published(state.facts)
        if all((each.value.scope.get(name) or "") == (code or "") for name, code in wanted.items())
        and not each.value.scope.keys() & {"class", "group", "team", "trophy"}
        and category in (categories_of(each.value.scope.get("category", "")) or (category,))
    ]
    return max(found, key=Fact.order, default=None)


def _as_posted(posted: Fact[ClassificationPublished], numbers: Collection[str]) -> Ordered:
    """Crews as they stand on a sheet; who is not on it starts behind."""
    rows = {str(row.get("number")): row for row in posted.value.rows}
    listed = [number for number in rows if number in numbers]
    seeds = [Seed(False, _whole(rows[each].get("total_ms")), each, "") for each in listed]
    behind = [Seed(True, None, n, "not classified") for n in _by_number(set(numbers) - {*listed})]
    return Ordered(f"document {posted.value.document}", seeds + behind)


def _whole(value: object) -> int | None:
    return value if isinstance(value, int) else None


def _seeded(
    state: RallyState, stage: StageScheduled, category: str, numbers: Collection[str]
) -> Ordered:
    """Crews as they were seeded last for the stage and category; who was not starts behind."""
    lists = [
        each
        for each in sorted(state.facts.of(CrewsSeeded), key=Fact.precedence)
        if each.value.stage in ("", stage.stage) and each.value.category in ("", category)
    ]
    if not lists:
        seeds = [Seed(False, None, number, "") for number in _by_number(numbers)]
        return Ordered(f"{starting.NUMBERS}: no crew was seeded", seeds)
    said = lists[-1].value
    listed = [each for each in dict.fromkeys(said.numbers) if each in numbers]
    first = [Seed(False, None, each, "") for each in listed]
    behind = [Seed(True, None, n, "not seeded") for n in _by_number(set(numbers) - {*listed})]
    return Ordered(f"seeding: {said.basis}" if said.basis else "seeding", first + behind)


def _by_number(numbers: Collection[str]) -> list[str]:
    return sorted(numbers, key=by_number)


# -- what is done to it ----------------------------------------------------------------------------


def _done(
    state: RallyState, stage: StageScheduled, category: str, seeds: Sequence[Seed], step: Step
) -> list[Seed]:
    """An order after a step; who has no result stays behind, but for restarters that go first."""
    head = [each for each in seeds if not each.behind]
    tail = [each for each in seeds if each.behind]
    count = len(head) if step.most is None else step.most
    block, rest = head[:count], head[count:]
    match step.kind:
        case starting.REVERSED:
            return [*reversed(block), *rest, *tail]
        case starting.BEHIND:
            return [*rest[: step.by], *block, *rest[step.by :], *tail]
        case starting.CHOOSE:
            return [*_chosen(state, stage, block), *rest, *tail]
        case starting.GROUPS:
            return _grouped(state, head, step) + _grouped(state, tail, step)
        case starting.LATE:
            return _late(state, stage, seeds, step.over_ms)
    return _restarters(state, stage, category, seeds, first=step.first)


def _chosen(state: RallyState, stage: StageScheduled, block: Sequence[Seed]) -> list[Seed]:
    """Crews in the places that they chose; who chose none gets what is left, in order."""
    chosen = choices(state, stage.stage, {each.number for each in block}, len(block))
    places = {each.value.place: number for number, each in chosen.items()}
    seeds = {each.number: each for each in block}
    left = iter([each for each in block if each.number not in chosen])
    return [
        seeds[places[place]]._replace(note="chose its place") if place in places else next(left)
        for place in range(1, len(block) + 1)
    ]


def choices(
    state: RallyState, stage: str, among: Collection[str], places: int
) -> dict[str, Fact[StartPositionChosen]]:
    """The choices of places that count: of several of a crew the last, of one place the first."""
    last: dict[str, Fact[StartPositionChosen]] = {}
    for each in sorted(state.facts.of(StartPositionChosen), key=Fact.precedence):
        said = each.value
        if said.stage == stage and said.number in among and said.place <= places:
            last[said.number] = each
    taken: dict[int, str] = {}
    for each in sorted(last.values(), key=Fact.precedence):
        taken.setdefault(each.value.place, each.value.number)
    return {number: last[number] for number in taken.values()}


def _grouped(state: RallyState, seeds: Sequence[Seed], step: Step) -> list[Seed]:
    """Crews of the groups, classes and trophies that go first, in the order of those."""

    def rank(seed: Seed) -> int:
        crew = state.facts.crews[seed.number].value
        of = {crew.group, crew.crew_class, *crew.trophies}
        return next((place for place, name in enumerate(step.names) if name in of), len(step.names))

    return sorted(seeds, key=rank)


def _restarters(
    state: RallyState, stage: StageScheduled, category: str, seeds: Sequence[Seed], *, first: bool
) -> list[Seed]:
    """Crews that have no time of their own on the last stage that counted, before all or behind."""
    before = [e for e in state.stages if e.order < stage.order and state.counts(e, category)]
    if not before:
        return list(seeds)

    def restarts(seed: Seed) -> bool:
        value = state.values.get((before[-1].stage, seed.number))
        return value is None or value.basis == FIXED_PENALTY

    back = [each for each in seeds if restarts(each)]
    others = [each for each in seeds if not restarts(each)]
    told = [e._replace(behind=not first, note=e.note or "restarts") for e in back]
    return [*told, *others] if first else [*others, *told]


def _late(
    state: RallyState, stage: StageScheduled, seeds: Sequence[Seed], over_ms: int
) -> list[Seed]:
    """Crews behind all others that were late at a start of the day, by more than that.

    That is at the start of this stage, or of one before it on its day: by the record of the start,
    or as an official let them start later than in the order that was posted.
    """
    day = day_of(state, stage)
    before = [each.stage for each in state.stages if each.order < stage.order]
    of_the_day = [
        each for each in before if day and day_of(state, state.facts.stages[each].value) == day
    ]

    def late_at(number: str) -> str:
        """The last stage of these to which it was late; "" for none."""
        several = reversed((*of_the_day, stage.stage))
        return next((e for e in several if _late_by(state, e, number) > over_ms), "")

    at = {each.number: late_at(each.number) for each in seeds}
    on_time = [each for each in seeds if not at[each.number]]
    told = [(each, f"late at {at[each.number]}") for each in seeds if at[each.number]]
    return [
        *on_time,
        *(s._replace(behind=True, note=f"{s.note}, {why}" if s.note else why) for s, why in told),
    ]


def _late_by(state: RallyState, stage: str, number: str) -> int:
    """How late a crew was at the start of a stage, or was let to be (ms); 0 where it was not."""
    start, let = state.timing.starts.get((stage, number)), state.timing.start_lists
    late = (start.actual_ms or 0) - start.official_ms if start and start.actual_ms else 0
    return max(late, 0) + let.put_off(stage, number)
