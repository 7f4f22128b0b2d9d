"""Preview: what an act would change, shown before anybody signs it and echoed afterwards.

The overall of everything so far, the result of the stage that it is about, and the start order of
the next stage. Everything else follows from these.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from ledger.errors import LedgerError
from ledger.vocabulary import Occurrence
from projections.compare import Comparison, Moved, compare
from projections.standings import Scope
from projections.start_order import start_order
from projections.state.facts import Facts
from projections.state.rally import RallyState
from projections.what_if import Alternatives, supposing

Sides = tuple[int | None, int | None]


class Starter(msgspec.Struct, frozen=True):
    """How the place of a crew in the next start order changes; None where it is not in it."""

    stage: str
    category: str
    number: str
    place: Sides


class StageMoves(msgspec.Struct, frozen=True):
    """Who moves in the result of one stage."""

    stage: str
    rows: tuple[Moved, ...]


class Preview(msgspec.Struct, frozen=True):
    """What an act changes: in the overall, on the stages it is about, in the next start order.

    `refused` says of either side why there is no overall.
    """

    overall: tuple[Moved, ...]
    stages: tuple[StageMoves, ...]
    start_order: tuple[Starter, ...]
    refused: tuple[str | None, str | None]

    @property
    def is_empty(self) -> bool:
        """Whether it changes nothing that is shown."""
        return not (self.overall or self.start_order or any(each.rows for each in self.stages))


def preview(facts: Facts, added: Sequence[tuple[str, Occurrence]]) -> Preview:
    """What these occurrences (with their ids) would change."""
    logs = supposing(facts, added=added)
    before, after = RallyState(logs.facts(frozenset(logs.edits))), RallyState(logs.facts())
    overall = _compared(logs, Scope(), after)
    stages = [stage for stage in _stages(facts, added) if stage in after.orders]
    moves = [
        StageMoves(each, _compared(logs, Scope("stage", stage=each), after).rows) for each in stages
    ]
    starters = tuple(_starters(before, after))
    return Preview(overall.rows, tuple(moves), starters, overall.refused)


def _compared(logs: Alternatives, scope: Scope, after: RallyState) -> Comparison:
    try:
        return compare(logs, scope, after)
    except LedgerError as error:  # nobody is classified, on either side
        return Comparison(scope, (), (error.message, error.message))


def _stages(facts: Facts, added: Sequence[tuple[str, Occurrence]]) -> list[str]:
    """The stages that acts are about, also through the decision that they are about."""
    found: dict[str, None] = {}
    for _, said in added:
        at: Occurrence | None = said
        while at is not None:
            named = [getattr(at, "stage", "")]
            named += [str(e.fields.get("stage", "")) for e in getattr(at, "effects", ())]
            found.update(dict.fromkeys(each for each in named if each))
            fact = facts.by_id.get(getattr(at, "target", "") or getattr(at, "supersedes", ""))
            at = fact.value if fact else None
    return list(found)


def _starters(before: RallyState, after: RallyState) -> Iterator[Starter]:
    """The places that change in the start order of the stage that follows the last one run."""
    following = next(
        (
            each.stage
            for each in after.stages
            if each.timed and (after.last_run is None or each.order > after.last_run)
        ),
        None,
    )
    if following is None:
        return
    was, now = _order(before, following), _order(after, following)
    for category, number in dict.fromkeys([*now, *was]):
        place = was.get((category, number)), now.get((category, number))
        if place[0] != place[1]:
            yield Starter(following, category, number, place)


def _order(state: RallyState, stage: str) -> dict[tuple[str, str], int]:
    try:
        groups = start_order(state, stage).groups
    except LedgerError:  # a rule is lacking, which `rally start-order` says
        return {}
    return {(group.category, row.number): row.place for group in groups for row in group.rows}
