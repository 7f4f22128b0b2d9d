"""What bears on a crew, a decision or a stage, so that a proof can show that nothing is left out.

It is told by labels alone: the tags of a record, which its leaf binds, and what else its content
names, which stands beside them. So whoever has the headers of all records, and of some the content,
finds the same as whoever has the log. `ledger/proofs/complete.md` says it for others.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple, TypeVar

from ledger.grouping import grouped
from ledger.naming import CREWS, changed, fields_naming, named, on_everybody
from ledger.vocabulary import (
    TYPES,
    Corrected,
    CourtDecisionIssued,
    DecisionIssued,
    NumberReallocated,
    Occurrence,
)
from ledger.vocabulary.base import is_id

Key = TypeVar("Key")
Kind = Literal["crew", "decision", "stage"]
CREW, STAGE, REF = "crew:", "stage:", "ref:"
EVERYBODY = "everybody"
"""The label of what does something on a stage, whomever else it names."""
_TAGGED = {"number", "target"}
_DECISIONS = (DecisionIssued, CourtDecisionIssued)


class Subject(NamedTuple):
    """Of what nothing is left out: a crew by its number, a stage by its code, a decision by its id.

    A crew and a stage stand for whatever has their label, whether it is on record or not.
    """

    kind: Kind
    of: str

    @property
    def text(self) -> str:
        """It as a proof names it: "crew 102"."""
        return f"{self.kind} {self.of}"

    @property
    def words(self) -> str:
        """It in words."""
        return f"{self.kind} {self.of[:10]}" if self.kind == "decision" else self.text


class Labelled(NamedTuple):
    """A record as far as its header tells it: its id, and its labels."""

    id: str
    labels: tuple[str, ...]


class Bearing(NamedTuple):
    """The records that bear on a subject, by their ids: its own, and all of them.

    `numbers` are those of a crew, which may have borne another one.
    """

    own: frozenset[str]
    all: frozenset[str]
    numbers: tuple[str, ...] = ()


@functools.cache
def may_name_beside() -> list[str]:
    """The types of which a record may name more than its tags tell."""
    return [
        name
        for name, kind in TYPES.items()
        if kind is Corrected
        or "effects" in kind.__struct_fields__
        or {*fields_naming(kind, *CREWS, "record")} - _TAGGED
    ]


def beside(said: Occurrence, tags: Iterable[str]) -> tuple[str, ...]:
    """What else a record names than its tags tell, as labels in their one order."""
    crews, records = [*named(said, *CREWS)], [*named(said, "record")]
    if isinstance(said, Corrected):
        crews += changed(said, *CREWS)
        records += changed(said, "record")
    found = {f"{CREW}{each}" for each in crews}
    found |= {f"{REF}{each}" for each in records if is_id(each)}
    if any(map(on_everybody, getattr(said, "effects", ()))):
        found.add(EVERYBODY)
    return tuple(sorted(found - {*tags}))


Known = Callable[[str], Occurrence | None]


def bearing(
    subject: Subject, records: Sequence[Labelled], known: Known, lines: Iterable[Collection[str]]
) -> Bearing:
    """What bears on a subject among these records.

    `known` gives the contents by their ids, those that bear on it at least, and `lines` the records
    that tell one line of a source again: of these one may stand for all.

    Law: of the labels of these records and the contents that are found, the same is found.
    """
    return _Bearing(subject, records, known, lines).found()


def same_lines(said: Iterable[tuple[Key, Occurrence]]) -> list[list[Key]]:
    """Those that tell one line of a source, where there are several of it."""
    keyed = (((e.source.name, e.source.seq), identity) for identity, e in said if e.source.seq)
    return [each for each in grouped(keyed).values() if len(each) > 1]


class _Bearing:
    def __init__(
        self,
        subject: Subject,
        records: Sequence[Labelled],
        known: Known,
        lines: Iterable[Collection[str]],
    ) -> None:
        self._subject = subject
        self._records = records
        self._known = known
        self._again = {each: line for line in lines for each in line}
        self._ids = {each.id for each in records}
        self._with: dict[str, list[str]] = defaultdict(list)
        for each in records:
            for label in each.labels:
                self._with[label].append(each.id)

    def found(self) -> Bearing:
        subject, numbers = self._subject, tuple[str, ...]()
        if subject.kind == "crew":
            numbers = self._numbers()
            own = {each for number in numbers for each in self._with.get(f"{CREW}{number}", ())}
        elif subject.kind == "stage":
            own = {*self._with.get(f"{STAGE}{subject.of}", ())}
        else:
            own = self._connected()
        found = own | {e.id for e in self._records if self._is_general(e.labels)}
        found |= {each for identity in own for each in self._named(identity)}
        return Bearing(frozenset(own), frozenset(self._with_what_is_about(found)), numbers)

    def _numbers(self) -> tuple[str, ...]:
        """The numbers that the crew has borne, or that were borne by who bore one of them."""
        numbers = {self._subject.of: None}
        ahead = [self._subject.of]
        while ahead:
            for identity in self._with.get(f"{CREW}{ahead.pop()}", ()):
                said = self._known(identity)
                if isinstance(said, NumberReallocated):
                    new = [e for e in (said.number, said.new_number) if e not in numbers]
                    numbers |= dict.fromkeys(new)
                    ahead += new
        return tuple(numbers)

    def _connected(self) -> set[str]:
        """The decision, and those that name it or that it names, as far as that leads."""
        found, ahead = set[str](), [self._subject.of]
        while ahead:
            each = ahead.pop()
            if each not in found and isinstance(self._known(each), _DECISIONS):
                found.add(each)
                ahead += [*self._named(each), *self._with.get(f"{REF}{each}", ())]
        return found

    def _is_general(self, labels: Iterable[str]) -> bool:
        """Whether a record bears on everybody: it is about no crew, and amends nothing."""
        if self._subject.kind == "decision":
            return False
        if self._subject.kind == "stage":
            return not any(each.startswith((CREW, STAGE, REF)) for each in labels)
        return EVERYBODY in labels or not any(each.startswith((CREW, REF)) for each in labels)

    def _named(self, identity: str) -> Iterator[str]:
        """The records among these that a record is about."""
        said = self._known(identity)
        return iter(self._ids.intersection(named(said, "record")) if said else ())

    def _with_what_is_about(self, found: set[str]) -> set[str]:
        """These, and what amends one of them, is about it, signs or tells it again; and so on."""
        ahead = [*found]
        while ahead:
            each = ahead.pop()
            new = {*self._with.get(f"{REF}{each}", ()), *self._again.get(each, ())} - found
            found |= new
            ahead += new
        return found
