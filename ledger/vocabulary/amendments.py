"""Corrections are additions: the original stays readable, and what amends it points at its id."""

from __future__ import annotations

from ledger.vocabulary.base import Occurrence, OccurrenceId, OptionalCode, Whole

ChangedValue = Whole | str | bool | tuple[str | Whole, ...] | None


class Corrected(Occurrence, frozen=True, kw_only=True, tag="Corrected"):
    """The right value of a fact: these fields of that occurrence should read so.

    It points at the tip of a chain: the occurrence itself or its latest correction. `null` takes a
    value away. The crew and stage are copied, so that it is found with what it is about.
    """

    target: OccurrenceId
    changes: dict[str, ChangedValue]
    number: OptionalCode = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        changed = ", ".join(f"{field} = {value}" for field, value in sorted(self.changes.items()))
        return f"{self.target[:10]} was corrected: {changed}."


class Voided(Occurrence, frozen=True, kw_only=True, tag="Voided"):
    """An occurrence should never have been entered: it counts as never recorded.

    Voiding a correction restores what it corrected; a void may itself be voided.
    """

    target: OccurrenceId
    number: OptionalCode = ""
    stage: OptionalCode = ""

    def words(self) -> str:
        why = f": {self.reason}" if self.reason else ""
        return f"{self.target[:10]} was voided{why}."
