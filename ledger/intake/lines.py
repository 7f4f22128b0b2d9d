"""What a reader of a foreign format gives: occurrences line by line, and what it could not read."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo
from types import MappingProxyType
from typing import Any, NamedTuple

from ledger.times import Instant, instant_of
from ledger.vocabulary import Occurrence
from ledger.vocabulary.rally import Article, LaterRule, ParameterValue

NOTHING: frozenset[str] = frozenset()


class Line(NamedTuple):
    """One readable line: where it stands, as it stands, and what it means.

    `assumed` names the fields in which the reader assumes what the source does not say: they never
    differ from what is known, nor replace it. `derived` names those that follow from the source by
    rules of the reader, which may have been others when the line was first read: they are no
    difference by themselves, and corrections bring them up to date.
    """

    where: str
    raw: str
    occurrence: Occurrence
    assumed: frozenset[str] = NOTHING
    derived: frozenset[str] = NOTHING


class BadLine(NamedTuple):
    """One line that can't be read, kept as it is with the reason."""

    where: str
    raw: str
    reason: str


class Note(NamedTuple):
    """Something a person should know about the input that is no line of it."""

    where: str
    message: str


class Whole(NamedTuple):
    """A file that says all there is: what it no longer holds was withdrawn.

    It covers the keys of a source that begin with one of these, or of them those on one stage.
    Where something is `lacking` it withdraws nothing, and that says why; a file that lacks nothing
    but rows (`no_rows`) may be confirmed. One of which a line can't be read withdraws nothing.
    """

    where: str
    source: str
    keys: tuple[str, ...]
    stage: str = ""
    lacking: str = ""
    no_rows: bool = False


def stands_in(where: str, file: str) -> bool:
    """Whether the place of a line is in a file, as readers name places."""
    return where == file or where.startswith((f"{file}[", f"{file}:", f"{file},"))


class Version(NamedTuple):
    """A value of a parameter, the day from which it holds, and where it comes from."""

    since: date | None
    value: ParameterValue
    provenance: str


class Template(NamedTuple):
    """A rulebook as it may be adopted: the versions of its parameters, the earliest first.

    `wanted` says where those stand that it leaves open, `reach` for how long after its first day a
    rally may have facts.
    """

    name: str
    versions: Mapping[str, tuple[Version, ...]]
    wanted: Mapping[str, str] = MappingProxyType({})
    articles: tuple[Article, ...] = ()
    reach: timedelta = timedelta()

    @property
    def parameters(self) -> dict[str, ParameterValue]:
        """The values by the latest versions."""
        return {name: several[-1].value for name, several in self.versions.items()}

    @property
    def provenance(self) -> dict[str, str]:
        """Where those come from."""
        return {name: several[-1].provenance for name, several in self.versions.items()}

    def adopted(
        self, first_day: date, zone: tzinfo = UTC, recorded: date | None = None
    ) -> dict[str, Any]:
        """The fields of an adoption: what is in force on a day, and what changes while it lasts.

        That day is the first of the rally, or that on which it was `recorded` where it is earlier.
        """
        day, until = min(first_day, recorded or first_day), first_day + self.reach
        held = {
            name: [each for each in several if each.since is None or each.since <= day]
            for name, several in self.versions.items()
        }
        in_force = {name: several[-1] for name, several in held.items() if several}
        later = [
            LaterRule(name, each.value, _midnight(each.since, zone), each.provenance)
            for name, several in self.versions.items()
            for each in several
            if each.since is not None and day < each.since <= until
        ]
        said: dict[str, Any] = {
            "rulebook": self.name,
            "parameters": {name: each.value for name, each in in_force.items()},
            "provenance": {name: each.provenance for name, each in in_force.items()},
        }
        more = {"later": tuple(later), "wanted": dict(self.wanted), "articles": self.articles}
        return said | {name: value for name, value in more.items() if value}

    def says(self, parameters: Mapping[str, ParameterValue]) -> bool:
        """Whether these are its values, of whatever day."""
        return parameters.keys() <= self.versions.keys() and all(
            value in (each.value for each in self.versions[name])
            for name, value in parameters.items()
        )


def _midnight(day: date, zone: tzinfo) -> Instant:
    return instant_of(datetime(day.year, day.month, day.day, tzinfo=zone))


Templates = Callable[[str], Template]
"""Gives the rulebook of a name; refuses an unknown one with the names that exist."""

Delivery = Iterator[Line | BadLine | Note | Whole]
