"""Compare: which crews moved between two classifications, and because of which records.

Of one log at two moments, or of a log as it is and as it would be. The records that explain a move
are such that none can be left out (`causes`).
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from ledger.authority import AMENDING
from ledger.errors import LedgerError, NotFound
from ledger.powers import OFFICIAL
from ledger.vocabulary import (
    PLACING,
    BulletinIssued,
    ClockOffsetDeclared,
    CourtDecisionIssued,
    CrewEntered,
    DecisionIssued,
    NumberReallocated,
    Occurrence,
    RegulationsAdopted,
    SourceDeclaredUnreliable,
    StageCancelled,
    StageReinstated,
    StageScheduled,
    StageShortened,
    StageStopped,
)
from projections.comparing.causes import NOT_SHOWN, Edits, Move, Search, Shown, Undoing
from projections.comparing.what_if import Alternatives
from projections.results.standings import Row, Scope, standings
from projections.slices.belonging import FRAME, Belonging
from projections.slices.outcomes import Outcome, Outcomes
from projections.slices.parts import CannotSlice, Slices
from projections.state.rally import RallyState
from projections.state.recorded import READINGS

_ACTS: tuple[type[Occurrence], ...] = (
    RegulationsAdopted,
    BulletinIssued,
    StageScheduled,
    StageCancelled,
    StageReinstated,
    StageShortened,
    StageStopped,
    DecisionIssued,
    CourtDecisionIssued,
    ClockOffsetDeclared,
    SourceDeclaredUnreliable,
    *PLACING,
    NumberReallocated,
    *OFFICIAL,
    *AMENDING,
)


class Change(msgspec.Struct, frozen=True):
    """How a crew moved in the overall: before and after; None where it was or is not in it."""

    number: str
    place: tuple[int | None, int | None]
    total_ms: tuple[int | None, int | None]


class Moved(msgspec.Struct, frozen=True):
    """How a crew moved and why: before and after; None where it was or is not classified.

    `gap_ms` is to the first; `status` is told where it is not classified. `because` are the
    positions of the records that explain the move; none of them can be left out.
    """

    number: str
    driver: str
    category: str
    place: tuple[int | None, int | None]
    total_ms: tuple[int | None, int | None]
    gap_ms: tuple[int | None, int | None]
    status: tuple[str | None, str | None]
    because: tuple[int, ...]


_BOTH_SIDES = ("place", "total_ms", "gap_ms", "status")


class Comparison(msgspec.Struct, frozen=True):
    """The crews that moved between two classifications of a scope, in the order of places after.

    `refused` says of either classification why the rules or the plan do not suffice for it.
    """

    scope: Scope
    rows: tuple[Moved, ...]
    refused: tuple[str | None, str | None]

    def turned(self) -> Comparison:
        """The same seen from after to before."""
        rows = [
            msgspec.structs.replace(each, **{n: getattr(each, n)[::-1] for n in _BOTH_SIDES})
            for each in self.rows
        ]
        rows.sort(key=lambda each: (each.place[1] is None, each.place[1] or 0))
        return Comparison(self.scope, tuple(rows), self.refused[::-1])


def changes(before: Mapping[str, Row], after: Mapping[str, Row]) -> list[Change]:
    """The crews whose place or total differs, in the order of their places now."""
    return _changed(_shown(before), _shown(after))


def _changed(before: Mapping[str, Shown], after: Mapping[str, Shown]) -> list[Change]:
    found = []
    for number in [*after, *(each for each in before if each not in after)]:
        was, now = before.get(number, NOT_SHOWN), after.get(number, NOT_SHOWN)
        if was != now:
            found.append(Change(number, (was[0], now[0]), (was[1], now[1])))
    return found


def _shown(rows: Mapping[str, Row]) -> dict[str, Shown]:
    return {number: (row.place, row.total_ms) for number, row in rows.items()}


class Classified:
    """A classification that was replayed in full; or why there is none."""

    def __init__(self, state: RallyState, scope: Scope) -> None:
        self.state = state
        self.rows: Mapping[str, Shown] = {}
        self.refusal: LedgerError | None = None
        self._statuses: dict[str, str] = {}
        try:
            answer = standings(state, scope)
        except LedgerError as error:
            self.refusal = error
        else:
            self.rows = _shown({row.number: row for row in answer.rows})
            self._statuses = {each.number: each.status for each in answer.unclassified}

    def shows(self, number: str, shown: Shown) -> bool:
        """Whether it shows this of a crew."""
        return self.rows.get(number, NOT_SHOWN) == shown

    def status(self, number: str) -> str | None:
        """The status of a crew that is not classified."""
        return self._statuses.get(number)

    def crew(self, number: str) -> CrewEntered | None:
        """The entry of a crew, as it stands."""
        entry = self.state.facts.crews.get(number)
        return entry.value if entry else None


class Whole:
    """What a classification shows with any of the edits undone, by replaying the whole log."""

    def __init__(self, logs: Alternatives, scope: Scope) -> None:
        self._logs = logs
        self._scope = scope
        self._seen: dict[Edits, Classified] = {}

    def undoing(self, edits: Edits) -> Classified:
        """The outcome with these edits undone; without a classification, it shows no crew."""
        if edits not in self._seen:
            state = RallyState(self._logs.facts(edits))
            self._seen[edits] = Classified(state, self._scope)
        return self._seen[edits]


def compare(
    logs: Alternatives, scope: Scope | None = None, after: RallyState | None = None
) -> Comparison:
    """The crews whose place or total differs between two logs, with the records that explain it.

    `after` is the state after all edits, where somebody has replayed it already.

    Raises:
        LedgerError: there is no classification after, nor anybody in the one before. The category
            has no crews, the stage is not planned, or a rule is not defined.
    """
    scope = scope or Scope()
    belonging = Belonging(logs.told)
    later = Classified(after or RallyState(logs.facts()), scope)
    if not later.refusal:
        with contextlib.suppress(CannotSlice):
            return _by_slices(logs, scope, belonging, later)
    whole = Whole(logs, scope)
    earlier = whole.undoing(frozenset(logs.edits))
    if later.refusal and not earlier.rows:
        raise later.refusal
    return _compared(logs, scope, belonging, whole.undoing, earlier, later)


def _by_slices(
    logs: Alternatives, scope: Scope, belonging: Belonging, later: Classified
) -> Comparison:
    """The comparison without replaying more than is needed.

    Raises:
        CannotSlice: the rules do not suffice.
    """
    outcomes = Outcomes(Slices(logs, belonging, scope, later.state))
    edits = frozenset(each for each in logs.edits if each in belonging)
    earlier: Outcome | Classified = outcomes.undoing(edits)
    if not earlier.rows:  # it has to be said why
        earlier = Classified(RallyState(logs.facts(edits)), scope)
        if earlier.refusal and not isinstance(earlier.refusal, NotFound):
            raise CannotSlice
    return _compared(logs, scope, belonging, outcomes.undoing, earlier, later)


def _compared(
    logs: Alternatives,
    scope: Scope,
    belonging: Belonging,
    undoing: Undoing,
    earlier: Outcome | Classified,
    later: Classified,
) -> Comparison:
    changed = _changed(earlier.rows, later.rows)
    causes = _causes(logs, belonging, undoing, changed, later.state) if changed else {}
    because = {number: logs.positions(ids) for number, ids in causes.items()}
    return _told(scope, changed, earlier, later, because)


def moved(
    before: RallyState, after: RallyState, scope: Scope, because: tuple[int, ...]
) -> Comparison:
    """The crews whose place or total differs between two states, because of these records.

    Raises:
        LedgerError: there is no classification after, nor anybody in the one before.
    """
    earlier, later = Classified(before, scope), Classified(after, scope)
    if later.refusal and not earlier.rows:
        raise later.refusal
    changed = _changed(earlier.rows, later.rows)
    return _told(scope, changed, earlier, later, {each.number: because for each in changed})


def _told(
    scope: Scope,
    changed: Sequence[Change],
    earlier: Outcome | Classified,
    later: Classified,
    because: Mapping[str, tuple[int, ...]],
) -> Comparison:
    rows = []
    for each in changed:
        number = each.number
        crew = later.crew(number) or earlier.crew(number)
        sides = tuple(zip((earlier, later), each.place, each.total_ms, strict=True))
        gap = [None if ms is None else ms - _leading(side.rows) for side, _, ms in sides]
        status = [side.status(number) if place is None else None for side, place, _ in sides]
        rows.append(
            Moved(
                number,
                crew.driver if crew else "",
                crew.category if crew else "",
                each.place,
                each.total_ms,
                (gap[0], gap[1]),
                (status[0], status[1]),
                because[number],
            )
        )
    refused = [each.refusal.message if each.refusal else None for each in (earlier, later)]
    return Comparison(scope, tuple(rows), (refused[0], refused[1]))


def _leading(rows: Mapping[str, Shown]) -> int:
    """The total of the first."""
    return next((total_ms or 0 for _, total_ms in rows.values()), 0)


def _causes(
    logs: Alternatives,
    belonging: Belonging,
    undoing: Undoing,
    changed: Sequence[Change],
    after: RallyState,
) -> dict[str, tuple[str, ...]]:
    """The ids of the records that explain each move, by number."""
    moves: dict[str, Move] = {
        c.number: ((c.place[0], c.total_ms[0]), (c.place[1], c.total_ms[1])) for c in changed
    }
    edits = [each for each in logs.told if each in logs.edits and each in belonging]
    search = Search(undoing, edits, belonging.group)
    return search.causes(moves, list(_unlikely(logs, belonging, edits, after)))


def _unlikely(
    logs: Alternatives, belonging: Belonging, edits: Sequence[str], after: RallyState
) -> Iterator[list[str]]:
    """The edits in parts: those first that may move nothing, or cost much to undo.

    That is what bears on everybody, but for acts; then observations that no value rests on.
    """
    cited = set(_cited(after))
    if not all(logs.edits.values()):
        cited |= set(_cited(RallyState(logs.facts(frozenset(logs.edits)))))
    kinds = {each: type(logs.told[each].value) for each in edits}
    shared = {each for each in edits if belonging.group(each) == FRAME}
    unseen = {e for e in edits if issubclass(kinds[e], READINGS) and e not in cited}
    yield [each for each in edits if each in shared and not issubclass(kinds[each], _ACTS)]
    yield [each for each in edits if each in shared]
    yield [each for each in edits if each in unseen]
    count = Counter(kinds.values())
    for kind in sorted(count, key=lambda kind: (-count[kind], kind.__name__)):
        yield [each for each in edits if kinds[each] is kind]


def _cited(state: RallyState) -> Iterator[str]:
    """The records on which times and penalties rest."""
    try:
        for value in state.values.values():
            yield from value.ids
            yield from (each for part in value.parts for each in part.ids)
        for charge in state.charges:
            yield from charge.ids
    except LedgerError:
        return  # where the rules do not suffice, nothing is known to rest on anything
