"""The regulations in force: each parameter with where it comes from and which bulletin set it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ledger.vocabulary.rally import ParameterValue
from projections.rules.regulations import RuleChange
from projections.state.facts import Facts

_EVER = 1 << 62


class Amendment(NamedTuple):
    """A bulletin, regulations adopted anew, or a later version: its name, its record, its rules."""

    name: str
    position: int
    parameters: tuple[str, ...]


class RulesInForce(NamedTuple):
    """What holds for a fact: `applied` amended the rules for it, `waiting` did not (yet).

    `wanted` says where what is not defined would stand.
    """

    name: str
    parameters: Mapping[str, ParameterValue]
    provenance: Mapping[str, str]
    changed_by: Mapping[str, str]
    applied: tuple[Amendment, ...]
    waiting: tuple[Amendment, ...]
    wanted: Mapping[str, str]


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
    provenance = dict(regulations.provenance)
    changed_by: dict[str, str] = {}
    for change in applied:
        if change.whole:
            provenance, changed_by = {}, {}
        provenance |= {each: change.provenance.get(each, "") for each in change.parameters}
        changed_by |= {} if change.whole else dict.fromkeys(change.parameters, change.title)
    waiting = [each for each in regulations.changes if each not in applied]
    return RulesInForce(
        rules.name,
        rules.parameters(),
        provenance,
        changed_by,
        tuple(_amendment(each) for each in applied),
        tuple(_amendment(each) for each in waiting),
        rules.wanted,
    )


def _amendment(change: RuleChange) -> Amendment:
    return Amendment(change.title, change.position, tuple(sorted(change.parameters)))
