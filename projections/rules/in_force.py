"""The regulations in force: each parameter with where it comes from and which bulletin set it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ledger.vocabulary import BulletinIssued, RegulationsAdopted
from ledger.vocabulary.rally import ParameterValue
from projections.rules.regulations import RuleChange
from projections.state.facts import Facts

_EVER = 1 << 62


class Amendment(NamedTuple):
    """A bulletin, or regulations adopted anew: its name, its record, what it sets."""

    name: str
    position: int
    parameters: tuple[str, ...]


class RulesInForce(NamedTuple):
    """What holds for a fact: `applied` amended the rules for it, `waiting` did not (yet)."""

    name: str
    parameters: Mapping[str, ParameterValue]
    provenance: Mapping[str, str]
    changed_by: Mapping[str, str]
    applied: tuple[Amendment, ...]
    waiting: tuple[Amendment, ...]


def rules_in_force(facts: Facts, instant: int | None, order: int | None) -> RulesInForce:
    """The rules for facts of an instant (UTC ms), on the stage of a number.

    Without either, everything that was ever adopted or amended counts.
    """
    regulations = facts.regulations
    if instant is None and order is None:
        rules, applied = regulations.latest(), list(regulations.changes)
    else:
        when = _EVER if instant is None else instant
        rules, applied = regulations.at(when, order), regulations.applied(when, order)
    said = _provenances(facts)
    provenance = dict(said.get(regulations.position, {}))
    changed_by: dict[str, str] = {}
    for change in applied:
        if change.whole:
            provenance, changed_by = {}, {}
        provenance |= {each: said[change.position].get(each, "") for each in change.parameters}
        changed_by |= {} if change.whole else dict.fromkeys(change.parameters, _title(change))
    waiting = [each for each in regulations.changes if each not in applied]
    return RulesInForce(
        rules.name,
        rules.parameters(),
        provenance,
        changed_by,
        tuple(_amendment(each) for each in applied),
        tuple(_amendment(each) for each in waiting),
    )


def _title(change: RuleChange) -> str:
    return f"{'regulations' if change.whole else 'bulletin'} {change.name}"


def _amendment(change: RuleChange) -> Amendment:
    return Amendment(_title(change), change.position, tuple(sorted(change.parameters)))


def _provenances(facts: Facts) -> dict[int, dict[str, str]]:
    """Where the parameters of each adoption and bulletin come from, by position."""
    adopted = {each.position: each.value.provenance for each in facts.of(RegulationsAdopted)}
    return adopted | {each.position: each.value.provenance for each in facts.of(BulletinIssued)}
