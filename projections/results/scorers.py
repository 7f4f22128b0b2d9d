"""Who scores in a table of the championship: registered persons, or crews that were nominated.

Who does not score is skipped, or keeps the place that it has, as the rules say. Where the rules ask
for registrations or nominations and there are none on record, nothing is defined.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import chain, groupby
from operator import attrgetter
from typing import NamedTuple

from ledger.errors import Undefined
from ledger.grouping import grouped
from ledger.vocabulary import CrewNominated, CrewRegistered
from projections.results.standings import Row
from projections.rules.scales import (
    BEST,
    CO_DRIVERS,
    EVERYBODY,
    MANUFACTURERS,
    OTHERS_KEEP,
    SCORERS,
    Best,
    Scale,
    best,
)
from projections.state.rally import RallyState

NOT_IN_THE_FINAL = "is not in the final classification"
_WHOM = {MANUFACTURERS: "a manufacturer"}


class Placing(NamedTuple):
    """A crew in a classification as points are given: its place among those who hold one.

    `names` are those for whom it scores; without any it holds the place, and `why` says why it does
    not score. One that is skipped has no `rank`. `shared` crews hold that place, so many `places`
    together, and those before were `skipped`.
    """

    row: Row
    rank: int | None
    names: tuple[str, ...]
    why: str = ""
    shared: int = 1
    places: int = 1
    skipped: int = 0


class Scorers:
    """For whom crews score in a table."""

    def __init__(self, state: RallyState, table: str) -> None:
        self._state, self._table = state, table
        self._closes_up = state.closes_up(None)
        self._best: Best | None = None
        self._nominated: Mapping[str, str] = {}
        self._registered: Mapping[str, Collection[str]] | None = None
        if table in BEST:
            self._best = best(state.rulebook.text(BEST[table]))
            self._nominated = self._those_nominated()
            self._keep = False
        else:
            said = state.rulebook.text(SCORERS)
            self._registered = None if said == EVERYBODY else self._those_registered()
            self._keep = said == OTHERS_KEEP

    def placed(
        self, rows: Iterable[Row], scale: Scale, final: Collection[str]
    ) -> Iterator[Placing]:
        """The crews of a classification in their order, as the points of a scale are given.

        `final` are those in the final classification.
        """
        before = skipped = 0
        scored = Counter[str]()
        for _, tied in groupby(rows, attrgetter("place")):
            holding: list[Placing] = []
            for row in tied:
                lacks = scale.in_the_final and row.number not in final
                names, why, keeps = self._scoring(row.number, scored)
                if names and lacks:
                    names, why, keeps = (), NOT_IN_THE_FINAL, not scale.passed_on
                scored.update(names)
                if names or keeps:
                    holding.append(Placing(row, before + 1, names, why, skipped=skipped))
                else:
                    yield Placing(row, None, (), why)
                    skipped += 1
            several = len(holding)
            places = min(several, 1) if self._closes_up else several
            yield from (each._replace(shared=several, places=places) for each in holding)
            before += places

    def names(self, number: str) -> tuple[str, ...]:
        """Those for whom a crew scores, whatever others do."""
        return self._scoring(number, Counter())[0]

    def _scoring(self, number: str, scored: Counter[str]) -> tuple[tuple[str, ...], str, bool]:
        """For whom a crew scores; else why it does not, and whether it keeps its place."""
        if self._best is None:
            names = tuple(
                each for each in self._persons(number) if self._is_registered(number, each)
            )
            return names, "" if names else "is not registered", self._keep
        name = self._nominated.get(number)
        if name is None:
            return (), "was not nominated", False
        if scored[name] >= self._best.crews:
            return (), f"{self._best.crews} of {name} are before it", self._best.others_keep
        return (name,), "", False

    def _persons(self, number: str) -> tuple[str, ...]:
        entered = self._state.facts.crews.get(number)
        if entered is None:
            return ()
        crew = entered.value
        return crew.codrivers if self._table == CO_DRIVERS else (crew.driver,)

    def _is_registered(self, number: str, person: str) -> bool:
        if self._registered is None:
            return True
        persons = self._registered.get(number)
        return persons is not None and (not persons or person in persons)

    def _those_registered(self) -> Mapping[str, Collection[str]]:
        """The registered persons by crew; where none is named, all of the crew are."""
        said = [each.value for each in self._state.facts.of(CrewRegistered)]
        if not said:
            raise Undefined(
                "Nobody is registered for the championship in this rally, and only who is scores.",
                hint="`rally record CrewRegistered number=101` puts it on record.",
            )
        found = grouped((each.number, each.persons) for each in said)
        return {
            number: () if () in several else frozenset(chain.from_iterable(several))
            for number, several in found.items()
        }

    def _those_nominated(self) -> Mapping[str, str]:
        """For whom crews were nominated; of two nominations of one crew the later counts."""
        said = self._state.facts.of(CrewNominated)
        found = {e.value.number: e.value.name for e in said if e.value.table == self._table}
        if not found:
            raise Undefined(
                f"Nobody was nominated to score for {_WHOM.get(self._table, 'a team')} in this "
                "rally, so its points are not defined.",
                hint=f"`rally record CrewNominated number=101 table={self._table} name=…` puts it "
                "on record.",
            )
        return found
