"""The overall before and after a record: what an act that is no decision moved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

from cli.office.held import EVERYTHING
from ledger.errors import LedgerError
from ledger.keyring import supposed_signature
from ledger.record import Record
from ledger.vocabulary import Occurrence, canonical, occurrence_id
from ledger.vocabulary.publication import named_together
from projections.comparing.compare import Change, changes
from projections.results.classifications import Rankings, places
from projections.results.standings import Row, Standings
from projections.state.rally import RallyState

if TYPE_CHECKING:
    from cli.office.desk import Desk
    from projections.control.check import Suspicion

Told = tuple[str, Change]
"""How a crew moved in a classification: "" is the one overall, else the categories are named."""


class Overall(NamedTuple):
    """The overall of everything so far, by which rules; or why they do not suffice for one."""

    rankings: Rankings | None
    rulebook: str = ""
    complaint: str = ""

    @property
    def answer(self) -> Standings | None:
        """The list of all crews."""
        return self.rankings.joint if self.rankings else None

    @property
    def rows(self) -> dict[str, Row]:
        """Its rows by number."""
        return {row.number: row for row in self.answer.rows} if self.answer else {}

    @property
    def why(self) -> str:
        """What keeps classifications apart that the regulations do not name."""
        return self.rankings.why if self.rankings else ""

    def of(self, group: tuple[str, ...]) -> dict[str, Row]:
        """Those of some categories, in their places among themselves."""
        rows = self.rankings.among(group).rows if self.rankings else ()
        return {row.number: row for row in rows}


def overall(state: RallyState) -> Overall:
    """The overall of everything so far."""
    try:
        return Overall(places(state), state.rulebook.name)
    except LedgerError as error:
        return Overall(None, state.rulebook.name, error.message)


def told_of(was: Overall, now: Overall) -> list[Told]:
    """Who moved, in the classifications in which crews are ranked now."""
    ranked = now.rankings or was.rankings
    if ranked is None or not ranked.apart:
        return [("", each) for each in changes(was.rows, now.rows)]
    return [
        (named_together(group), each)
        for group in ranked.groups
        for each in changes(was.of(group), now.of(group))
    ]


class MovedOverall(NamedTuple):
    """Who moved in the overall; whether there is one, or why the rules do not suffice for one.

    `told` is what people are told: the same where all are ranked with each other; `why` what keeps
    them apart since.
    """

    moved: Sequence[Change]
    told: Sequence[Told]
    is_there: bool
    complaint: str
    why: str = ""


NOTHING_MOVED = MovedOverall((), (), is_there=False, complaint="")
"""What is told of one of several records: the last tells what all of them moved, unless who did it
is not to know.
"""


class Around:
    """How it stood before an act, and how it stands since, as classifications need it.

    Each is worked out when it is first asked for: who only reads back what he typed asks for none.
    """

    def __init__(self, states: Callable[[], tuple[RallyState, RallyState]]) -> None:
        self._make = states

    @cached_property
    def _states(self) -> tuple[RallyState, RallyState]:
        return self._make()

    @property
    def before(self) -> RallyState:
        """How it stood."""
        return self._states[0]

    @property
    def after(self) -> RallyState:
        """How it stands since."""
        return self._states[1]

    @cached_property
    def moved(self) -> MovedOverall:
        """What the act changed in the overall."""
        was, now = overall(self.before), overall(self.after)
        moved = changes(was.rows, now.rows)
        why = now.why if now.why != was.why else ""
        return MovedOverall(moved, told_of(was, now), bool(now.rows), now.complaint, why)


def would_be_signed(desk: Desk, said: Sequence[Occurrence]) -> list[Occurrence]:
    """The signatures over what is only tried, as it would be signed; none where no key is named."""
    if desk.log.recorder.signatory is None:
        return []
    return [supposed_signature(each) for each in said]


def around(desk: Desk, said: Occurrence, record: Record | None) -> Around:
    """Between what an act stands at a desk; without a record it was only tried."""
    return around_all(desk, [said], [record] if record else [])


def around_all(desk: Desk, said: Sequence[Occurrence], records: Sequence[Record]) -> Around:
    """Between what several records of one act stand; without them it was only tried."""
    return Around(lambda: _around(desk, said, records))


def _around(
    desk: Desk, said: Sequence[Occurrence], records: Sequence[Record]
) -> tuple[RallyState, RallyState]:
    lying = desk.lying
    supposed = [] if records else would_be_signed(desk, said)
    if records and records[0].position > desk.position + 1:  # others appended in between
        lying = desk.view(str(records[0].position - 1))
    if lying.is_short:
        known = desk.held.folded(lying.log, lying.position, [EVERYTHING])
        before = desk.held.stood(lying.position) or RallyState(known.facts())
        for place, each in enumerate([*said, *supposed]):
            position = records[place].position if records else 0
            known.take(occurrence_id(canonical(each)), position, each)
        after = RallyState(known.facts())
        if records:
            desk.held.stands(records[-1].position, after)
        return before, after
    # A short log needs neither.
    from projections.timeline.supposed import Supposing

    timeline, position = lying.timeline, lying.position
    tried = [*said, *supposed]
    later = timeline if records else Supposing(timeline, position, tried)
    return timeline.at(position), later.at(position + len(tried))


@dataclass(frozen=True)
class Said:
    """What came of an act that is one record: what was said; no record, it was only tried.

    `warnings` is what is told at entry; `handle` a short name for the record, where it has one.
    What was `already_known` under its `key` is what came of the act when it was first done.
    """

    said: Occurrence
    record: Record | None
    warnings: tuple[Suspicion, ...] = field(default=(), kw_only=True)
    handle: str = field(default="", kw_only=True)
    key: str = field(default="", kw_only=True)
    already_known: bool = field(default=False, kw_only=True)

    @property
    def parts(self) -> Sequence[Said]:
        """What was said, record by record: an outcome may be of several."""
        return (self,)

    @property
    def position(self) -> int | None:
        """The position of its record."""
        return self.record.position if self.record else None

    @property
    def id(self) -> str:
        """Its identity."""
        return occurrence_id(canonical(self.said))

    def document(self, moved: Sequence[Any], more: Mapping[str, Any]) -> dict[str, Any]:
        """It with what it moved and what more is told, as one JSON document."""
        document: dict[str, Any] = {
            "position": self.position,
            "id": self.id,
            "type": self.said.type_name(),
            "changed": moved,
            "warnings": self.warnings,
            **more,
        }
        told = {"handle": self.handle, "key": self.key, "already_known": self.already_known}
        document |= {name: each for name, each in told.items() if each}
        return document | ({} if self.record else {"dry_run": True})


@dataclass(frozen=True)
class Recorded(Said):
    """What was put on record, and what it moved in the overall.

    `more` is what its JSON tells besides, `answer` the classification that was posted, and `notes`
    are words that belong beside it.
    """

    between: Around | MovedOverall
    notes: tuple[str, ...] = ()
    answer: Standings | None = None
    more: Mapping[str, Any] = field(default_factory=dict)

    @property
    def moved(self) -> MovedOverall:
        """What it moved in the overall."""
        told = self.between
        return told if isinstance(told, MovedOverall) else told.moved

    @property
    def after(self) -> RallyState | None:
        """How it stands since, for who is asked for more."""
        told = self.between
        return None if isinstance(told, MovedOverall) else told.after

    def json(self) -> dict[str, Any]:
        """The outcome as one JSON document."""
        return self.document(self.moved.moved, self.more)
