"""Relegation: the order by times and ties, and what sanctions on place make of it.

Whoever is put back is given a place first: that by time and ties, and as many more as its sanctions
say together. The others keep their order and take the places that are left; then the order closes
up. Who goes last is behind all others. None of it hangs on which sanction came first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from ledger.grouping import grouped
from ledger.vocabulary import CrewRelegated
from projections.state.rally import RallyState
from projections.state.recorded import Fact

if TYPE_CHECKING:
    from projections.results.standings import Scope

RELEGATED = "relegated"
"""Flags a row that a sanction put back: its place is not by its time."""
SAME_PLACE = "sanctions.same_place"
SLOWER, FASTER = "slower", "faster"
"""Which of several crews that are put back to one place has it; the others are next to it."""
_LAST = 1 << 40

Back = Mapping[str, Sequence[Fact[CrewRelegated]]]
"""The sanctions on place, by the crews that they put back."""


def relegated(state: RallyState, scope: Scope) -> Back:
    """The sanctions on place that count in a classification."""
    known = state.facts.of(CrewRelegated)
    if not known:
        return {}
    until = None if scope.after is None else state.orders.get(scope.after)
    counting = (each for each in known if _counts(state, each.value, scope, until))
    return grouped((each.value.number, each) for each in counting)


def _counts(state: RallyState, said: CrewRelegated, scope: Scope, until: int | None) -> bool:
    if said.applies_to != scope.kind or (said.only_in and scope.ranking not in said.only_in):
        return False
    if scope.kind == "stage":
        return said.stage == scope.stage
    since = state.orders.get(said.stage)
    return until is None or (since is not None and since <= until)


def put_back(
    places: Iterable[tuple[str, int]], back: Back, keeps: Callable[[], str]
) -> dict[str, int]:
    """The place of each crew after the sanctions, in their order, given those by times and ties.

    `keeps` says which of several crews keeps a place to which they are all put back; it is asked
    where there are such.
    """
    order = list(places)
    going = (((_to(place, back[who]), place), who) for who, place in order if who in back)
    moved = [(to, who) for (to, _), who in sorted(grouped(going).items())]
    others = grouped((place, who) for who, place in order if who not in back).values()
    found: dict[str, int] = {}
    for block in _closed_up(list(others), _apart(moved, keeps)):
        found |= dict.fromkeys(block, len(found) + 1)
    return found


def _to(place: int, sanctions: Sequence[Fact[CrewRelegated]]) -> int:
    """The place that a crew is given first."""
    several = [each.value.places for each in sanctions]
    return _LAST if None in several else place + sum(each or 0 for each in several)


_Moved = list[tuple[int, list[str]]]
"""The place to which crews that are level go, and who they are."""
_NOBODY: tuple[int, list[str]] = (_LAST * 2, [])


def _apart(moved: _Moved, keeps: Callable[[], str]) -> _Moved:
    """The same, each at a place of its own as far as the rules say so."""
    given = [to for to, _ in moved if to != _LAST]
    if len(set(given)) == len(given) or keeps() == FASTER:
        return moved
    found: _Moved = []
    free = _LAST + sum(len(who) for _, who in moved)
    for to, who in reversed(moved):
        free = min(to, free - len(who))
        found.append((free, who))
    return found[::-1]


def _closed_up(others: list[list[str]], moved: _Moved) -> Iterator[list[str]]:
    """The crews in their order, those together that are level."""
    ahead, place = iter(moved), 1
    to, who = next(ahead, _NOBODY)
    for block in others:
        while to <= place:
            yield who
            place += len(who)
            to, who = next(ahead, _NOBODY)
        yield block
        place += len(block)
    while who:
        yield who
        to, who = next(ahead, _NOBODY)
