"""A place, told by its neighbours: who is directly before and behind, and what decides a tie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from msgspec.structs import replace

from ledger.times import spelled
from ledger.vocabulary import TieBreakDisapplied
from projections.explain.grounds import Grounds
from projections.explain.told import Neighbour, Place, Tie
from projections.results.classifications import rankings_of
from projections.results.relegation import RELEGATED, relegated
from projections.results.standings import Row, Scope, Standings, by_times, span_of, standings
from projections.state.entries import by_number
from projections.state.totals import breaks_ties, overall_total, since_of


def places(grounds: Grounds, number: str, joint: Standings) -> tuple[Place, ...]:
    """The place among all crews and, where those are of several categories, in the category.

    Where classifications are kept apart, that is the one in which the crew is ranked.
    """
    state, scope = grounds.state, joint.scope
    ranked, category = rankings_of(state, joint), state.category(number)
    found = [_place(grounds, number, joint)]
    if ranked.apart:
        first = found[0] and replace(found[0], joint=True)
        found = [first, _place(grounds, number, standings(state, ranked.scope_of(category)))]
    elif len({each.value.category for each in state.facts.crews.values()}) > 1:
        narrow = replace(scope, category=category)
        found.append(_place(grounds, number, standings(state, narrow)))
    return tuple(each for each in found if each)


def ordinal(place: int) -> str:
    """ "1st", "2nd", "11th"."""
    ending = {1: "st", 2: "nd", 3: "rd"}.get(place % 10 if place % 100 not in (11, 12, 13) else 0)
    return f"{place}{ending or 'th'}"


def _place(grounds: Grounds, number: str, answer: Standings) -> Place | None:
    scope, rows = answer.scope, answer.rows
    index = next((i for i, row in enumerate(rows) if row.number == number), None)
    if index is None:
        return None
    own = rows[index]
    level = [row for row in rows if row.place == own.place and row.number != number]
    before = next((row for row in reversed(rows[:index]) if row.place != own.place), None)
    behind = next((row for row in rows[index:] if row.place != own.place), None)
    near = [row for row in (before, *level, behind) if row and row.total_ms == own.total_ms]
    rivals = [row for row in near if (RELEGATED in row.flags) == (RELEGATED in own.flags)]
    ties = (*(_tie(grounds, own, row, scope) for row in rivals), *_sanctions(grounds, own, scope))
    return Place(
        scope.category,
        own.place,
        len(rows),
        own.gap_ms,
        _neighbour(own, before),
        _neighbour(own, behind),
        tuple(row.number for row in level),
        ties,
        _sentence(own, before, behind, level, ties),
    )


def _neighbour(own: Row, row: Row | None) -> Neighbour | None:
    if row is None:
        return None
    apart = abs(row.total_ms - own.total_ms)
    return Neighbour(row.number, row.driver, row.place, apart, row.total_ms)


def _sentence(
    own: Row, before: Row | None, behind: Row | None, level: Sequence[Row], ties: Sequence[Tie]
) -> str:
    """A place in one breath, "3rd: 0:02:51 behind 104, 0:01:12 ahead of 110", and its ties."""
    near = []
    if level:
        near.append(f"level with {' and '.join(row.number for row in level)}")
    if before:
        near.append(_apart(own, before, "behind {}", "faster than {}, which is before it"))
    if behind:
        near.append(_apart(behind, own, "ahead of {}", "slower than {}, which is behind it"))
    sentence = f"{ordinal(own.place)}: {', '.join(near) or 'nobody else is classified'}."
    return " ".join((sentence, *(tie.words for tie in ties)))


def _apart(slower: Row, faster: Row, by_time: str, put_back: str) -> str:
    """How far two rows are apart; who was put back may be the faster one."""
    ms = slower.total_ms - faster.total_ms
    other = slower.number if by_time.startswith("ahead") else faster.number
    return f"{_time(abs(ms))} {(by_time if ms >= 0 else put_back).format(other)}"


def _sanctions(grounds: Grounds, own: Row, scope: Scope) -> Iterator[Tie]:
    """The sanctions on place, where they give a crew another place than times and ties do."""
    back = relegated(grounds.state, scope)
    by_time = next((r.place for r in by_times(grounds.state, scope) if r.number == own.number), 0)
    if not back or by_time == own.place:
        return
    facts = [each for number in sorted(back, key=by_number) for each in back[number]]
    said = " ".join(each.value.words() for each in facts)
    words = f"By times and ties it is {ordinal(by_time)}. {said}"
    records = tuple(grounds.several(dict.fromkeys(each.id for each in facts)))
    yield Tie("", "", None, None, words, records, ())


def _time(ms: int) -> str:
    return spelled("gap_ms", ms)


# -- ties ---------------------------------------------------------------------------------------


class _Tried(NamedTuple):
    """A stage whose time breaks ties, with the time of a crew there."""

    stage: str
    ms: int


def _tie(grounds: Grounds, own: Row, other: Row, scope: Scope) -> Tie:
    """What decides between two crews with one total, or why nothing does."""
    of_stage, over = scope.kind == "stage", span_of(grounds.state, scope)
    rules = [] if of_stage else grounds.rules(*grounds.state.ties_by(over.until))
    rulings = [
        each
        for each in grounds.facts.of(TieBreakDisapplied)
        if {own.number, other.number} <= set(each.value.numbers)
    ]
    records = tuple(grounds.several(each.id for each in rulings))
    with_whom = f"The total is that of {other.number}"
    if own.place == other.place:
        why = "by a ruling they share the place" if rulings else "nothing breaks the tie"
        words = f"{with_whom}; {why}."
        return Tie(other.number, "", None, None, words, records, tuple(rules))
    mine, theirs = (_tried(grounds, each.number, scope) for each in (own, other))
    for ours, his in zip(mine, theirs, strict=False):
        if ours.ms != his.ms:
            better = "ahead" if ours.ms < his.ms else "behind"
            words = (
                f"{with_whom}; {better} by the time on {ours.stage}: "
                f"{_time(ours.ms)} against {_time(his.ms)}."
            )
            return Tie(other.number, ours.stage, ours.ms, his.ms, words, records, tuple(rules))
    words = f"{with_whom}; the stages that break the tie are not the same."
    return Tie(other.number, "", None, None, words, records, tuple(rules))


def _tried(grounds: Grounds, number: str, scope: Scope) -> list[_Tried]:
    """The times of a crew that break ties by the rules, stage by stage."""
    state, over = grounds.state, span_of(grounds.state, scope)
    total = overall_total(state, number, over) if scope.kind != "stage" else None
    if total is None:
        return []
    chain, since = state.tie_chain(over.until), since_of(state, number, over)
    counted = state.tally(state.category(number), since, over.until).stages
    breaking = [each for each in counted if breaks_ties(chain, each)]
    return [_Tried(each.stage, ms) for each, ms in zip(breaking, total.tie, strict=True)]
