"""What an explanation is made of: addends with their parts, records with what was struck, rules."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from ledger.keyring import SignedBy
from ledger.vocabulary.rally import ParameterValue
from projections.results.standings import Scope
from projections.state.rulings import IN_FORCE

VOID, TAKEN_BACK = "void", "taken back"
GONE = frozenset({VOID, TAKEN_BACK})
"""What a record is, once it is struck out altogether; otherwise it reads as it was corrected."""


class Struck(msgspec.Struct, frozen=True):
    """What a record said before it was corrected, voided or taken back, by whom, when and why.

    `position` is the record that was struck, which may itself be a correction, and `struck_by` what
    did it. `stands` is false where that has no effect any more, or never had any.
    """

    position: int
    said: str
    struck_by: int
    now: str
    recorded_at: str
    by: str
    role: str
    reason: str
    stands: bool


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record that an answer rests on, as it stands: what, when, put on record by whom, and how.

    `counts` says whether it has its effect here, `why` what that is or why it has none;
    `signatures` with which keys of office it is signed, where it is.
    """

    position: int
    id: str
    type: str
    words: str
    fact_at: str | None
    fact_assumed: bool
    recorded_at: str
    by: str
    role: str
    site: str
    source: str
    standing: str
    note: str
    counts: bool
    why: str
    struck: tuple[Struck, ...]
    signatures: tuple[SignedBy, ...] = ()


class Rule(msgspec.Struct, frozen=True):
    """A rule that was applied: its value, what set it in which record, and where it comes from."""

    parameter: str
    value: ParameterValue
    meaning: str
    set_by: str
    position: int
    provenance: str
    assumed: bool


class Part(msgspec.Struct, frozen=True):
    """What an addend is made of: the time on the clock, what came off it, what was cut."""

    ms: int
    what: str
    positions: tuple[int, ...]


class Addend(msgspec.Struct, frozen=True):
    """One summand of a total. The parts sum to `ms`; one that counts for nothing has 0 ms.

    `kind` is "carried-in", "time", "cost" (of a stage that was left out), "missing", "cancelled",
    "untimed", "joker" (a point of a regularity stage that is left out) or "penalty". `status` is
    "in force", or why it adds nothing. `positions` are the records that make it what it is,
    corrections among them.
    """

    ms: int
    what: str
    positions: tuple[int, ...]
    article: str
    kind: str
    stage: str
    status: str
    parts: tuple[Part, ...]
    records: tuple[Evidence, ...]
    rules: tuple[Rule, ...]
    notes: tuple[str, ...] = ()


class Neighbour(msgspec.Struct, frozen=True):
    """The crew directly before or behind, and by how much."""

    number: str
    driver: str
    place: int
    ms: int
    total_ms: int


class Tie(msgspec.Struct, frozen=True):
    """What decides between two equal totals; `stage` and the times where a stage does.

    Without a `number`, what decides the place against the totals: sanctions on place.
    """

    number: str
    stage: str
    own_ms: int | None
    other_ms: int | None
    words: str
    records: tuple[Evidence, ...]
    rules: tuple[Rule, ...]


class Place(msgspec.Struct, frozen=True, omit_defaults=True):
    """A place in a classification, of all crews or of a category, and who is next to it.

    `joint` says that it is one in a list across classifications, in which nobody is ranked.
    """

    category: str | None
    place: int
    of: int
    gap_ms: int
    before: Neighbour | None
    behind: Neighbour | None
    level: tuple[str, ...]
    ties: tuple[Tie, ...]
    words: str
    joint: bool = False


class StatusTold(msgspec.Struct, frozen=True):
    """A status, where it came about, why, and every record that bears on it."""

    name: str
    stage: str
    reason: str
    words: str
    records: tuple[Evidence, ...]
    rules: tuple[Rule, ...]


class Why(msgspec.Struct, frozen=True):
    """A total with what it is made of, a place with its neighbours, a status with its grounds.

    The addends sum to `total_ms`, always. For a crew that is not `classified` that is what it has
    so far, and no total of the classification.
    """

    number: str
    driver: str
    codrivers: tuple[str, ...]
    category: str
    scope: Scope
    classified: bool
    place: int | None
    total_ms: int
    time_ms: int
    penalty_ms: int
    addends: tuple[Addend, ...]
    places: tuple[Place, ...]
    status: StatusTold
    flags: tuple[str, ...] = ()


def addend(
    ms: int,
    what: str,
    kind: str,
    stage: str = "",
    *,
    records: list[Evidence],
    article: str = "",
    status: str = IN_FORCE,
    parts: list[Part] | None = None,
    rules: list[Rule] | None = None,
    notes: tuple[str, ...] = (),
) -> Addend:
    """An addend with the positions of the records that make it what it is."""
    made_of = parts or [Part(ms, what, positions(records))]
    found = positions(records)
    return Addend(
        ms,
        what,
        found,
        article,
        kind,
        stage,
        status,
        tuple(made_of),
        tuple(records),
        tuple(rules or ()),
        notes,
    )


def positions(records: Iterable[Evidence]) -> tuple[int, ...]:
    """The positions of the records that have their effect, and of what stands in amending them."""
    found: set[int] = set()
    for each in records:
        if each.counts:
            found.add(each.position)
            found |= {struck.struck_by for struck in each.struck if struck.stands}
    return tuple(sorted(found))
