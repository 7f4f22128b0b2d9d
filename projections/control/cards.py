"""Cards: what was keyed from them, by whom, what differs; and what a second reading proved.

It tells nobody what another one read in a cell that may be keyed again: figures stand here only
where several persons have agreed. Records tell them one by one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from fractions import Fraction

import msgspec

from ledger.vocabulary import CardCell, CardsClosed, DiceThrown
from projections.control.anomaly import positions_of
from projections.control.draw import drawn, fewer_than, seed_of
from projections.results.standings import stage_named
from projections.state.contested import stage_of
from projections.state.keyed import (
    CONFIRMED,
    EVERY,
    RULED,
    SETTLED,
    SINGLE,
    Figures,
    Keyed,
    OnACard,
    Stands,
    cell_of,
    figures_of,
    persons,
    shown_in,
)
from projections.state.persons import name_key
from projections.state.rally import RallyState
from projections.state.recorded import Fact

USUAL = Fraction(95, 100)
"""The confidence of a bound where nobody says another."""
UNREAD, UNSETTLED, RIGHT, WRONG = "unread", "unsettled", "right", "wrong"


class CardRow(msgspec.Struct, frozen=True):
    """A cell that was keyed: by whom, how it stands, and what was read where several agreed."""

    number: str
    stage: str
    cell: str
    stands: Stands
    by: tuple[str, ...]
    read: str
    position: int | None
    positions: tuple[int, ...]


class Thrown(msgspec.Struct, frozen=True):
    """A throw of dice: of which office, by whom; and whether it is one of the two that count."""

    office: str
    by: str
    throw: str
    at: str
    position: int
    counts: bool


class Second(msgspec.Struct, frozen=True):
    """A cell that was drawn: "unread", "right", "wrong", or "unsettled" where the readings differ.

    `by` are those who keyed it since.
    """

    cell: str
    position: int | None
    found: str
    by: tuple[str, ...]


class Closing(msgspec.Struct, frozen=True):
    """Cards that were closed: the cells that one person had keyed, the draw, and what it proves.

    `at` and `root` say how much of the log they were closed on. What was drawn and is not read yet,
    or not settled, counts among the `wrong` for the bound: fewer cells than `fewer_than` are wrong,
    with that confidence (in per cent). Without a draw there is none.
    """

    position: int
    id: str
    stage: str
    control: str
    closed_at: str
    by: str
    at: int
    root: str
    cells: int
    wanted: int
    throws: tuple[Thrown, ...]
    seed: str
    drawn: tuple[Second, ...]
    counts: dict[str, int]
    confidence: str
    fewer_than: int | None
    proves: str
    reproduced: bool | None = None
    """Whether the log says of its cells, as far as it was closed on, what the closing does; None
    where its root is that of another log, and where nobody has looked."""


class Cards(msgspec.Struct, frozen=True):
    """The cells that were keyed, how many stand how, and the closings in their order."""

    counts: dict[str, int]
    rows: tuple[CardRow, ...]
    closings: tuple[Closing, ...]


def cards(state: RallyState, stage: str | None = None, confidence: Fraction = USUAL) -> Cards:
    """What was keyed from time cards, of a stage or all, and what a second reading proves.

    Raises:
        NotFound: no such stage.
    """
    if stage is not None:
        stage_named(state, stage)
    of_it = [each for each in _rows(state) if stage in (None, each.stage)]
    rows = sorted(of_it, key=lambda each: (each.stage, each.cell, each.positions))
    counts = Counter(each.stands for each in rows)
    told: dict[str, int] = {each: counts[each] for each in EVERY}
    closed = sorted(state.facts.of(CardsClosed), key=Fact.order)
    found = Closings(state, confidence)
    closings = (found.of(each) for each in closed if stage is None or found.bears(each, stage))
    return Cards(told, tuple(rows), tuple(closings))


def _rows(state: RallyState) -> Iterator[CardRow]:
    """Each cell that was keyed."""
    positions = state.facts.positions
    for each in state.timing.keyed:
        agreed = each.counting if each.stands in (CONFIRMED, SETTLED) else None
        counting = each.counting
        yield CardRow(
            each.cell.number,
            stage_of(state, each),
            each.cell.name,
            each.stands,
            each.persons,
            shown_in(agreed.as_shown) if agreed else "",
            positions[counting.id] if counting else None,
            positions_of(state, *(one.id for one in each.keyings)),
        )


def keyed_once(state: RallyState, stage: str = "", control: str = "") -> tuple[CardCell, ...]:
    """The cells of a stage or a control, or all, that one person keyed: what may be read again."""
    found = {}
    for each in state.timing.keyed:
        there = control in ("", each.cell.is_control and each.cell.place)
        if each.stands == SINGLE and there and stage in ("", stage_of(state, each)):
            first = each.counting or each.keyings[0]
            read = figures_of(first.as_shown)
            found[each.cell.name] = CardCell(each.cell.name, first.id, read)
    return tuple(found[each] for each in sorted(found))


class Closings:
    """The closings of one state."""

    def __init__(self, state: RallyState, confidence: Fraction) -> None:
        self._state = state
        self._confidence = confidence
        self._keyed = {each.cell: each for each in state.timing.keyed}

    def bears(self, closed: Fact[CardsClosed], stage: str) -> bool:
        """Whether cards of a stage were closed with it, as well or alone."""
        said = closed.value
        control = self._state.controls.get(said.control)
        return (said.stage or (control.stage if control else "")) in ("", stage)

    def of(self, closed: Fact[CardsClosed]) -> Closing:
        """One of them, with its throws, what was drawn, and what that proves."""
        said = closed.value
        throws = self._throws(closed.id)
        counting = {each.office: each.throw for each in throws if each.counts}
        seed = seed_of(said.root, counting) if len(counting) == 2 else ""
        by_name = {each.cell: each for each in said.cells}
        names = drawn(seed, by_name, said.wanted) if seed else []
        second = tuple(self._second(by_name[each]) for each in names)
        counts = Counter(each.found for each in second)
        bound = self._bound(len(by_name), len(second), len(second) - counts[RIGHT])
        per_cent = _per_cent(self._confidence)
        return Closing(
            closed.position,
            closed.id,
            said.stage,
            said.control,
            said.recorded_at.iso(),
            said.by,
            said.position,
            said.root,
            len(by_name),
            said.wanted,
            throws,
            seed,
            second,
            {each: counts[each] for each in (RIGHT, WRONG, UNSETTLED, UNREAD)},
            per_cent,
            bound,
            _proves(bound, len(by_name), per_cent),
        )

    def _bound(self, cells: int, read: int, wrong: int) -> int | None:
        return fewer_than(cells, read, wrong, self._confidence) if read else None

    def _throws(self, closing: str) -> tuple[Thrown, ...]:
        """The throws for a closing in the order of recording: two of two offices and persons."""
        about = [each for each in self._state.facts.of(DiceThrown) if each.value.target == closing]
        about.sort(key=lambda each: (each.value.recorded_at.ms, each.id))
        counting: list[DiceThrown] = []
        for said in (each.value for each in about):
            apart = all(
                said.role != other.role and name_key(said.by) != name_key(other.by)
                for other in counting
            )
            if len(counting) < 2 and apart:
                counting.append(said)
        return tuple(
            Thrown(
                each.value.role,
                each.value.by,
                each.value.throw,
                each.value.recorded_at.iso(),
                each.position,
                any(each.value is one for one in counting),
            )
            for each in about
        )

    def _second(self, closed: CardCell) -> Second:
        """What became of a cell that was drawn."""
        fact = self._state.facts.by_id.get(closed.keyed)
        cell = cell_of(fact.value) if fact else None
        now = self._keyed.get(cell) if cell else None
        since = tuple(
            each
            for each in (now.keyings if now else ())
            if fact and name_key(each.value.by) != name_key(fact.value.by)
        )
        position = self._state.facts.positions.get(closed.keyed)
        found = WRONG if fact is None else self._found(closed.read_ms, now)
        return Second(closed.cell, position, found, persons(since))

    def _found(self, was: Figures, now: Keyed | None) -> str:
        """What a cell shows that had been keyed so: by who read it since, or who corrected it."""
        if now is None:
            return UNREAD
        said = self._settled(now)
        if said is None:
            return UNREAD if now.stands == SINGLE else UNSETTLED
        same = now.cut(figures_of(said.as_shown)) == now.cut(was)
        return (UNREAD if now.stands == SINGLE else RIGHT) if same else WRONG

    def _settled(self, keyed: Keyed) -> Fact[OnACard] | None:
        """What counts in a cell; by a ruling, where that names one of its keyings."""
        if keyed.stands != RULED:
            return keyed.counting
        rulings = self._state.timing.clocks.determined
        named = [each for each in keyed.keyings if each.id in rulings]
        return max(named, key=lambda each: rulings[each.id], default=None)


def _per_cent(confidence: Fraction) -> str:
    return f"{float(confidence * 100):g}"


def _proves(bound: int | None, cells: int, per_cent: str) -> str:
    """The bound in words."""
    if bound is None:
        return ""
    if bound > cells:
        return "Nothing is proved yet."
    return f"{per_cent} %: fewer than {bound} of {cells} cells are wrong"
