"""A place, told by its neighbours: who is directly before and behind, and what decides a tie."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from ledger.ordinals import ordinal
from ledger.times import spelled
from projections.explain.grounds import Grounds
from projections.explain.told import Neighbour, Place, Tie
from projections.results.classifications import rankings_of
from projections.results.relegation import RELEGATED, relegated
from projections.results.standings import (
    Row,
    Scope,
    Standings,
    by_times,
    span_of,
    standings,
    with_ties,
)
from projections.results.ties import rulings
from projections.state.entries import by_number
from projections.state.ties import BEST, BY_TIMES, COUNT_BACK, NO_TIME, compared


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


def _tie(grounds: Grounds, own: Row, other: Row, scope: Scope) -> Tie:
    """What decides between two crews with one total, or why nothing does."""
    state, of_stage = grounds.state, scope.kind == "stage"
    until = span_of(state, scope).until
    rules = () if of_stage else tuple(grounds.rules(*state.ties_by(until)))
    ruled = [
        each
        for each in rulings(state, scope.stage or "")
        if {own.number, other.number} <= set(each.value.numbers)
    ]
    records = tuple(grounds.several(each.id for each in ruled))
    with_whom = f"The total is that of {other.number}"
    if own.place == other.place:
        why = "by a ruling they share the place" if ruled else "nothing breaks the tie"
        return Tie(other.number, "", None, None, f"{with_whom}; {why}.", records, rules)
    totals = with_ties(state, scope)
    pairs = zip(totals[own.number].tie, totals[other.number].tie, strict=True)
    better = "ahead" if own.place < other.place else "behind"
    for name, (ours, his) in zip(state.tie_chain(until), pairs, strict=False):
        if ours == his or of_stage:
            continue
        if name in BY_TIMES:
            stage, mine, theirs = _by_a_stage(grounds, name, own.number, (ours, his), scope)
            times = " against ".join("none" if e is None else _time(e) for e in (mine, theirs))
            words = f"{with_whom}; {better} by the time on {stage}: {times}."
            return Tie(other.number, stage, mine, theirs, words, records, rules)
        words = f"{with_whom}; {better} {_words(name, ours, his)}."
        return Tie(other.number, "", None, None, words, records, rules)
    words = f"{with_whom}; {better} by a ruling: {ruled[-1].value.words()}"
    return Tie(other.number, "", None, None, words, records, rules)


Part = tuple[int | str, ...]


def _by_a_stage(
    grounds: Grounds, name: str, number: str, parts: tuple[Part, Part], scope: Scope
) -> tuple[str, int | None, int | None]:
    """The stage on which a criterion finds other times, and what they are; None for no time."""
    state, over = grounds.state, span_of(grounds.state, scope)
    stages = state.counting_for_some(over.behind, over.until)
    several = zip(compared(state, name, stages, number), *parts, strict=True)
    index, *times = next(each for each in several if each[1] != each[2])
    mine, theirs = (None if each == NO_TIME else int(each) for each in times)
    return stages[index].stage, mine, theirs


def _words(name: str, ours: Part, his: Part) -> str:
    """By what a crew is ahead or behind, where it is no time."""
    if name == BEST:
        best = ("none" if each == NO_TIME else ordinal(int(each)) for each in (*ours, *his))
        return f"by the best place on a stage: {' against '.join(best)}"
    if name == COUNT_BACK:
        place, mine, theirs = next(
            (place, -int(mine), -int(theirs))
            for place, (mine, theirs) in enumerate(zip(ours, his, strict=True), 1)
            if mine != theirs
        )
        return f"by count-back: {mine} times {ordinal(place)} on a stage against {theirs}"
    return "by the race number"
