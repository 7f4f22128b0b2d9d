"""Which records bear on a case, and why each of them does."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

from cli.evidence.case import Case
from cli.evidence.figures import Figures
from ledger.authority import AMENDING
from ledger.naming import named
from ledger.vocabulary import (
    ActAdopted,
    CompetitionEnded,
    CrewEntered,
    ExhibitBound,
    Occurrence,
    PrizeGivingSet,
    RallyConstituted,
)
from projections.explain.told import Addend, StatusTold, Why
from projections.rules.procedure import OLDER

_AMENDING: tuple[type[Occurrence], ...] = (*AMENDING, ExhibitBound)
_OF_ALL_TIMES: dict[type[Occurrence], str] = {
    CompetitionEnded: "it says when the competition ended",
    PrizeGivingSet: "it says when the prizes are given",
    RallyConstituted: "it says by which clocks days are counted",
}
"""What may begin or end the time for any step of a case."""
_DOES: dict[type[Occurrence], str] = {ExhibitBound: "binds an exhibit to", ActAdopted: "adopts"}


def bearing(
    case: Case, figures: Figures, rules: Mapping[str, Any], posted: Iterable[Mapping[str, Any]]
) -> dict[int, list[str]]:
    """The positions of the records that bear on it, in order, each with why it does."""
    found = _Reasons(case)
    found.of_the_case()
    for why in figures.whys:
        found.of_a_total(why)
    for number in figures.crews:
        found.of_an_entry(number)
    for card in figures.cards:
        for stage in card.stages:
            for line in stage.lines:
                found.add(f"it stands on the time card of {card.number}", line.positions)
    found.add(
        "it made or changed the rules in force", [each["position"] for each in rules["applied"]]
    )
    for each in posted:
        found.add("it was posted and shows what was decided about", [each["position"]])
    found.of_what_amends()
    return found.all()


class _Reasons:
    def __init__(self, case: Case) -> None:
        self._case = case
        self._facts = case.state.facts
        self._found: dict[int, dict[str, None]] = defaultdict(dict)

    def all(self) -> dict[int, list[str]]:
        return {each: list(self._found[each]) for each in sorted(self._found)}

    def add(self, why: str, positions: Iterable[int]) -> None:
        """These bear on it for this reason; what is not in the log has no position."""
        for each in positions:
            if each > 0:
                self._found[each][why] = None

    def _add_ids(self, why: str, ids: Iterable[str]) -> None:
        positions = self._facts.positions
        self.add(why, (positions[each] for each in ids if each in positions))

    def of_the_case(self) -> None:
        """The decision, its relatives, every step, and what any of them names."""
        case = self._case
        self.add("it is the decision", [case.entry.position])
        for kind, why in _OF_ALL_TIMES.items():
            if kind is not RallyConstituted or self._is_worded():
                self.add(why, (each.position for each in self._facts.recorded(kind)))
        for each in case.chain:
            self.add(f"it is a decision connected with {case.name}", [each.position])
        for each in case.entries:
            self.add(f"it is a step about {each.title}", (step.position for step in each.steps))
            self.add(f"it makes {each.title} {each.status}", each.positions)
            for identity in (each.id, *(step.id for step in each.steps)):
                self._named_by(identity)

    def _is_worded(self) -> bool:
        """Whether the rules word their times, so that days may be counted."""
        return any(map(self._facts.regulations.latest().defines, OLDER))

    def _named_by(self, identity: str) -> None:
        said = self._facts.told[identity]
        at = self._facts.positions[identity]
        matter = getattr(said, "matter", ())
        known = {*matter, *(each.id for each in self._case.entries)}
        about = (each for each in named(said, "record") if each not in known)
        self._add_ids(f"#{at} names it as evidence", named(said, "evidence"))
        self._add_ids(f"#{at} names it as its matter", matter)
        self._add_ids(f"#{at} is about it", about)

    def of_a_total(self, why: Why) -> None:
        """What the total and the status of a crew rest on, the rules among it."""
        parts: list[tuple[str, Addend | StatusTold]] = [("total", each) for each in why.addends]
        for what, told in (*parts, ("status", why.status)):
            reason = f"the {what} of {why.number} rests on it"
            for each in told.records:
                self.add(reason, [each.position])
                self.add(f"it amends #{each.position}", (one.struck_by for one in each.struck))
            self.add(reason, (rule.position for rule in told.rules))

    def of_an_entry(self, number: str) -> None:
        """Who the crew is."""
        for each in self._facts.recorded(CrewEntered):
            if each.value.number == number:
                self.add(f"it enters crew {number}", [each.position])

    def of_what_amends(self) -> None:
        """What amends anything of it, or binds an exhibit to it, as far as that leads."""
        told, positions = self._facts.told, self._facts.positions
        amending = [(each, said) for each, said in told.items() if isinstance(said, _AMENDING)]
        grown = True
        while grown:
            before = len(self._found)
            for identity, said in amending:
                target: str = getattr(said, "target", "")
                at = positions.get(target)
                if at in self._found:
                    does = _DOES.get(type(said), "amends")
                    self.add(f"it {does} #{at}", [positions[identity]])
            grown = len(self._found) > before
