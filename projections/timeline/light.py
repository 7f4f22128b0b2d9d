"""Light facts: what is not a reading of a time, with the part of the log over which it stands.

They are few, whatever the size of a log: entries, the plan, rules, race direction, participation,
penalties. At a moment they are picked out kind by kind, when an answer first asks for one.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Hashable, Iterable, Sequence
from functools import cached_property
from threading import RLock
from typing import Any, TypeVar, cast

from ledger.vocabulary import Occurrence
from projections.read_by import TOLD_BY_A_TIMELINE
from projections.state.acts_of_decisions import Acts
from projections.state.entries import Crews
from projections.state.facts import Facts
from projections.state.held import Need, NotHeld
from projections.state.recorded import Fact, Recorded
from projections.state.rulings import RULED_BY, Rulings
from projections.timeline.sift import ON_THE_ROAD, TIMING
from projections.timeline.versions import FOREVER, Version, bounds

HELD = TOLD_BY_A_TIMELINE - {*TIMING, *ON_THE_ROAD}
"""What classifications read, but for readings: those are looked up as cells."""
Kind = TypeVar("Kind", bound=Occurrence)
Following = TypeVar("Following")
Moment = tuple[int, int]
"""A position of the log, and an instant of the rally (UTC ms)."""


MOST_BETWEEN = 16
"""Of so many stretches of a log between two changes it is kept what stood, and what followed."""


class OfAKind:
    """The versions of the facts of one kind, in the order of the facts.

    They change seldom: between two changes the same stand, and one list of them is given.
    """

    def __init__(self, versions: Iterable[Version]) -> None:
        self.versions = sorted(versions, key=lambda version: version.fact.order())
        _, self._settled_ms = bounds([(each.instant, FOREVER) for each in self.versions])
        begun, ended = (each.since for each in self.versions), (e.until for e in self.versions)
        self._changes = sorted({*begun, *(each for each in ended if each < FOREVER)})
        self._between: dict[int, list[Fact[Occurrence]]] = {}

    def hangs_on(self, instant: int) -> bool:
        """Whether some of them had not happened by an instant."""
        return instant < self._settled_ms

    def at(self, position: int, instant: int) -> list[Fact[Occurrence]]:
        """The facts that were known at a position, those that had happened by an instant."""
        if self.hangs_on(instant):
            return at_moment(self.versions, position, instant)
        changes = bisect_right(self._changes, position)
        if (found := self._between.get(changes)) is None:
            found = at_moment(self.versions, position, instant)
            _keep(self._between, changes, found)
        return found


Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


def _keep(held: dict[Key, Value], key: Key, value: Value) -> None:
    """Keep what was made last, and of what was made before not more than so much."""
    while len(held) >= MOST_BETWEEN:
        del held[next(iter(held))]
    held[key] = value


class Light:
    """The versions of the light facts, by kind.

    Several threads may ask it: what it decodes when first asked is decoded under its lock, and so
    is a carry. A kind that is half decoded would look like one of which nothing is on record.
    """

    def __init__(self, lock: RLock) -> None:
        self.lock = lock
        self._by_kind: dict[type[Occurrence], list[Version]] = {}
        self._put_off: dict[type[Occurrence], Callable[[], list[Version]]] = {}
        self._ordered: dict[type[Occurrence], OfAKind] = {}
        self._following: dict[tuple[Any, ...], dict[tuple[int, ...], tuple[Any, Any]]] = {}
        self.acts = Acts()
        """What decisions bring about, the same at every moment."""
        self.settling = RLock()
        """Held while it is settled what became of decisions, which several moments then share.

        A court's look in force meanwhile. It is not the other lock: whoever settles asks for more.
        """

    def put_off(self, kind: type[Occurrence], versions: Callable[[], list[Version]]) -> None:
        """Take in the versions of a kind when they are first asked for."""
        self._put_off[kind] = versions

    def learn(self, version: Version) -> None:
        """Take in a version."""
        kind = type(version.fact.value)
        self._held(kind).append(version)
        self._ordered.pop(kind, None)

    def forget(self, positions: set[int]) -> None:
        """Drop the versions of the facts that were told at these positions."""
        self.acts = Acts()  # those of a decision that is amended now would be those of before
        self._following = {}
        for kind in self.kinds():
            versions = self._held(kind)
            if any(each.fact.position in positions for each in versions):
                kept = [each for each in versions if each.fact.position not in positions]
                self._by_kind[kind] = kept
                self._ordered.pop(kind, None)

    def kinds(self) -> set[type[Occurrence]]:
        """The kinds of which there are versions."""
        with self.lock:
            return self._by_kind.keys() | self._put_off.keys()

    def of(self, kind: type[Occurrence]) -> list[Version]:
        """The versions of one kind, in the order of the facts."""
        with self.lock:
            return self._in_order(kind).versions

    def at(self, kind: type[Occurrence], position: int, instant: int) -> list[Fact[Occurrence]]:
        """The facts of one kind at a moment, in their order; the list is not to be changed."""
        with self.lock:  # also while they are picked out: a carry adds to the list that is held
            return self._in_order(kind).at(position, instant)

    def following(
        self, make: Callable[..., Following], kinds: Sequence[type[Occurrence]], moment: Moment
    ) -> Following:
        """What follows from the facts of some kinds at a moment: made once while the same stand."""
        with self.lock:
            of_kinds = [self._in_order(kind) for kind in kinds]
            lists = [each.at(*moment) for each in of_kinds]
            if any(each.hangs_on(moment[1]) for each in of_kinds):
                return make(*lists)
            known = self._following.setdefault((make, *kinds), {})
            which = tuple(map(id, lists))  # they are held with what followed from them
            if which not in known:
                _keep(known, which, (lists, make(*lists)))
            return cast("Following", known[which][1])

    def ruled(self, *lists: list[Fact[Occurrence]]) -> Rulings:
        """What became of each decision, given what that follows from, while time cuts off nothing.

        The lists are of the types of `RULED_BY`.
        """
        by_kind = dict(zip(RULED_BY, lists, strict=True))
        facts = Recorded((), [], {}, acts=self.acts, in_order=by_kind)
        facts.holds, facts.lacking = Need.TIMELINE, HELD - by_kind.keys()
        return Rulings(facts)

    def _in_order(self, kind: type[Occurrence]) -> OfAKind:
        if kind not in self._ordered:
            self._ordered[kind] = ordered = OfAKind(self._held(kind))
            self._by_kind[kind] = ordered.versions
        return self._ordered[kind]

    def _held(self, kind: type[Occurrence]) -> list[Version]:
        if kind in self._put_off:
            self._by_kind[kind] = self._put_off.pop(kind)()
        return self._by_kind.setdefault(kind, [])


class _Of:
    """What only the facts beside a moment tell; without any, to ask for it is a mistake."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, facts: CutFacts, owner: type) -> Any:
        if facts.beside is None:
            raise NotHeld(self._name, facts.holds)
        return getattr(facts.beside, self._name)

    def __set__(self, facts: CutFacts, value: object) -> None:
        """A moment has none of its own."""


class CutFacts(Facts):
    """The facts at a moment, picked out of their versions kind by kind.

    `beside` are facts that were read from the log for the one question that is asked, and hold what
    the timeline does not: papers, incidents, the readings of some crew or stage. `like` are those
    of the same moment without them: of which decisions are in force, both tell the same.
    """

    holds = Need.TIMELINE
    findings, positions, numbers, told, true, idle = _Of(), _Of(), _Of(), _Of(), _Of(), _Of()

    def __init__(
        self,
        light: Light,
        position: int,
        instant: int,
        beside: Facts | None = None,
        like: CutFacts | None = None,
    ) -> None:
        self.beside = beside
        super().__init__((), [], {}, until=instant, acts=light.acts)
        self._light = light
        self._position = position
        self._instant = instant
        self._cut: dict[type[Occurrence], list[Fact[Occurrence]]] = {}
        self._like = like

    @cached_property
    def rulings(self) -> Rulings:
        """The decisions, and what became of each: it follows from what a timeline holds."""
        if self._like is not None:
            return self._like.rulings
        if self._instant < FOREVER:
            return Rulings(self)
        found = self.following(self._light.ruled, *RULED_BY)
        with self._light.settling:
            _ = found.all
        return found

    @cached_property
    def crews(self) -> Crews:
        """The crews by number, as they stand."""
        return super().crews if self._like is None else self._like.crews

    @cached_property
    def by_id(self) -> dict[str, Fact[Occurrence]]:
        """Every fact that is held, by its id."""
        if self.beside is not None:
            return self.beside.by_id
        return {fact.id: fact for kind in self._light.kinds() for fact in self.recorded(kind)}

    def recorded(self, kind: type[Kind]) -> list[Fact[Kind]]:
        """The facts of one type that have a record of their own, in the order of the facts.

        Raises:
            NotHeld: they are looked up otherwise, as times are, or no classification reads them.
        """
        if kind not in self._cut:
            # What is held is never asked of the facts beside: those are other objects, and the acts
            # of decisions are remembered by the very objects that are held here.
            if kind in HELD:
                self._cut[kind] = self._light.at(kind, self._position, self._instant)
            elif self.beside is None:
                raise NotHeld(kind.type_name(), self.holds)
            else:
                return self.beside.recorded(kind)
        found: list[Fact[Kind]] = self._cut[kind]  # type: ignore[assignment]
        return found

    def following(self, make: Callable[..., Following], *kinds: type[Occurrence]) -> Following:
        """What follows from the facts of these types, list by list, and from nothing else."""
        if not HELD.issuperset(kinds):
            return super().following(make, *kinds)
        return self._light.following(make, kinds, (self._position, self._instant))


def at_moment(versions: Iterable[Version], position: int, instant: int) -> list[Fact[Occurrence]]:
    """The facts that were known at a position, those that had happened by an instant."""
    return [
        each.fact
        for each in versions
        if each.since <= position < each.until and each.instant <= instant
    ]
