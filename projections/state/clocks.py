"""Clocks: what the time was truly when a device or a site showed another, and whom to believe.

A declared offset moves every instant that the clock gave in its interval (see `true_times.py`);
readings of a source that was declared unreliable stay in the log and count for nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Generic, NamedTuple, TypeVar

from ledger.vocabulary import (
    ClockOffsetDeclared,
    ControlPassed,
    NeutralisationPassed,
    PassingRecorded,
    SourceDeclaredUnreliable,
    StageStarted,
    StageTimeRecorded,
    TimeDetermined,
)
from projections.rules.rulebook import Rulebook
from projections.state.course import PRECISION, Course
from projections.state.keyed import Keyed, is_keyed, keyed
from projections.state.recorded import OF_NO_DECISION, Fact
from projections.state.true_times import (
    APPLIED,
    SITE_CLOCK,
    closeness,
    closest,
    is_about,
    may_be_about,
    shown_by,
)

SOURCES = "timing.sources"
LATENESS, CONTROL_PRECISION = "controls.lateness_from", "controls.precision_ms"
MINUTE, SECOND = 60_000, 1_000
ReadFromClock = StageStarted | PassingRecorded | ControlPassed | NeutralisationPassed
Read_co = TypeVar("Read_co", bound=ReadFromClock | StageTimeRecorded, covariant=True)
Read = TypeVar("Read", bound=ReadFromClock | StageTimeRecorded)


class Seen(NamedTuple, Generic[Read_co]):
    """A reading of a clock: what was told, the true instant, and how much it is believed.

    Smaller ranks are believed more, by the order of sources. `determined` is 0 without a ruling;
    of several rulings the later has the greater number.
    """

    fact: Fact[Read_co]
    true_ms: int | None
    rank: int
    determined: int

    def preference(self) -> tuple[int, int, int, str]:
        """Smaller counts: what was ruled last, the better source, the earlier reading."""
        instant = self.fact.order()[0] if self.true_ms is None else self.true_ms
        return -self.determined, self.rank, instant, self.fact.id


def by_source(several: Iterable[Seen[Read]]) -> bool:
    """Whether the order of sources says which of several records of one thing counts."""
    ordered = sorted(several, key=Seen.preference)
    return any(
        each.fact.value.source.kind != ordered[0].fact.value.source.kind
        and each._replace(rank=-1).preference() < ordered[0].preference()
        for each in ordered[1:]
    )


def spread(several: Iterable[Seen[Read]]) -> int:
    """How far several records of one thing lie apart, by their true instants; 0 for one alone."""
    times = [each.true_ms for each in several if each.true_ms is not None]
    return max(times) - min(times) if times else 0


def to_the_second(rules: Rulebook) -> bool:
    """Whether lateness at controls counts from the second."""
    return rules.defines(LATENESS) and rules.text(LATENESS) == "second"


def read_to(rules: Rulebook) -> int:
    """To how many milliseconds the clock of a control is read: mostly to the minute."""
    if to_the_second(rules):
        return SECOND
    return rules.number(CONTROL_PRECISION) if rules.defines(CONTROL_PRECISION) else MINUTE


class Clocks:
    """The clocks of a rally: true times and belief, for one cut."""

    def __init__(self, course: Course) -> None:
        self._course = course
        facts = course.facts
        self._offsets = facts.of(ClockOffsetDeclared)
        self._unreliable = facts.of(SourceDeclaredUnreliable)
        rulings = sorted(facts.of(TimeDetermined), key=Fact.precedence)
        self.determined = {each.value.target: count for count, each in enumerate(rulings, 1)}
        self.weights = {each.value.target: each.weight for each in rulings}
        self._sources: dict[str, tuple[str, ...]] = {}
        self._believed: dict[int, tuple[Sequence[Any], Sequence[Any]]] = {}

    def believed(self, facts: Sequence[Fact[Read]]) -> Sequence[Seen[Read]]:
        """The readings that may count, each with its true instant; one of a cell keyed twice."""
        # Many ask of the same readings, which are held here so that no others get their identity.
        known = self._believed.get(id(facts))
        if known is None:
            found = [self._seen(fact) for fact in self._apart_from_cards(self.trusted(facts))]
            known = self._believed[id(facts)] = facts, found
        return known[1]

    def sighted(self, facts: Sequence[Fact[Read]]) -> Sequence[Seen[Read]]:
        """The readings that show where crews were, whichever of them tells when."""
        counting = self.believed(facts)
        several = sum(is_keyed(each.value) for each in facts) > 1
        return [self._seen(fact) for fact in self.trusted(facts)] if several else counting

    def _apart_from_cards(self, facts: list[Fact[Read]]) -> list[Fact[Read]]:
        """Without the keyings of cards that give no time of their own: see `keyed.py`."""
        if sum(is_keyed(each.value) for each in facts) < 2:  # as nearly always
            return facts
        aside = frozenset[str]().union(*(each.set_aside for each in self.keyed(facts)))
        return [each for each in facts if each.id not in aside] if aside else facts

    def keyed(self, facts: Iterable[Fact[Read]]) -> list[Keyed]:
        """The cells of cards that were keyed, of all records of these cells, and what counts."""
        return keyed(self.trusted(facts), self.determined, self._read_to)

    def _read_to(self, fact: Fact[Read]) -> int:
        """To how many milliseconds the cell of a card is read."""
        said, course = fact.value, self._course
        if isinstance(said, ControlPassed):
            order = course.order_at(said.stage, said.control, fact.instant)
            return read_to(course.rules_for(fact, order))
        if said.stage in course.facts.stages:
            return course.precision(said.stage).ms
        return course.rules_of(said.stage).number(PRECISION)

    def trusted(self, facts: Iterable[Fact[Read]]) -> list[Fact[Read]]:
        """What is not told by an unreliable source, or was ruled to count all the same."""
        return [
            fact for fact in facts if fact.id in self.determined or not self.is_unreliable(fact)
        ]

    def is_unreliable(self, fact: Fact[Read]) -> bool:
        """Whether the source of a reading was declared unreliable for that time.

        A decision is no reading of a source.
        """
        return bool(self._distrusting(fact)) and fact.weight == OF_NO_DECISION

    def _distrusting(self, fact: Fact[Read]) -> list[Fact[SourceDeclaredUnreliable]]:
        """What declares its source unreliable for that time."""
        shown = fact.as_shown
        # Nearly all readings are of other clocks than those of which anything is declared.
        perhaps = [each for each in self._unreliable if may_be_about(each.value, shown)]
        clock = shown_by(shown) if perhaps else None
        return [each for each in perhaps if clock and is_about(each.value, clock)]

    def distrusting(self, fact: Fact[Read]) -> Fact[SourceDeclaredUnreliable] | None:
        """What declared it so: of several, the one that is about the most readings."""
        if not self.is_unreliable(fact):
            return None
        return min(self._distrusting(fact), key=lambda each: (closeness(each.value), each.order()))

    def _seen(self, fact: Fact[Read]) -> Seen[Read]:
        said = fact.value
        if (sources := self._sources.get(said.stage)) is None:
            sources = self._sources[said.stage] = self._course.rules_of(said.stage).texts(SOURCES)
        kind = said.source.kind
        rank = sources.index(kind) if kind in sources else len(sources)
        return Seen(fact, self.true_ms(fact), rank, self.determined.get(fact.id, 0))

    def true_ms(self, fact: Fact[Read]) -> int | None:
        """The true instant of a reading; None where only a duration is told.

        Raises:
            Undefined: nothing says whether the clock of its site is applied.
        """
        at = fact.value.fact_at
        if at is None:
            return None
        declared = self.declared(fact) if self._offsets else None
        if declared is not None:
            self.shifts(declared, fact)
        return at.ms

    def declared(self, fact: Fact[Read]) -> Fact[ClockOffsetDeclared] | None:
        """The declaration that holds for the clock of a reading; None where there is none.

        Of several it is the one that names the clock most closely, of such the latest.
        """
        shown = fact.as_shown
        perhaps = [each for each in self._offsets if may_be_about(each.value, shown)]
        if fact.value.fact_at is None or not perhaps:
            return None
        return closest(perhaps, shown_by(shown))

    def shifts(self, declared: Fact[ClockOffsetDeclared], fact: Fact[Read]) -> bool:
        """Whether a declaration moves a reading: that of a site may only be noted."""
        stage = fact.value.stage
        return (
            not declared.value.of_site or self._course.rules_of(stage).text(SITE_CLOCK) == APPLIED
        )
