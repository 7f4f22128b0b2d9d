"""How it stood on the road at each instant that matters, by all that is known at the position.

Those are the end of each stage (the last time or passing there, or when it was closed), each
publication and the fact of each decision. The page is named by its instant, in UTC.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC
from typing import NamedTuple

from cli.archive.layout import Names
from cli.names import naming_of
from cli.office.moments import KINDS
from cli.office.view import View
from ledger.times import Instant
from ledger.vocabulary import Occurrence, StageClosed
from projections.state.facts import Facts
from projections.state.recorded import READINGS

PLACE = "road"
_LONGEST = 300


class Matter(NamedTuple):
    """What matters of an instant: the end of a stage, a document, a decision; `record` is which."""

    words: str
    record: int | None = None


class At(NamedTuple):
    """An instant that matters: when, where its page lies, and for what it matters."""

    instant: Instant
    stem: str
    matters: tuple[Matter, ...]

    def path(self, form: str) -> str:
        """The path of its page in a form: html, json."""
        return f"{self.stem}.{form}"


def instants(seen: View) -> list[At]:
    """The instants that matter, in their order."""
    facts = seen.state.facts
    found: dict[int, tuple[Instant, list[Matter]]] = {}
    for instant, matter in (*_ends(facts), *_acts(seen, facts)):
        found.setdefault(instant.ms, (instant, []))[1].append(matter)
    names = Names()
    return [
        At(instant, names.path(PLACE, _named(instant), ending=""), tuple(matters))
        for _, (instant, matters) in sorted(found.items())
    ]


def _named(instant: Instant) -> str:
    at = instant.datetime.astimezone(UTC)
    part = f".{at.microsecond // 1000:03}" if at.microsecond else ""
    return f"{at.year:04}{at:%m%dT%H%M%S}{part}Z"


def _ends(facts: Facts) -> Iterator[tuple[Instant, Matter]]:
    last: dict[str, Instant] = {}
    kinds: tuple[type[Occurrence], ...] = (*READINGS, StageClosed)
    for kind in kinds:
        for fact in facts.of(kind):
            stage, at = getattr(fact.value, "stage", ""), fact.value.happened
            if stage and (stage not in last or at > last[stage]):
                last[stage] = at
    for stage, at in last.items():
        yield at, Matter(f"End of {stage}")


def _acts(seen: View, facts: Facts) -> Iterator[tuple[Instant, Matter]]:
    named = naming_of(lambda: seen.log, seen.position)
    for kind in (*KINDS["publication"], *KINDS["decision"]):
        for fact in facts.of(kind):
            words = named(fact.value.words())
            yield fact.value.happened, Matter(words[:_LONGEST], fact.position)
