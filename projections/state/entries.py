"""Entries as they stand: which crew bears a number, and who is in it, in which class."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, lru_cache
from itertools import chain

import msgspec

from ledger.vocabulary import CrewEntered, CrewMemberReplaced, CrewReclassified, NumberReallocated
from projections.state.persons import name_key
from projections.state.recorded import Fact

EntryChange = CrewMemberReplaced | CrewReclassified


@lru_cache(maxsize=4096)
def by_number(number: str) -> tuple[int, int, str]:
    """The order of race numbers: as numbers where they are, others behind."""
    return (0, int(number), number) if number.isdecimal() and len(number) < 19 else (1, 0, number)


class Known(msgspec.Struct, frozen=True):
    """A crew by its number, as one asks for it."""

    number: str
    driver: str
    category: str


class Crews(dict[str, Fact[CrewEntered]]):
    """The crews by number, as they stand; it stays as it was made.

    `moves` are what moved crews to another class in the course of the rally, in the order of the
    facts, and `entered_as` how those crews stood without.
    """

    def __init__(self) -> None:
        super().__init__()
        self.moves: dict[str, list[Fact[CrewReclassified]]] = {}
        self.entered_as: dict[str, CrewEntered] = {}

    @cached_property
    def entries(self) -> Mapping[str, CrewEntered]:
        """What their entries say, in the order of their numbers."""
        return {number: self[number].value for number in sorted(self, key=by_number)}

    @cached_property
    def driven_in(self) -> Mapping[str, str]:
        """The category whose route each of them drives.

        A crew that is moved in the course of the rally goes on by that which it was entered in.
        """
        entered = self.entered_as
        return {n: (entered.get(n) or each.value).category for n, each in self.items()}

    @cached_property
    def categories(self) -> frozenset[str]:
        """The categories that any of them is in; "" of one that is in none."""
        return frozenset(each.value.category for each in self.values())

    @cached_property
    def namesakes(self) -> tuple[Mapping[str, str], ...]:
        """Persons who are in several crews by their names: how each has it, by number."""
        crews: dict[str, dict[str, str]] = defaultdict(dict)
        for number, entry in self.items():
            for person in filter(str.strip, (entry.value.driver, *entry.value.codrivers)):
                crews[name_key(person)][number] = person
        return tuple(each for each in crews.values() if len(each) > 1)

    @cached_property
    def known(self) -> tuple[Known, ...]:
        """The crews in the order in which they were entered."""
        entered = ((number, each.value) for number, each in self.items())
        return tuple(Known(number, said.driver, said.category) for number, said in entered)


class Numbers:
    """The race numbers that changed hands, in the order in which that happened."""

    def __init__(self, reallocated: Iterable[tuple[int, NumberReallocated]]) -> None:
        self._given: dict[str, list[tuple[int, str]]] = {}
        for instant, each in reallocated:
            self._given.setdefault(each.number, []).append((instant, each.new_number))

    def __bool__(self) -> bool:
        return bool(self._given)

    def bearer(self, number: str, instant: int | None) -> str:
        """The number that the crew bears now which bore this one at that instant.

        None is "from the beginning". What is recorded under a number after it was given up is about
        the crew that bears it then.
        """
        since = instant
        while True:
            later = [
                each for each in self._given.get(number, ()) if since is None or each[0] > since
            ]
            if not later:
                return number
            since, number = later[0]


def as_it_stands(entry: CrewEntered, changes: Sequence[EntryChange]) -> CrewEntered:
    """An entry with the persons replaced and the classes changed, in the order of the changes."""
    for change in changes:
        if isinstance(change, CrewReclassified):
            entry = msgspec.structs.replace(
                entry,
                category=change.category or entry.category,
                group=change.group or entry.group,
                crew_class=change.crew_class or entry.crew_class,
            )
        elif change.leaves == entry.driver:
            entry = msgspec.structs.replace(entry, driver=change.joins)
        else:
            others = tuple(
                change.joins if name == change.leaves else name for name in entry.codrivers
            )
            entry = msgspec.structs.replace(entry, codrivers=others)
    return entry


def crews_of(entered: Iterable[Fact[CrewEntered]], *changed: Iterable[Fact[EntryChange]]) -> Crews:
    """The crews as they stand. Of two entries under a number the first holds it."""
    found = Crews()
    for each in entered:
        found.setdefault(each.value.number, each)
    changes: dict[str, list[Fact[EntryChange]]] = defaultdict(list)
    for change in sorted(chain.from_iterable(changed), key=Fact.order):
        changes[change.value.number].append(change)
    for number in changes.keys() & found.keys():
        entry, several = found[number], changes[number]
        value = as_it_stands(entry.value, [each.value for each in several])
        found[number] = entry._replace(value=value)
        moves = [each for each in several if _moves(each)]
        if moves:
            found.moves[number] = moves  # type: ignore[assignment]
            others = [each.value for each in several if not _moves(each)]
            found.entered_as[number] = as_it_stands(entry.value, others)
    return found


def _moves(change: Fact[EntryChange]) -> bool:
    return isinstance(change.value, CrewReclassified) and change.value.in_the_course
