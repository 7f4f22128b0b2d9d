"""The case: which decision, what it is connected with, whom and which stages it concerns."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from cli.evidence.check import plain_name
from cli.office.records import known
from cli.office.view import View
from ledger.concerned import concerned
from ledger.errors import NotFound, Refused
from ledger.vocabulary import CourtDecisionIssued
from projections.desk.decisions import Decision, decisions
from projections.results.standings import Scope
from projections.state.entries import by_number
from projections.state.rally import RallyState
from projections.state.recorded import Fact

_LEADING_ON = ("target", "decision", "about")
"""The fields by which a record of the desk leads to the decision that it is about."""


class Case(NamedTuple):
    """A decision in the register with its relatives: replaced, replacing, and of courts."""

    seen: View
    fact: Fact[Any]
    entry: Decision
    chain: tuple[Decision, ...]

    @property
    def state(self) -> RallyState:
        """The rally as it is known where the evidence file ends."""
        return self.seen.state

    @property
    def name(self) -> str:
        """How the decision is named: "stewards-7"."""
        return str(self.fact.value.name)

    @property
    def entries(self) -> tuple[Decision, ...]:
        """The decision and its relatives."""
        return self.entry, *self.chain


def case_of(seen: View, reference: str) -> Case:
    """The case of a decision: by series and number, or by its record or one about it.

    Raises:
        NotFound: there is none. Refused: it stands in no register, for it is void.
    """
    fact = _of_record(seen, reference)
    rows = {each.id: each for each in decisions(seen.state).rows}
    found = {fact.id}
    ahead = [fact.id]
    while ahead:
        row = rows[ahead.pop()]
        said = seen.state.facts.by_id[row.id].value
        upwards = (getattr(said, "supersedes", ""), getattr(said, "target", ""))
        for each in (*upwards, *(step.id for step in row.steps)):
            if each in rows and each not in found:
                found.add(each)
                ahead.append(each)
    chain = sorted((rows[each] for each in found - {fact.id}), key=lambda each: each.position)
    return Case(seen, fact, rows[fact.id], tuple(chain))


def _of_record(seen: View, reference: str) -> Fact[Any]:
    """The decision that a record is, or that it leads to: an appeal is one against a decision."""
    record = known(seen, reference)
    all_of_them = seen.state.facts.rulings.all
    at, passed = record.id, set[str]()
    while at and at not in passed:
        if at in all_of_them:
            return all_of_them[at].fact
        passed.add(at)
        said = seen.state.facts.told.get(at)
        at = next((each for name in _LEADING_ON if (each := getattr(said, name, ""))), "")
    if (refused := seen.state.facts.idle.get(record.id)) is not None:
        raise refused.of(f"#{record.position}")
    if record.id not in seen.state.facts.by_id:
        raise Refused(
            f"#{record.position} is void: no register shows it.",
            hint="Ask as of a moment before that: --known-at.",
        )
    raise NotFound(
        f"#{record.position} is no decision, and about none.",
        hint="`rally decisions` lists them: stewards-7, clerk-3.",
    )


# -- whom and what it concerns ---------------------------------------------------------------------


def crews_named(case: Case) -> list[str]:
    """The crews that the decision, its relatives or its steps concern."""
    found = {n for each in _said(case) for n in concerned(each, case.state.facts.value).crews}
    return sorted(found & case.state.facts.crews.keys(), key=by_number)


def stages_named(case: Case) -> list[str]:
    """The stages that the decision or its effects name, in the order of the route."""
    said = case.fact.value
    fields = (each.fields.get("stage") for each in said.effects)
    found = {said.stage, *(each for each in fields if isinstance(each, str))}
    orders = case.state.orders
    return sorted(found & orders.keys(), key=lambda each: orders[each])


def scopes(case: Case, crews: Iterable[str]) -> dict[str, Scope]:
    """The classifications to look at, by folder: after its stages, and so far.

    Those of all crews, and where there are several categories, of those of these crews as well.
    """
    entries = {number: each.value.category for number, each in case.state.facts.crews.items()}
    categories = sorted({entries[each] for each in crews if each in entries})
    several = len(set(entries.values())) > 1
    found: dict[str, Scope] = {}
    for after in (None, *stages_named(case)):
        for category in (None, *(categories if several else ())):
            parts = ("after", after) if after else ("overall",)
            name = "-".join((*parts, *([category] if category else [])))
            found[plain_name(name)] = Scope("overall", after, None, category)
    return found


def gone_with_it(case: Case) -> list[str]:
    """What would not be there without the decision: itself, and what courts decided about it."""
    found = [case.fact.id]
    for each in case.state.facts.recorded(CourtDecisionIssued):
        found += [each.id] if each.value.target in found else []
    return found


def _said(case: Case) -> Iterator[Any]:
    by_id = case.state.facts.by_id
    for each in case.entries:
        yield by_id[each.id].value
        yield from (by_id[step.id].value for step in each.steps if step.id in by_id)
