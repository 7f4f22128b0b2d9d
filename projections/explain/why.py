"""Why a crew has its total, its place and its status: the tree from a total down to the records."""

from __future__ import annotations

from collections.abc import Iterator

from projections.explain import penalties, stages
from projections.explain.grounds import Grounds
from projections.explain.place import places
from projections.explain.status import standing
from projections.explain.told import Addend, Why
from projections.results.crew import entry_of
from projections.results.standings import Scope, span_of, stage_named, standings
from projections.state.rally import RallyState
from projections.state.totals import since_of

_LAST = 1 << 62


def why(state: RallyState, number: str, scope: Scope | None = None) -> Why:
    """Why a crew stands as it does in the overall, in a range of stages, or on one stage.

    Raises:
        NotFound: no such crew or stage. Undefined: a rule is needed that is not defined.
    """
    return explain(Grounds(state), number, scope or Scope())


def whys(state: RallyState) -> dict[str, Why]:
    """The explanations of all crews, in the overall so far."""
    grounds = Grounds(state)
    return {number: explain(grounds, number, Scope()) for number in state.facts.crews}


def explain(grounds: Grounds, number: str, scope: Scope) -> Why:
    """The same by grounds that are at hand: of a state that is cut, or that a timeline tells."""
    state = grounds.state
    entry = entry_of(state, number)
    joint = standings(state, scope)
    row = joint.row(number)
    addends = tuple(_addends(grounds, number, scope))
    penalty_ms = sum(each.ms for each in addends if each.kind == "penalty")
    total_ms = sum(each.ms for each in addends)
    return Why(
        number,
        entry.driver,
        entry.codrivers,
        entry.category,
        scope,
        row is not None,
        row.place if row else None,
        total_ms,
        total_ms - penalty_ms,
        penalty_ms,
        addends,
        places(grounds, number, joint) if row else (),
        standing(grounds, number, scope, classified=row is not None),
        row.flags if row else (),
    )


def _addends(grounds: Grounds, number: str, scope: Scope) -> Iterator[Addend]:
    if scope.kind == "stage":
        stage = stage_named(grounds.state, scope.stage or "")
        if result := stages.on_stage(grounds, number, stage, of_stage=True):
            yield result
        yield from (
            each for _, each in penalties.on_stage(grounds, number, stage.stage, scope.ranking)
        )
        return
    over = span_of(grounds.state, scope)
    since = since_of(grounds.state, number, over)
    found = list(stages.in_overall(grounds, number, since, over))
    found += stages.left_out(grounds, number, since, over)
    found += penalties.in_overall(grounds, number, since, over, scope.ranking)
    # In the order of the stages, on each the time before the penalties; what has no stage is last.
    yield from (each for _, each in sorted(found, key=lambda f: _LAST if f[0] is None else f[0]))
