"""Belonging: which records of a log are about one crew, and which bear on everybody.

What amends a record belongs with it, and so do the lines of one source that were told twice. Crews
that share a record, or of whose records it was said that they are the other's, belong together.
"""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Iterator, Mapping

from ledger.grouping import grouped
from ledger.naming import act_type, by_effect, fields_naming, named, naming, on_everybody, own
from ledger.vocabulary import (
    PLACING,
    SANCTIONS,
    TYPES,
    Corrected,
    FitnessDecided,
    NumberReallocated,
    Occurrence,
    StageStarted,
)
from projections.comparing.what_if import Known
from projections.read_by import reads

FRAME = ""
"""What bears on everybody: the plan, the rules, race direction, clocks and sources."""


class Belonging:
    """The records that bear on the standings, by the crews that they are about.

    `of` holds the ids of each group, in the order of the log; those of `FRAME` belong to every
    group besides.
    """

    def __init__(self, told: Mapping[str, Known]) -> None:
        self._heads: dict[str, str] = {}
        self._told = told
        bearing = dict.fromkeys(_bearing(told))
        for identity in bearing:
            self._join(identity)
        for lines in _lines(told, bearing).values():
            for each in lines[1:]:
                self._unite(lines[0], each)
        self.of: dict[str, list[str]] = defaultdict(list)
        self._groups: dict[str, str] = {}
        for identity in bearing:
            group = self.group(identity)
            self._groups[identity] = group
            self.of[group].append(identity)
        self._with_doctors(bearing)

    def group(self, name: str) -> str:
        """The group of a crew (by number) or of a record (by id)."""
        found = self._head(name)
        return FRAME if found == self._head(FRAME) else found

    def __contains__(self, identity: str) -> bool:
        """Whether a record bears on the standings."""
        return identity in self._groups

    def _join(self, identity: str) -> None:
        said = self._told[identity].value
        names = [] if _is_about_several(type(said)) else [*own(said, "crew")]
        names += [each for each in named(said, "record") if each in self._told]
        names += _by_its_effects(said)
        if isinstance(said, Corrected):
            names += [_name(v) for field, v in said.changes.items() if field in _naming_a_crew()]
        if isinstance(said, NumberReallocated):
            # Whatever names one of the two, a start order or a ruling, may then mean the other.
            names.append(FRAME)
        for name in names or [FRAME]:
            self._unite(name, identity)

    def _with_doctors(self, bearing: Mapping[str, None]) -> None:
        """Whether an unfit crew started a stage is told by whether anybody's starts are known."""
        decided = [i for i in bearing if isinstance(self._told[i].value, FitnessDecided)]
        if decided:
            starts = [each for each in bearing if self._is_of_a_start(each)]
            for group in {self.group(each) for each in decided}:
                self.of[group] = sorted(
                    {*self.of[group], *starts}, key=lambda each: self._told[each].position
                )

    def _is_of_a_start(self, identity: str) -> bool:
        at: str = identity
        while not isinstance(self._told[at].value, StageStarted):
            at = getattr(self._told[at].value, "target", "")
            if at not in self._told:
                return False
        return True

    def _head(self, name: str) -> str:
        path = []
        while (above := self._heads.get(name, name)) != name:
            path.append(name)
            name = above
        for each in path:
            self._heads[each] = name
        return name

    def _unite(self, one: str, other: str) -> None:
        self._heads[self._head(other)] = self._head(one)


@functools.cache
def _is_about_several(kind: type[Occurrence]) -> bool:
    """Whether it bears on everybody: as a list does, or as a crew that goes back moves others."""
    return kind in PLACING or any(
        each.several for each in naming(kind) if each.names == "crew" or each.of
    )


@functools.cache
def _naming_a_crew() -> frozenset[str]:
    """The fields by whose correction a record turns out to be of another crew."""
    return frozenset(name for kind in TYPES.values() for name in fields_naming(kind, "crew"))


def _by_its_effects(said: Occurrence) -> Iterator[str]:
    """Whom the effects of a decision are about; one on a stage, or on a tie, bears on everybody."""
    for each in getattr(said, "effects", ()):
        if each.act in SANCTIONS:
            continue
        yield from [*by_effect(each, "crew")] or ([] if any(own(said, "crew")) else [FRAME])
        if on_everybody(each) or _is_about_several(act_type(each)):
            yield FRAME


def _name(changed: object) -> str:
    return changed if isinstance(changed, str) else FRAME


def _bearing(told: Mapping[str, Known]) -> Iterator[str]:
    """What the standings read; and what they don't, where it stands under the line of one."""
    kinds = reads("standings")
    read = {each for each, (_, said) in told.items() if type(said) in kinds}
    lines = {(told[each].value.source.name, told[each].value.source.seq) for each in read}
    for identity, (_, said) in told.items():
        keyed = said.source.seq
        if identity in read or (keyed and (said.source.name, said.source.seq) in lines):
            yield identity


def _lines(
    told: Mapping[str, Known], among: Mapping[str, None]
) -> dict[tuple[str, str], list[str]]:
    """The records by the line of a source that told them."""
    sources = ((identity, told[identity].value.source) for identity in among)
    return grouped(((of.name, of.seq), each) for each, of in sources if of.seq)
