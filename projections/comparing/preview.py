"""Preview: what an act would change, shown before anybody signs it and echoed afterwards.

The overall of everything so far, the result of the stage that it is about, and the start order of
the next stage. Everything else follows from these.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

import msgspec

from ledger.errors import LedgerError
from ledger.keyring import supposed_signature
from ledger.vocabulary import KeyRegistered, Occurrence, StageStarted, canonical, occurrence_id
from projections.comparing.compare import Comparison, Moved, moved
from projections.comparing.what_if import supposing
from projections.desk.decisions import effect_in_words
from projections.desk.without_effect import without_effect
from projections.explain.records import facts_about
from projections.results.classifications import rankings
from projections.results.standings import Scope
from projections.results.start_order import start_order
from projections.state.facts import Facts
from projections.state.rally import RallyState

if TYPE_CHECKING:
    from projections.timeline.timeline import Timeline

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


class Moves(msgspec.Struct, frozen=True):
    """Who moves in a list as people read it: the overall ("") or a stage, of all or of categories.

    `category` names those that form one classification, where they are not ranked with others.
    """

    stage: str
    category: str
    rows: tuple[Moved, ...]

    @property
    def title(self) -> str:
        """Its name: "Overall", "Overall trucks", "SS3"."""
        return f"{self.stage or 'Overall'} {self.category}".rstrip()


class NoEffect(msgspec.Struct, frozen=True):
    """An effect of an act that does nothing: in words, why, and by which records."""

    effect: str
    why: str
    positions: tuple[int, ...]


class Preview(msgspec.Struct, frozen=True):
    """What an act changes: in the overall, on the stages it is about, in the next start order.

    `refused` says of either side why there is no overall; `without_effect` names the effects of the
    act that something else defeats. `shown` is the overall and the stages as people read them: by
    classification, where crews are not ranked with each other.
    """

    overall: tuple[Moved, ...]
    stages: tuple[StageMoves, ...]
    start_order: tuple[Starter, ...]
    refused: tuple[str | None, str | None]
    without_effect: tuple[NoEffect, ...]
    shown: tuple[Moves, ...] = ()


def preview(facts: Facts, said: Occurrence) -> Preview:
    """What an occurrence would change, given the whole log."""
    logs = supposing(facts, added=_with_ids(_signed(said, keyed=facts.powers.keyed)))
    before, after = RallyState(logs.facts(frozenset(logs.edits))), RallyState(logs.facts())
    return between(before, after, said, max(facts.positions.values(), default=0) + 1)


def previewed(timeline: Timeline, position: int, said: Occurrence) -> Preview:
    """What an occurrence would change, given a timeline of a log that ends at a position.

    It is supposed behind the end, and both sides are looked up: what the timeline does not hold is
    read from the log, which is little beside all readings.
    """
    # It brings the store along, which who asks for help alone need not wait for.
    from projections.timeline.asked import beside
    from projections.timeline.supposed import Supposing

    added = _signed(said, keyed=bool(timeline.log.positions([KeyRegistered.type_name()])))
    supposed, end = Supposing(timeline, position, added), position + len(added)
    stage = _following(supposed.at(end))
    starts = () if stage is None else (stage,)
    facts = facts_about(timeline.log, "", position, None, starts, (StageStarted,))
    logs = supposing(facts, added=_with_ids(added))
    undone = frozenset(logs.edits)
    before = beside(timeline.at(position), lambda: logs.facts(undone))
    after = beside(supposed.at(end), logs.facts)
    return between(before, after, said, position + 1)


def _signed(said: Occurrence, *, keyed: bool) -> list[Occurrence]:
    """An act, and that it is signed as what takes it, where there are keys of office."""
    return [said, *([supposed_signature(said)] if keyed else [])]


def _with_ids(added: Iterable[Occurrence]) -> list[tuple[str, Occurrence]]:
    return [(occurrence_id(canonical(each)), each) for each in added]


def between(before: RallyState, after: RallyState, said: Occurrence, position: int) -> Preview:
    """What is another in the state after an occurrence, which stands at a position."""
    overall = _compared(before, after, Scope(), position)
    stages = [stage for stage in _stages(before.facts, said) if stage in after.orders]
    moves = [
        StageMoves(each, _compared(before, after, Scope("stage", stage=each), position).rows)
        for each in stages
    ]
    starters = tuple(_starters(before, after))
    nothing = tuple(
        NoEffect(
            effect_in_words(each.brought.effect, each.said.number, each.said.stage),
            each.defeat.why,
            each.defeat.positions,
        )
        for each in without_effect(after, {occurrence_id(canonical(said))})
    )
    shown = [*_shown(before, after, "", overall, position)]
    for each in moves:
        joint = Comparison(Scope("stage", stage=each.stage), each.rows, (None, None))
        shown += _shown(before, after, each.stage, joint, position)
    return Preview(overall.rows, tuple(moves), starters, overall.refused, nothing, tuple(shown))


def _shown(
    before: RallyState, after: RallyState, stage: str, joint: Comparison, position: int
) -> Iterator[Moves]:
    """The moves of a list; where it is none by itself afterwards, in each classification."""
    try:
        ranked = rankings(after, joint.scope)
    except LedgerError:  # the list says so
        ranked = None
    if ranked is None or not ranked.apart:
        yield Moves(stage, "", joint.rows)
        return
    for scope in ranked.scopes:
        rows = _compared(before, after, scope, position).rows
        yield Moves(stage, scope.category or "", rows)


def _compared(before: RallyState, after: RallyState, scope: Scope, position: int) -> Comparison:
    try:
        return moved(before, after, scope, (position,))
    except LedgerError as error:  # nobody is classified, on either side
        return Comparison(scope, (), (error.message, error.message))


def _stages(facts: Facts, said: Occurrence) -> list[str]:
    """The stages that an act is about, also through the decision that it is about."""
    found: dict[str, None] = {}
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
    following = _following(after)
    if following is None:
        return
    was, now = _order(before, following), _order(after, following)
    for category, number in dict.fromkeys([*now, *was]):
        place = was.get((category, number)), now.get((category, number))
        if place[0] != place[1]:
            yield Starter(following, category, number, place)


def _following(state: RallyState) -> str | None:
    """The stage that follows the last one run."""
    last = state.last_run
    ahead = (each for each in state.stages if each.timed and (last is None or each.order > last))
    return next((each.stage for each in ahead), None)


def _order(state: RallyState, stage: str) -> dict[tuple[str, str], int]:
    try:
        groups = start_order(state, stage).groups
    except LedgerError:  # a rule is lacking, which `rally start-order` says
        return {}
    return {(group.category, row.number): row.place for group in groups for row in group.rows}
