"""The timeline as bytes, to be kept beside the log: told apart by the edition of the rules.

What is read back is decoded only as far as an answer needs it.
"""

from __future__ import annotations

from functools import partial

import msgspec

from ledger.vocabulary import TYPES, Occurrence, canonical, decode
from projections.beside import Kept, opened, sealed
from projections.state.charges import Charge
from projections.state.ends import Tells
from projections.state.rally import EDITION
from projections.state.recorded import Fact
from projections.state.timing import StageValue
from projections.timeline.acting import Acting
from projections.timeline.agreements import Agreements
from projections.timeline.cells import Cell
from projections.timeline.earliest import Earliest, Entry
from projections.timeline.held import Extent, Held, OnOneStage
from projections.timeline.indexed import Index, MadeOf
from projections.timeline.versions import Version, version

LAYOUT = f"14 {StageValue._fields} {Charge._fields} {Tells._fields}"
"""The layout of these bytes; its number goes up with every change that is not told by itself."""


class SavedVersion(msgspec.Struct, array_like=True):
    """A version of a light fact, its occurrence as canonical bytes."""

    since: int
    until: int
    id: str
    position: int
    data: bytes
    amended_by: tuple[str, ...]

    def version(self, kind: str) -> Version:
        """The version; `kind` is the type of its occurrence."""
        fact = Fact(self.id, self.position, decode(self.data, kind), self.amended_by)
        return version(self.since, self.until, fact)


class SavedStage(msgspec.Struct, array_like=True):
    """The cells of a stage, those that stand for good apart, and where all of them are."""

    extent: Extent
    lasting: msgspec.Raw
    passed: msgspec.Raw

    @classmethod
    def of(cls, cells: OnOneStage) -> SavedStage:
        """These cells as they are kept."""
        lasting, passed = map(_ENCODER.encode, (cells.lasting, cells.passed))
        return cls(cells.extent, msgspec.Raw(lasting), msgspec.Raw(passed))

    def cells(self) -> OnOneStage:
        """The cells, decoded when they are asked for: many answers end before."""
        lasting, passed = (partial(_CELLS.decode, each) for each in (self.lasting, self.passed))
        return OnOneStage(self.extent, lasting, passed)


class Saved(msgspec.Struct, array_like=True):
    """An index as it is kept."""

    light: dict[str, list[SavedVersion]]
    values: dict[str, SavedStage]
    charged: dict[str, SavedStage]
    telling: dict[str, SavedStage]
    agreements: dict[str, Agreements]
    perhaps: dict[str, set[str]]
    made_of: msgspec.Raw
    started: dict[str, list[Entry]]
    timed: dict[str, list[Entry]]
    on_the_road: dict[str, list[Entry]]
    replayed: list[tuple[int, int]]
    groups: list[tuple[int, ...]]
    moved: list[tuple[str, str, list[tuple[int, ...]]]]
    dangling: dict[str, set[int]]
    again: set[int]
    points: dict[str, set[str] | None]
    known_from: dict[str, int]
    card_stages: dict[str, set[str]]
    carded_from: int
    acting: Acting


_ENCODER = msgspec.msgpack.Encoder()
_DECODER = msgspec.msgpack.Decoder(Saved)
_CELLS = msgspec.msgpack.Decoder(dict[str, list[Cell]])
_OF_CELLS = msgspec.msgpack.Decoder(list[tuple[str, str, list[int]]])


def to_bytes(index: Index, root: str) -> bytes:
    """An index as bytes; `root` is that of the log at its position."""
    light = {
        kind.type_name(): [_saved(each) for each in index.light.of(kind)]
        for kind in index.light.kinds()
    }
    beginnings = index.beginnings
    content = _ENCODER.encode(
        Saved(
            light,
            _held(index.values),
            _held(index.charged),
            _held(index.telling),
            index.agreements,
            index.perhaps,
            msgspec.Raw(_ENCODER.encode([(*key, each) for key, each in index.made_of.items()])),
            {stage: list(each) for stage, each in beginnings.started.items()},
            {stage: list(each) for stage, each in beginnings.timed.items()},
            {number: list(each) for number, each in index.on_the_road.items()},
            index.replayed,
            sorted(set(index.entangled.values())),
            [(stage, number, sorted(each)) for (stage, number), each in index.moved.items()],
            index.dangling,
            index.again,
            index.points,
            index.known_from,
            index.card_stages,
            index.carded_from,
            index.acting,
        )
    )
    return sealed(Kept(_made_by(), index.position, root, content))


def from_bytes(data: bytes) -> tuple[Index, Kept] | None:
    """The index that these bytes hold, and of what it is; None if they are of another make.

    They may have been written by another edition of the rules, or be damaged.
    """
    kept = opened(data, _made_by())
    if kept is None:
        return None
    try:
        saved = _DECODER.decode(kept.content)
    except (msgspec.DecodeError, ValueError):
        return None
    if not saved.light.keys() <= TYPES.keys():
        return None
    index = Index()
    index.position = kept.position
    for name, versions in saved.light.items():
        index.light.put_off(TYPES[name], partial(_versions, name, versions))
    for held, stages in (
        (index.values, saved.values),
        (index.charged, saved.charged),
        (index.telling, saved.telling),
    ):
        for stage, each in stages.items():
            held.hold(stage, each.cells())
    index.agreements, index.perhaps = saved.agreements, saved.perhaps
    index.put_off(partial(_made_of, saved.made_of))
    index.beginnings.started.update((k, Earliest(each)) for k, each in saved.started.items())
    index.beginnings.timed.update((k, Earliest(each)) for k, each in saved.timed.items())
    index.on_the_road = {number: Earliest(each) for number, each in saved.on_the_road.items()}
    index.replayed = saved.replayed
    index.entangled = {position: group for group in saved.groups for position in group}
    index.moved = {(stage, number): set(each) for stage, number, each in saved.moved}
    index.dangling = saved.dangling
    index.again = saved.again
    index.points = saved.points
    index.known_from = saved.known_from
    index.card_stages = saved.card_stages
    index.carded_from = saved.carded_from
    index.acting = saved.acting
    return index, kept


def _made_by() -> str:
    return f"{LAYOUT} {EDITION}"


def _made_of(saved: msgspec.Raw) -> MadeOf:
    return {(stage, number): each for stage, number, each in _OF_CELLS.decode(saved)}


def _versions(kind: str, saved: list[SavedVersion]) -> list[Version]:
    return [each.version(kind) for each in saved]


def _held(held: Held) -> dict[str, SavedStage]:
    return {stage: SavedStage.of(each) for stage, each in held.stages.items()}


def _saved(held: Version) -> SavedVersion:
    fact = held.fact
    value: Occurrence = fact.value
    data = canonical(value)
    return SavedVersion(held.since, held.until, fact.id, fact.position, data, fact.amended_by)
