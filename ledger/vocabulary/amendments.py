"""Corrections are additions: the original stays readable, and what amends it points at its id."""

from __future__ import annotations

from ledger.times import spelled
from ledger.vocabulary.base import (
    Name,
    Occurrence,
    OccurrenceId,
    OptionalCode,
    OptionalCrew,
    Whole,
    on,
)

ChangedValue = Whole | str | bool | tuple[str | Whole, ...] | None


class Corrected(Occurrence, frozen=True, kw_only=True, tag="Corrected"):
    """The right value of a fact: these fields of that occurrence should read so.

    It points at the tip of a chain: the occurrence itself or its latest correction. `null` takes a
    value away. The crew, stage or office are copied, so that it is found with what it is about.
    """

    target: OccurrenceId
    changes: dict[Name, ChangedValue]
    number: OptionalCrew = ""
    stage: OptionalCode = ""
    office: OptionalCode = ""

    def tags(self) -> list[str]:
        """A record that is reassigned is also about the crew and stage that it turns out to be."""
        to = [
            f"{label}:{value}"
            for field, label in (("number", "crew"), ("stage", "stage"))
            if isinstance(value := self.changes.get(field), str) and value
        ]
        return list(dict.fromkeys([*super().tags(), *to]))

    def words(self) -> str:
        changed = ", ".join(
            f"{field} = {spelled(field, value)}" for field, value in sorted(self.changes.items())
        )
        return f"{_about(self)} was corrected: {changed}."


class Voided(Occurrence, frozen=True, kw_only=True, tag="Voided"):
    """An occurrence should never have been entered: it counts as never recorded.

    Voiding a correction restores what it corrected; a void may itself be voided.
    """

    target: OccurrenceId
    number: OptionalCrew = ""
    stage: OptionalCode = ""
    office: OptionalCode = ""

    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"{_about(self)} was voided{why}."


class ActAdopted(Occurrence, frozen=True, kw_only=True, tag="ActAdopted"):
    """An official makes an act his own which was taken in an office or at a site that may not.

    It then counts as if he had taken it. An erasure of private values that came from elsewhere is
    carried out when it is adopted.
    """

    target: OccurrenceId
    number: OptionalCrew = ""
    stage: OptionalCode = ""
    office: OptionalCode = ""

    def words(self) -> str:
        return f"{_about(self)} was adopted."


class OpeningErased(Occurrence, frozen=True, kw_only=True, tag="OpeningErased"):
    """Private values of an occurrence were erased; their commitments stay, and open no more."""

    target: OccurrenceId
    fields: tuple[Name, ...]
    number: OptionalCrew = ""

    def words(self) -> str:
        return f"Of record {self.target[:10]}, {' and '.join(self.fields)} was erased."


def _about(amendment: Corrected | Voided | ActAdopted) -> str:
    """ "Record 078f87fe56 of crew 102 on SS12"."""
    crew = f" of crew {amendment.number}" if amendment.number else ""
    return f"Record {amendment.target[:10]}{crew}{on(amendment.stage)}"
