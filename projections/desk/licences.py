"""Licences: which decisions suspended, withdrew or referred one, of whom and for which time."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from ledger.vocabulary import Effect
from projections.desk.fines import instant_in
from projections.state.deadlines import moment_of
from projections.state.facts import Facts
from projections.state.recorded import Fact

LICENCE = "Licence"
COMPETITOR = "competitor"
FORBIDDING = ("suspended", "withdrawn")
"""What is done to a licence that lets nobody start; one that is referred does."""


class Licence(NamedTuple):
    """What a decision in force did to a licence: of whom, from when until when (UTC ms).

    `until` is None for one that has no end.
    """

    fact: Fact[Any]
    name: str
    of_competitor: bool
    what: str
    since: int
    until: int | None

    def holds_at(self, ms: int) -> bool:
        """Whether a moment lies in its time."""
        return self.since <= ms and (self.until is None or ms < self.until)


def licences(facts: Facts) -> Iterator[Licence]:
    """The licences that decisions in force are about, in the order of the decisions.

    Where no beginning is named, it is that of the decision.
    """
    for ruling in facts.rulings.all.values():
        for each in ruling.effects:
            if each.counts and each.effect.act == LICENCE:
                said = each.effect.fields
                decided = ruling.fact.value.decided_at or moment_of(ruling.fact)
                since, until = instant_in(said.get("from_at")), instant_in(said.get("to_at"))
                yield Licence(
                    ruling.fact,
                    str(said.get("name") or ""),
                    said.get("whose") == COMPETITOR,
                    str(said.get("what") or ""),
                    (since or decided).ms,
                    until.ms if until else None,
                )


def in_words(effect: Effect) -> str:
    """What is done to whose licence: "Licence of the driver Vera Sand suspended until …"."""
    said = effect.fields
    whose = " ".join(str(said[each]) for each in ("whose", "name") if said.get(each))
    since, until = instant_in(said.get("from_at")), instant_in(said.get("to_at"))
    times = (f" {word} {at.iso()}" for word, at in (("from", since), ("until", until)) if at)
    what = "referred to the sporting authority" if said.get("what") == "referred" else ""
    of = f" of the {whose}" if whose else ""
    return f"Licence{of} {what or said.get('what') or 'sanctioned'}{''.join(times)}"
