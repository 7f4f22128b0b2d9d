"""In which order crews start, as a rulebook words it: on what it rests, and what moves crews in it.

A rule is one line: "last day for cars: overall after the day before, first 15 reversed". It says
for which stages it holds, and for which categories where it is not for all; then the basis; then
what is done to that order, step by step. Of several lines the first that holds for a stage counts.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from ledger.times import format_duration, parse_duration
from ledger.vocabulary.publication import categories_of, named_together
from projections.rules.parameter import must_be_no_slip

PREVIOUS, OVERALL, OVERALL_BEFORE = "previous stage", "overall", "overall after the day before"
DAY_BEFORE, PROLOGUE = "day before", "prologue"
SEEDING, NUMBERS = "seeding", "race numbers"
BASES: dict[str, str] = {
    PREVIOUS: "the result of the last stage that counted",
    OVERALL: "the overall after the stage before",
    OVERALL_BEFORE: "the overall after the last stage of an earlier day",
    DAY_BEFORE: "the classification over the stages of the day before",
    PROLOGUE: "the result of the last prologue before",
    SEEDING: "the list by which crews are seeded, as in the order of a championship",
    NUMBERS: "the race numbers",
}
"""On what an order can rest besides a stage or a range of stages that is named; as it is told."""
FIRST_DAY, LAST_DAY, AFTER_PROLOGUE = "first day", "last day", "after a prologue"
_DAY = re.compile(r"day ([1-9]\d?)")
_CODE = r"[^\s:;,]+"
_RANGE = re.compile(rf"({_CODE}) to ({_CODE})")
_STAGE = re.compile(rf"(?:result of )?({_CODE})")
_AS_POSTED = "as posted"
_FIRST = re.compile(r"first ([1-9]\d{0,3}) (reversed|choose)")
_BLOCK = re.compile(r"first ([1-9]\d{0,3}) behind the next ([1-9]\d{0,3})")
_GROUPS = re.compile(rf"({_CODE}(?: then {_CODE})*) first")
_RESTARTERS = re.compile(r"restarters (first|last)")
_LATE = re.compile(r"late starters(?: by more than (\d{1,2}:\d\d:\d\d))? last")
REVERSED, CHOOSE, BEHIND = "reversed", "choose", "behind"
RESTARTERS, GROUPS, LATE = "restarters", "groups", "late starters"


class Stages(NamedTuple):
    """For which stages a line holds: from one code to another, or those of a kind of day.

    `day` counts the days of the rally from 1, 0 is the last.
    """

    first: str = ""
    last: str = ""
    day: int | None = None
    after_prologue: bool = False


class Step(NamedTuple):
    """What is done to an order: to how many of its first crews, None for all that have a result.

    `by` is how many a block is put behind; `names` are the groups, classes or trophies whose crews
    go first, in this order; `first` says where restarters go; by more than `over_ms` a crew has to
    be late to start behind.
    """

    kind: str
    most: int | None = None
    by: int = 0
    names: tuple[str, ...] = ()
    first: bool = False
    over_ms: int = 0

    def words(self) -> str:
        """As it stands in a rule."""
        if self.kind == RESTARTERS:
            return f"restarters {'first' if self.first else 'last'}"
        if self.kind == LATE:
            more = f" by more than {format_duration(self.over_ms)}" if self.over_ms else ""
            return f"late starters{more} last"
        if self.kind == GROUPS:
            return f"{' then '.join(self.names)} first"
        if self.kind == BEHIND:
            return f"first {self.most} behind the next {self.by}"
        return self.kind if self.most is None else f"first {self.most} {self.kind}"


class Line(NamedTuple):
    """One line on start orders: where it holds, on what an order rests, and what is done to it.

    `basis` is one of `BASES`, or "" where `stages` are named: one, or a range. `as_posted` says
    that it is the classification of that on the notice board, as it hangs there.
    """

    basis: str
    stages: tuple[str, str] = ("", "")
    as_posted: bool = False
    steps: tuple[Step, ...] = ()
    where: Stages | None = None
    categories: tuple[str, ...] = ()


AS_EVER = Line(PREVIOUS)
"""What holds where no rule says otherwise."""


def read(text: str) -> Line:
    """The line that a rule words.

    Raises:
        ValueError: it is worded otherwise.
    """
    head, colon, tail = text.rpartition(": ")
    where, categories = _where(head) if colon else (None, ())
    first, *more = tail.split(", ")
    posted = more[:1] == [_AS_POSTED]
    line = _basis(first, posted=posted)._replace(where=where, categories=categories)
    return line._replace(steps=tuple(_step(each) for each in more[posted:]))


def _where(text: str) -> tuple[Stages | None, tuple[str, ...]]:
    """For which stages and categories: "last day for cars + trucks"."""
    stages, said, named = text.partition(" for ")
    categories = categories_of(named)
    if said and (not categories or named_together(categories) != named):
        raise ValueError(f"{text!r} names no categories")
    kinds = {
        "any stage": None,
        FIRST_DAY: Stages(day=1),
        LAST_DAY: Stages(day=0),
        AFTER_PROLOGUE: Stages(after_prologue=True),
    }
    if stages in kinds:
        return kinds[stages], categories
    if day := _DAY.fullmatch(stages):
        return Stages(day=int(day[1])), categories
    if several := _RANGE.fullmatch(stages):
        return Stages(several[1], several[2]), categories
    if re.fullmatch(_CODE, stages):
        return Stages(stages, stages), categories
    raise ValueError(f"{stages!r} names no stages")


def _basis(named: str, *, posted: bool) -> Line:
    if named in BASES:
        if posted and named in (SEEDING, NUMBERS):
            raise ValueError(f"{named!r} is no classification that is posted")
        return Line(named, as_posted=posted)
    if several := _RANGE.fullmatch(named):
        return Line("", (several[1], several[2]), posted)
    if one := _STAGE.fullmatch(named):
        if one[0] == one[1]:  # "result of" says that it is a stage
            must_be_no_slip(named, (OVERALL, PROLOGUE, SEEDING))
        return Line("", (one[1], one[1]), posted)
    raise ValueError(f"{named!r} is nothing on which an order rests")


def _step(text: str) -> Step:
    if text == REVERSED:
        return Step(REVERSED)
    if found := _FIRST.fullmatch(text):
        return Step(found[2], int(found[1]))
    if found := _BLOCK.fullmatch(text):
        return Step(BEHIND, int(found[1]), int(found[2]))
    if found := _RESTARTERS.fullmatch(text):
        return Step(RESTARTERS, first=found[1] == "first")
    if found := _LATE.fullmatch(text):
        return Step(LATE, over_ms=parse_duration(found[1]) if found[1] else 0)
    if found := _GROUPS.fullmatch(text):
        return Step(GROUPS, names=tuple(found[1].split(" then ")))
    raise ValueError(f"{text!r} does nothing to an order")
