"""The read-back: what a line was understood to say, before it is on record and once it is.

Names are as they were entered, and instants stand in full: the day, the time and the offset that
the clocks of the rally show. Whoever shows it spells out what a terminal would act on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import msgspec

from cli.fields import own_fields
from cli.office.acts import Done
from cli.office.lines.asks import Seat
from cli.office.lines.plan import Plan
from cli.office.lines.twice import said_before
from cli.office.moving import sentences, stands
from cli.office.overall import Recorded
from ledger.naming import CREWS, RECORDS, fields_naming, named
from ledger.times import Instant, spelled
from ledger.vocabulary import Occurrence
from projections.control.check import one_slip


class Crew(NamedTuple):
    """A crew as it was entered; without a driver where its number is on no entry.

    `near` are the numbers of crews that differ from it by one slip, where it is on no entry.
    """

    number: str
    driver: str = ""
    car: str = ""
    near: tuple[str, ...] = ()

    def words(self) -> str:
        """ "12 Vera Sand, Toyota Hilux"."""
        if self.driver or self.car:
            return f"{self.number} {', '.join(each for each in (self.driver, self.car) if each)}"
        meant = f": is it {' or '.join(self.near)}?" if self.near else ""
        return f"{self.number} is not entered{meant}"


class ReadBack(NamedTuple):
    """What a line says: of which crews, in words, with what `check` would find since.

    `stands` and `moved` are told once it is on record: the place of the crew, and who moved.
    `twice` says what the same official recorded before: `check` finds nothing in that.
    """

    crews: tuple[Crew, ...]
    says: tuple[str, ...]
    warnings: tuple[str, ...]
    stands: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    twice: tuple[str, ...] = ()

    @property
    def number(self) -> str:
        """The number of the crew; of the first, where it is about several."""
        return self.crews[0].number if self.crews else ""

    @property
    def driver(self) -> str:
        """Its driver."""
        return self.crews[0].driver if self.crews else ""

    @property
    def car(self) -> str:
        """What it drives."""
        return self.crews[0].car if self.crews else ""


def read_back(outcome: Sequence[Done], seat: Seat) -> ReadBack:
    """What was understood, from what came of trying it or of putting it on record."""
    plan = seat.plan
    done = [each for each in outcome if isinstance(each, Recorded)]
    numbers = dict.fromkeys(n for each in done for n in named(each.said, *CREWS))
    last = done[-1]
    told: list[str] = []
    if last.record and last.after:
        stages = {n: getattr(each.said, "stage", "") for each in done for n in numbers}
        told = [line for n in numbers for line in stands(last.after, n, stages[n])]
    return ReadBack(
        tuple(_crew(each, plan) for each in numbers),
        tuple(in_full(each.said, plan) for each in done),
        tuple(f"{each.message} {each.hint}".rstrip() for each in last.warnings),
        tuple(told),
        tuple(sentences(last.moved.told)) if last.record else (),
        last.notes,
        tuple(words for each in done for words in _twice(each, seat)),
    )


def _twice(done: Recorded, seat: Seat) -> Iterator[str]:
    if found := said_before(done.said, seat.log, done.position):
        yield f"You recorded that already, #{found.position}."


def _crew(number: str, plan: Plan) -> Crew:
    if entry := plan.crews.get(number):
        return Crew(number, entry.driver, entry.vehicle)
    return Crew(number, near=tuple(each for each in plan.crews if one_slip(number, each)))


def in_full(said: Occurrence, plan: Plan) -> str:
    """An occurrence in words, with each instant in full and whatever its words leave out."""
    words = said.words()
    more = "; ".join(each for each in _besides(said, plan, words))
    return f"{words} {more[0].upper()}{more[1:]}." if more else words


def _besides(said: Occurrence, plan: Plan, words: str) -> Iterator[str]:
    """What an occurrence says and its words do not; ids are what its words name otherwise."""
    told = msgspec.to_builtins(said)
    ids = fields_naming(type(said), *RECORDS)
    for name in ("fact_at", *own_fields(type(said)), "reason"):
        value, title = told.get(name), _TITLES.get(name, name.replace("_", " "))
        if isinstance(at := getattr(said, name, None), Instant):
            yield f"{title} {moment(at, plan)}".lstrip()
        elif _is_plain(value) and name not in ids and not _stands_in(spelled(name, value), words):
            yield f"{title} {spelled(name, value)}"


_TITLES = {"fact_at": "", "due_at": "due", "by_ms": "by"}
"""What a field is called where its name is not the word for it."""


def _is_plain(value: object) -> bool:
    several = value if isinstance(value, list) else [value]
    return all(isinstance(each, (str, int)) for each in several)


def _stands_in(value: str, words: str) -> bool:
    """Whether words hold a value, and not only as a part of another; a time less finely, too."""
    spellings = (value, value.rstrip("0")) if ":" in value and "." in value else (value,)
    return any(
        each in words and re.search(rf"(?<!\w){re.escape(each)}(?!\w)", words) for each in spellings
    )


def moment(at: Instant, plan: Plan) -> str:
    """An instant in full, by the clocks of the rally: "Mon 30 Nov 2026 10:31:12.400 +03:00"."""
    shown = plan.shown(at)
    day = shown.datetime
    return f"{day:%a} {day.day} {day:%b %Y} {shown.clock()} {day.isoformat()[-6:]}"
