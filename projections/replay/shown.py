"""What was shown at a moment: the overall of everything so far, of all crews and of each category.

That is what `standings` tells of each of these scopes, with the lists in which the crews of the
rally are ranked.
"""

from __future__ import annotations

from collections.abc import Mapping
from operator import attrgetter
from typing import Any, NamedTuple

import msgspec

from ledger.errors import Undefined
from ledger.vocabulary.publication import categories_of
from projections.replay.lookup import ENTRY
from projections.results.classifications import Rankings, rankings, within
from projections.results.standings import UNEQUAL, Row, Scope, Standings, Unclassified
from projections.state.rally import RallyState

JOINT = ""
"""The name of the list of all crews; the others are named by their category or categories."""


class Complaint(NamedTuple):
    """Why there is no list: the rules do not suffice for one."""

    kind: str
    message: str
    hint: str
    exit_code: int


class Listing(NamedTuple):
    """A list as it stood: what it is of, its lines in their order, and who is in none of them."""

    scope: Mapping[str, Any] | None
    rows: tuple[Row, ...] = ()
    unclassified: tuple[Unclassified, ...] = ()
    error: Complaint | None = None
    closes_up: bool = False


class Shown(NamedTuple):
    """Every list as it stood at a moment, by its name; `ranked` are those in which crews rank."""

    entries: Mapping[str, tuple[Any, ...]]
    listings: Mapping[str, Listing]
    ranked: tuple[str, ...]
    rulebook: str


def shown(state: RallyState) -> Shown:
    """What was shown at a moment."""
    joint, of = _listing(state, JOINT)
    names = {crew.value.category for crew in state.facts.crews.values()}
    ranked = tuple(scope.category or JOINT for scope in of.scopes) if of else (JOINT,)
    told = of.joint if of and of.tells_each and not _is_unequal(of.joint) else None
    each = {n: _narrow(state, n, names, told) for n in sorted({*names, *ranked} - {JOINT})}
    return Shown(_entries(state), {JOINT: joint, **each}, ranked, state.rulebook.name)


def _narrow(state: RallyState, name: str, names: set[str], told: Standings | None) -> Listing:
    """The list of a category or of several, out of that of all crews where that one tells it."""
    group = (name,) if name in names else categories_of(name)
    if told is None or not names.issuperset(group):
        return _listing(state, name)[0]
    found = within(told, group)
    return _told(msgspec.to_builtins(found.scope), found)


def _is_unequal(found: Standings) -> bool:
    """Whether other stages are in some totals: who is flagged for it hangs on who is first."""
    return any(UNEQUAL in row.flags for row in found.rows)


def _listing(state: RallyState, name: str) -> tuple[Listing, Rankings | None]:
    try:
        of = rankings(state, Scope(category=name or None))
    except Undefined as error:
        told = Complaint(error.kind, error.message, error.hint, error.exit_code)
        return Listing(None, error=told), None
    scope = msgspec.to_builtins(of.joint.scope)
    if of.is_joint:
        scope["joint"] = True
    return _told(scope, of.joint), of


def _told(scope: Mapping[str, Any], found: Standings) -> Listing:
    return Listing(scope, found.rows, found.unclassified, closes_up=found.closes_up)


_attribute = dict(zip(Row.__struct_encode_fields__, Row.__struct_fields__, strict=True))
_entry = attrgetter(*(_attribute[name] for name in ENTRY))
"""What a line says of an entry: it is called in one as in the other."""


def _entries(state: RallyState) -> dict[str, tuple[Any, ...]]:
    """What every line of a crew says of it, by its number."""
    return {number: _entry(fact.value) for number, fact in state.facts.crews.items()}
