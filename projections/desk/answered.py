"""What was decided on a fact: the penalty that rests on it, the decision, or that none is given.

A penalty rests on the facts that it names; one that names none, on what it is for: the same crew,
stage and place. Who declined a sanction did so on the fact as it stood: once that is corrected, it
is undecided again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import cached_property
from typing import Any, NamedTuple

from ledger.grouping import grouped
from ledger.vocabulary import (
    CheckHeld,
    CrewDisqualified,
    FalseStartObserved,
    FitnessDecided,
    IncidentReported,
    Occurrence,
    PenaltyGiven,
    ReportFiled,
    SanctionDeclined,
    StartRefused,
    TimeCreditGranted,
)
from projections.state.course import Course
from projections.state.recorded import Fact
from projections.state.rulings import IN_FORCE, UNDONE, Ruling

FALSE_START = "false-start"
_UNDONE = UNDONE | {"withdrawn"}
"""A decision that was taken back leaves undecided what it was about."""


Key = tuple[str, str, str, str, int]


class Given(NamedTuple):
    """A penalty that an official gave, alone or by a decision, and what became of it."""

    fact: Fact[PenaltyGiven]
    status: str

    @property
    def key(self) -> Key:
        """What tells it from others: a decision may give several."""
        said = self.fact.value
        return self.fact.id, said.number, said.stage, said.point, said.amount_ms

    @property
    def stands(self) -> bool:
        """Whether something was decided by it: also where a court undid it."""
        return self.status not in _UNDONE

    @property
    def counts(self) -> bool:
        """Whether it is in force."""
        return self.status == IN_FORCE


class Decided(NamedTuple):
    """A record that is no penalty and answers a fact, and whether that stands."""

    fact: Fact[Any]
    stands: bool
    status: str = ""

    @property
    def words(self) -> str:
        """What was decided, and what became of that where it does not stand."""
        words: str = self.fact.value.words()
        return words if self.stands else with_status(words, self.status)


def with_status(words: str, status: str) -> str:
    """What was decided, and its status where it does not count as it is."""
    return words if status in ("", IN_FORCE) else f"{words} ({status})"


class Answers:
    """What was decided, to be found by what it is about. It takes no reading of the road."""

    def __init__(self, course: Course) -> None:
        self.course = course
        self.facts = course.facts

    @cached_property
    def given(self) -> dict[str, list[Given]]:
        """The penalties by crew, in the order of the facts."""
        facts = self.facts
        alone = [
            Given(each, "withdrawn" if each.id in facts.taken_back else IN_FORCE)
            for each in facts.recorded(PenaltyGiven)
        ]
        decided: list[Given] = [
            Given(each.fact, IN_FORCE if each.counts else each.status)  # type: ignore[arg-type]
            for each in facts.rulings.effects_of(PenaltyGiven)
            if each.fact is not None
        ]
        both = sorted([*alone, *decided], key=lambda each: each.fact.order())
        return grouped((each.fact.value.number, each) for each in both)

    def penalties(self, fact: Fact[Any]) -> list[Given]:
        """The penalties that rest on a fact."""
        of_the_crew = self.given.get(fact.value.number, ())
        return [each for each in of_the_crew if self._rests_on(each.fact, fact)]

    def without_penalty(self, fact: Fact[Any]) -> Iterator[Decided]:
        """What answers a fact and penalises nobody: a decision of its own, or a sanction declined.

        Beside these a credit for stopping, a check that was passed, a crew that was cleared.
        """
        for other in self._others(fact):
            yield Decided(other, other.id not in self.facts.taken_back)
        for ruling in self._acquitting.get(fact.id, ()):
            yield Decided(ruling.fact, ruling.status not in _UNDONE, ruling.status)
        yield from self.declined(fact)

    def is_settled(self, fact: Fact[Any]) -> bool:
        """Whether somebody decided on a fact, and that was not taken back."""
        return any(each.stands for each in self.penalties(fact)) or any(
            each.stands for each in self.without_penalty(fact)
        )

    def declined(self, fact: Fact[Any]) -> Iterator[Decided]:
        """That a sanction was declined on a fact, which stands while the fact does as it was."""
        for each in self._declined.get(fact.id, ()):
            known = set(fact.amended_by) <= {*each.value.evidence}
            same = each.value.number == fact.value.number
            yield Decided(each, known and same, "" if known and same else "the fact was corrected")

    @cached_property
    def _declined(self) -> dict[str, list[Fact[SanctionDeclined]]]:
        declined = self.facts.recorded(SanctionDeclined)
        return grouped((about, each) for each in declined for about in {*each.value.evidence})

    @cached_property
    def _acquitting(self) -> dict[str, list[Ruling]]:
        """The decisions that penalise nobody, by the records that they rest on or decide."""
        found: dict[str, list[Ruling]] = defaultdict(list)
        rulings = self.facts.rulings
        reported = {each.id: each.value.evidence for each in self.facts.of(ReportFiled)}
        for decision in rulings.decisions:
            ruling = rulings.all[decision.id]
            if not any(each.effect.act == PenaltyGiven.type_name() for each in ruling.effects):
                said = decision.value
                about = {*said.evidence, *said.matter}
                about.update(*(reported.get(each, ()) for each in said.matter))
                for each in about:
                    found[each].append(ruling)
        return found

    def _rests_on(self, given: Fact[PenaltyGiven], fact: Fact[Any]) -> bool:
        """Whether a penalty names a fact, or is for the same crew, stage and place."""
        penalty, said = given.value, fact.value
        if fact.id in penalty.evidence:
            return True
        if isinstance(said, FalseStartObserved):
            same = penalty.kind == FALSE_START
        else:
            place = getattr(said, "point", "") or getattr(said, "zone", "")
            same = bool(place) and penalty.point == place
        at = self.course.stage_at(penalty.stage, penalty.control, given.instant)
        return same and at.stage == getattr(said, "stage", "")

    def _others(self, fact: Fact[Any]) -> list[Fact[Occurrence]]:
        """What is no penalty: a credit for stopping, a check that was passed, a crew cleared."""
        facts, said = self.facts, fact.value
        found: list[Fact[Occurrence]] = []
        if isinstance(said, IncidentReported) and said.kind == "stop-to-assist":
            found += [
                each
                for each in facts.of(TimeCreditGranted)
                if (each.value.number, each.value.stage) == (said.number, said.stage)
            ]
        elif isinstance(said, CheckHeld):
            found += [
                each
                for each in facts.of(CheckHeld)
                if each.value.passed
                and (each.value.number, each.value.kind) == (said.number, said.kind)
                and each.order() > fact.order()
            ]
            found += [e for e in facts.of(StartRefused) if e.value.number == said.number]
            found += [e for e in facts.of(CrewDisqualified) if e.value.number == said.number]
        elif isinstance(said, FitnessDecided):
            found += [
                each
                for each in self.course.fitness[said.number]
                if each.value.fit and each.order() > fact.order()
            ]
        return sorted(found, key=Fact.order)
