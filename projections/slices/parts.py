"""The parts of a rally that are replayed by themselves: a crew, or crews that belong together."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator
from typing import NamedTuple, TypeVar

from ledger.errors import LedgerError, NotFound
from ledger.vocabulary import BulletinIssued, ClockOffsetDeclared, CrewEntered, RegulationsAdopted
from ledger.vocabulary.rally import ParameterValue
from projections.comparing.what_if import NOTHING, Alternatives
from projections.results.standings import Scope, field_of, span_of, stage_named, standings
from projections.rules.rulebook import NEXT_FOLLOWS, SHARED_PLACE
from projections.slices.beginnings import (
    Begins,
    Breaks,
    FirstSeen,
    breaks_of,
    held_against,
    told_by,
)
from projections.slices.belonging import FRAME, Belonging
from projections.slices.ends import Ends, Told, ends_by, told_of_ends
from projections.state.facts import Facts
from projections.state.rally import RallyState
from projections.state.ties import BY_PLACES
from projections.state.totals import Overall, Total, stage_total
from projections.state.true_times import SITE_CLOCK
from projections.state.unfinished import BY_OTHERS, NOT_STARTED_STAGE, UNFINISHED_STAGE

Totals = dict[str, Total]
Held = tuple[Breaks, Ends]
Key = TypeVar("Key")
Value = TypeVar("Value")
_KEPT = 300_000
"""So many records at most are kept at hand in parts that were replayed."""


class CannotSlice(Exception):
    """The rules do not suffice for an answer on some slice: only a whole replay tells what then."""


class Undone(NamedTuple):
    """A group of crews with what is undone of its records and of those that bear on everybody."""

    group: str
    own: frozenset[str]
    frame: frozenset[str]


class Shared(NamedTuple):
    """What the times of crews rest on beside their records: when stages begin, and where they end.

    The beginnings (UTC ms) themselves matter only for where they lie among what they are held
    against.
    """

    begins: Begins
    breaks: Breaks
    ends: Ends

    @property
    def held(self) -> Held:
        """What is the same where no time differs."""
        return self.breaks, self.ends


class Context(NamedTuple):
    """What crews know of each other: on what times rest, and which stages were run.

    `number` is the same for contexts between which no answer differs.
    """

    shared: Shared
    run: frozenset[str]
    number: int


class Slices:
    """What the classification of a scope shows with any of the edits undone."""

    def __init__(
        self, logs: Alternatives, belonging: Belonging, scope: Scope, after: RallyState
    ) -> None:
        self.group = belonging.group
        self.groups = [FRAME, *(each for each in belonging.of if each != FRAME)]
        self.scope = scope
        self._logs = logs
        self._of = belonging.of
        self._edits: dict[str, frozenset[str]] = {FRAME: NOTHING}
        self._holders: dict[str, list[str]] = defaultdict(list)
        for group, ids in belonging.of.items():
            self._edits[group] = frozenset(each for each in ids if each in logs.edits)
            for each in self._edits[group]:
                self._holders[each].append(group)
        self._breaks = held_against(logs)
        if _rules_on_clocks_change(logs) or _prices_by_others(logs) or _closes_up(logs):
            raise CannotSlice
        self._facts: dict[Undone, Facts] = {}
        self._frames: dict[frozenset[str], RallyState] = {}
        self._parts: dict[tuple[Undone, Held], RallyState] = {}
        self._began: dict[Undone, FirstSeen] = {}
        self._categories: dict[Undone, frozenset[str]] = {}
        self._told_of_ends: dict[tuple[Undone, Breaks], Told] = {}
        self._run: dict[tuple[Undone, Held], frozenset[str]] = {}
        self._totals: dict[tuple[Undone, int], Totals] = {}
        self._contexts: dict[tuple[Held, frozenset[str]], Context] = {}
        try:
            self._learn(after)
        except LedgerError as error:
            raise CannotSlice from error

    def _learn(self, after: RallyState) -> None:
        """Take over from the whole replay what stands where nothing is undone."""
        # The whole replay has been made in any case: of a part with nothing undone, as most are, it
        # tells everything, and that part is never replayed.
        began, ends = told_by(after.facts, self.group), told_of_ends(after, self.group)
        self._told_by_all = _added(ends.values())
        shared = Shared(after.begins, self.breaks(after.begins), ends_by(self._told_by_all))
        context, self._shared = self.context(shared, after.run), shared
        run: dict[str, set[str]] = defaultdict(set)
        for stage, number in _ran(after):
            run[self.group(number)].add(stage)
        totals: dict[str, Totals] = defaultdict(dict)
        for number, total in self._totals_in(after).items():
            totals[self.group(number)][number] = total
        categories: dict[str, set[str]] = defaultdict(set)
        for number in after.facts.crews:
            categories[self.group(number)].add(after.category(number))
        for group in self.groups:
            undone = Undone(group, NOTHING, NOTHING)
            self._categories[undone] = frozenset(categories[group])
            self._began[undone] = began.get(group, {})
            self._told_of_ends[undone, shared.breaks] = ends.get(group, Counter())
            self._run[undone, self._held_by(undone, shared)] = frozenset(run[group])
            self._totals[undone, context.number] = totals[group]

    @staticmethod
    def cannot_tell() -> str:
        """For a rule that no slice knows.

        Raises:
            CannotSlice: always.
        """
        raise CannotSlice

    def touched(self, edits: Iterable[str]) -> set[str]:
        """The groups that edits bear on."""
        return {group for each in edits for group in self._holders[each]}

    def undone(self, edits: frozenset[str], groups: Iterable[str]) -> dict[str, Undone]:
        """What these edits undo of some groups."""
        frame = edits & self._edits[FRAME]
        return {
            group: Undone(group, NOTHING if group == FRAME else edits & self._edits[group], frame)
            for group in groups
        }

    # -- what crews know of each other -----------------------------------------------------------

    def context(self, shared: Shared, run: frozenset[str]) -> Context:
        """The context in which these stages were run."""
        key = shared.held, run
        if key not in self._contexts:
            self._contexts[key] = Context(shared, run, len(self._contexts))
        return self._contexts[key]

    def breaks(self, begins: Begins) -> Breaks:
        """Where these beginnings lie among the instants that they are held against."""
        return breaks_of(begins, self._breaks)

    def began(self, undone: Undone) -> FirstSeen:
        """When stages began, as far as the crews of a group tell."""
        if undone not in self._began:
            found = told_by(self._facts_of(undone), self.group)
            self._began[undone] = found.get(undone.group, {})
        return self._began[undone]

    def told_of_ends(self, undone: Undone, begins: Begins, held: Breaks) -> Told:
        """What the times of a group tell of where stages end."""
        key = undone, held
        if key not in self._told_of_ends:
            # That does not rest on where they end: it is read from the part that is needed anyway.
            part = self._part(undone, Shared(begins, held, self._shared.ends))
            self._told_of_ends[key] = told_of_ends(part, self.group).get(undone.group, Counter())
        return self._told_of_ends[key]

    def told_by_all(self, groups: Collection[Undone], begins: Begins, held: Breaks) -> Told:
        """What the times of all groups tell of where stages end."""
        if held != self._shared.breaks:
            return _added(self.told_of_ends(each, begins, held) for each in groups)
        # Of most groups nothing is undone: what those tell is added up once.
        other = [each for each in groups if each.own or each.frame]
        told = self._told_by_all.copy()
        for each in other:
            told.subtract(self._told_of_ends[Undone(each.group, NOTHING, NOTHING), held])
            told.update(self.told_of_ends(each, begins, held))
        return told

    def run(self, undone: Undone, shared: Shared) -> frozenset[str]:
        """The stages that crews of a group ran."""
        key = undone, self._held_by(undone, shared)
        if key not in self._run:
            part = self._part(undone, shared)
            self._run[key] = frozenset(
                stage for stage, number in _ran(part) if self.group(number) == undone.group
            )
        return self._run[key]

    # -- the parts -------------------------------------------------------------------------------

    def totals(self, undone: Undone, context: Context) -> Totals:
        """The totals of the crews of a group that are in the classification."""
        key = undone, context.number
        if key not in self._totals:
            totals = self._totals_in(self._told(undone, context)).items()
            self._totals[key] = {n: total for n, total in totals if self.group(n) == undone.group}
        return self._totals[key]

    def statuses(self, undone: Undone, context: Context) -> dict[str, str]:
        """The statuses of the crews of a group that are not in the classification."""
        try:
            answer = standings(self._told(undone, context), self.scope)
        except NotFound:  # none of these crews is of the category that is asked for
            return {}
        except LedgerError as error:
            raise CannotSlice from error
        return {each.number: each.status for each in answer.unclassified}

    def crew(self, undone: Undone, number: str) -> CrewEntered | None:
        """The entry of a crew, as it stands."""
        entry = self._facts_of(undone).crews.get(number)
        return entry.value if entry else None

    def _told(self, undone: Undone, context: Context) -> RallyState:
        """The state of a part, which knows no other crews, told which stages were run."""
        part = self._part(undone, context.shared)
        # A part may serve in several contexts, so what is told goes into a copy: the times of its
        # crews are the same in all of them, but what was counted of stages run is not.
        return part.with_run(context.run)

    def frame(self, undone: frozenset[str]) -> RallyState:
        """The state without any crew."""
        if undone not in self._frames:
            self._frames[undone] = RallyState(self._facts_of(Undone(FRAME, NOTHING, undone)))
        return self._frames[undone]

    def _part(self, undone: Undone, shared: Shared) -> RallyState:
        key = undone, self._held_by(undone, shared)
        if key not in self._parts:
            ends = dict(shared.ends)
            part = RallyState(
                self._facts_of(undone),
                lambda _: shared.begins,
                lambda stage, category: ends.get((stage, category), ""),
            )
            try:  # asked here, while it can still be said that slices do not suffice
                _ = part.values, part.penalties
            except LedgerError as error:
                raise CannotSlice from error
            self._keep(self._parts, key, part, undone)
        return self._parts[key]

    def _held_by(self, undone: Undone, shared: Shared) -> Held:
        """What is the same where no time of a group differs: it drives in few categories."""
        if not shared.ends:
            return shared.held
        if undone not in self._categories:
            crews = self._facts_of(undone).crews.items()
            of = (crew.value.category for n, crew in crews if self.group(n) == undone.group)
            self._categories[undone] = frozenset(of)
        of_its = self._categories[undone]
        return shared.breaks, tuple(each for each in shared.ends if each[0][1] in of_its)

    def _facts_of(self, undone: Undone) -> Facts:
        if undone not in self._facts:
            ids = dict.fromkeys([*self._of[FRAME], *self._of[undone.group]])
            facts = self._logs.facts(undone.own | undone.frame, ids)
            try:  # what decisions do is part of the facts, and rests on rules
                _ = facts.rulings.brought_about
            except LedgerError as error:
                raise CannotSlice from error
            self._keep(self._facts, undone, facts, undone)
        return self._facts[undone]

    def _keep(self, held: dict[Key, Value], key: Key, value: Value, undone: Undone) -> None:
        """Keep the latest at hand; most are asked for again soon, or never."""
        size = len(self._of[FRAME]) + len(self._of[undone.group])
        while held and (len(held) + 1) * size > _KEPT:
            del held[next(iter(held))]
        held[key] = value

    def _totals_in(self, state: RallyState) -> Totals:
        scope = self.scope
        if any(each and each not in state.orders for each in (scope.until, scope.first)):
            return {}
        try:
            crews = field_of(state, scope).ranked
            if scope.kind == "stage":
                stage = stage_named(state, scope.stage or "")
                found = {
                    number: stage_total(state, stage, number, scope.ranking) for number in crews
                }
            else:
                overall = Overall(state, span_of(state, scope), scope.ranking)
                if not BY_PLACES.isdisjoint(overall.chain):
                    raise CannotSlice
                each_alone = (overall.total(number) for number in crews)
                whole = overall.with_ties(each for each in each_alone if each is not None)
                found = {each.number: each for each in whole}
        except LedgerError as error:
            raise CannotSlice from error
        return {number: total for number, total in found.items() if total is not None}


def _rules_on_clocks_change(logs: Alternatives) -> bool:
    """Whether the clocks of sites may be applied on some stages and not on others.

    That hangs on when all of them begin, which no slice knows before its clocks are right.
    """
    told = [said for _, said in logs.told.values()]
    if not any(isinstance(each, ClockOffsetDeclared) and each.of_site for each in told):
        return False
    return len({*_values_of(logs, SITE_CLOCK)}) > 1


def _prices_by_others(logs: Alternatives) -> bool:
    """Whether a stage that a crew left out may cost it what another drove, whom no slice holds."""
    rules = (f"overall.{rule}" for rule in (UNFINISHED_STAGE, NOT_STARTED_STAGE))
    return any(not BY_OTHERS.isdisjoint(_values_of(logs, each)) for each in rules)


def _closes_up(logs: Alternatives) -> bool:
    """Whether no place may stay empty behind one that is shared: it is not by who is ahead then."""
    return NEXT_FOLLOWS in _values_of(logs, SHARED_PLACE)


def _values_of(logs: Alternatives, name: str) -> list[ParameterValue | None]:
    """The values that a rule ever had; None of regulations that do not define it."""
    told = [said for _, said in logs.told.values()]
    adopted = [each for each in told if isinstance(each, RegulationsAdopted)]
    later = ({each.parameter: each.value} for said in adopted for each in said.later)
    changed = (each.parameters for each in told if isinstance(each, BulletinIssued))
    amended = (each for several in (later, changed) for each in several if name in each)
    return [each.get(name) for each in (*(each.parameters for each in adopted), *amended)]


def _added(several: Iterable[Told]) -> Told:
    found: Told = Counter()
    for each in several:
        found.update(each)
    return found


def _ran(state: RallyState) -> Iterator[tuple[str, str]]:
    """Which stage was run by which crew, where it is not cancelled for it."""
    for stage, number in state.timing.measured:
        if not state.cancelled(stage, state.category(number)):
            yield stage, number
