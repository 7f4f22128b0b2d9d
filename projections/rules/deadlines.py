"""Deadlines as a rulebook words them: how long, from what on, until what at the latest.

A rule is one line that a lawyer reads: "96 h from end-of-competition; stewards may extend by 24 h".
Days are days of the calendar in the zone of the rally: the day on which the time begins is not
counted, and it ends with the last day, unless the rule says "at the same time of day".
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta, tzinfo
from typing import NamedTuple

NOTIFICATION, POSTING, DECISION = "notification", "posting", "decision"
PUBLICATION, ANNOUNCEMENT, ACT = "publication", "announcement", "act"
END_OF_COMPETITION, PRIZE_GIVING = "end-of-competition", "prize-giving"
INSTANTS: dict[str, str] = {
    NOTIFICATION: "the decision was notified",
    POSTING: "the decision was posted",
    DECISION: "the decision was taken",
    PUBLICATION: "the classification was posted",
    ANNOUNCEMENT: "the appeal was announced",
    ACT: "what it is about was done",
    END_OF_COMPETITION: "the competition ended",
    PRIZE_GIVING: "the prizes are given",
}
"""From what a time can run, and to what it can be counted: by name, and as it is told."""
NOT_OPEN, NOT_NEEDED = "not open", "not needed"
"""What a rule says in the place of a time: nothing may be lodged, or nothing has to be."""
NOT_DEFINED = "not defined"
"""What is told in its place where no rule says it."""
MILLISECONDS, DAYS = "ms", "days"
_LENGTHS = {MILLISECONDS: 1, "min": 60_000, "h": 3_600_000}
_SAME_TIME = ", at the same time of day"
_SPAN = r"([1-9]\d{0,3}) (min|h|days?)"
_NAMES = "|".join(INSTANTS)
_STARTS = re.compile(rf"{_SPAN} from (?:the (first|last) of )?((?:{_NAMES})(?:, (?:{_NAMES}))*)")
_LIMIT = re.compile(rf"not later than {_SPAN} (before|after) ({_NAMES})")
_EXTENDED = re.compile(rf"([a-z-]+(?: or [a-z-]+)*) may extend(?: by {_SPAN})?")


class Span(NamedTuple):
    """A length of time: so many minutes, hours, or days of the calendar."""

    amount: int
    unit: str

    def words(self) -> str:
        """As it stands in a rule: "96 h", "7 days"."""
        if self.unit == MILLISECONDS:
            for unit in ("h", "min"):
                if self.amount and self.amount % _LENGTHS[unit] == 0:
                    return f"{self.amount // _LENGTHS[unit]} {unit}"
        if self.unit == DAYS and self.amount == 1:
            return "1 day"
        return f"{self.amount} {self.unit}"


class Limit(NamedTuple):
    """A second limit: so long before or after another instant, if that is known."""

    span: Span
    before: bool
    instant: str


class Deadline(NamedTuple):
    """A time in which something may be done.

    It runs from the first of `starts` that is known, or from the last of them once all are. Who may
    extend it are offices, `most` by how much, None where no rule limits them.
    """

    span: Span
    starts: tuple[str, ...]
    from_last: bool = False
    same_time: bool = False
    limit: Limit | None = None
    extended_by: frozenset[str] = frozenset()
    most: Span | None = None

    def later(self, ms: int, zone: tzinfo, span: Span | None = None) -> int:
        """The end of a span of time that begins at an instant (UTC ms)."""
        return _moved(ms, span or self.span, 1, zone, to_end=not self.same_time)


class Ran(NamedTuple):
    """How a time runs: since when, by which instant, and until when (UTC ms).

    `limited` says that it is the second limit that ends it.
    """

    began: int
    by: str
    until: int
    limited: bool


def read(text: str) -> Deadline | None:
    """The deadline that a rule words; None where it says that nothing is open.

    Raises:
        ValueError: it is worded otherwise.
    """
    if text == NOT_OPEN:
        return None
    first, *more = text.split("; ")
    found = _STARTS.fullmatch(first.removesuffix(_SAME_TIME))
    same_time = first.endswith(_SAME_TIME)
    if found is None:
        raise ValueError(f"{first!r} names no time and no start")
    span, starts = _span(found[1], found[2]), tuple(found[4].split(", "))
    if (len(starts) > 1) != bool(found[3]) or len(set(starts)) < len(starts):
        raise ValueError(f"{first!r} does not say from which of several instants it runs")
    if same_time and span.unit != DAYS:
        raise ValueError(f"{first!r} counts no days")
    deadline = Deadline(span, starts, found[3] == "last", same_time)
    for each in more:
        if limit := _LIMIT.fullmatch(each):
            before = limit[3] == "before"
            deadline = deadline._replace(limit=Limit(_span(limit[1], limit[2]), before, limit[4]))
        elif extended := _EXTENDED.fullmatch(each):
            most = _span(extended[2], extended[3]) if extended[2] else None
            offices = frozenset(extended[1].split(" or "))
            deadline = deadline._replace(extended_by=offices, most=most)
        else:
            raise ValueError(f"{each!r} is no limit and says not who may extend it")
    return deadline


def read_or_not_needed(text: str) -> Deadline | None:
    """The same of a step that a rule may not need.

    Raises:
        ValueError: it is worded otherwise.
    """
    return None if text == NOT_NEEDED else read(text)


def ran(deadline: Deadline, instants: Mapping[str, int], zone: tzinfo | None) -> Ran | None:
    """How a time runs, given the instants that are known (UTC ms); None while it has not begun."""
    known = [(instants[each], each) for each in deadline.starts if each in instants]
    if not known or (deadline.from_last and len(known) < len(deadline.starts)):
        return None
    began, by = max(known) if deadline.from_last else min(known)
    clocks = zone or UTC
    until, limit = deadline.later(began, clocks), deadline.limit
    if limit is None or limit.instant not in instants:
        return Ran(began, by, until, limited=False)
    sign = -1 if limit.before else 1
    bound = _moved(instants[limit.instant], limit.span, sign, clocks, to_end=True)
    return Ran(began, by, min(until, bound), limited=bound < until)


def _span(amount: str, unit: str) -> Span:
    return Span(int(amount), DAYS if unit == "day" else unit)


def _moved(ms: int, span: Span, sign: int, zone: tzinfo, *, to_end: bool) -> int:
    """An instant that lies so much later or earlier; days end when they do, or at the same time."""
    if span.unit != DAYS:
        return ms + sign * span.amount * _LENGTHS[span.unit]
    try:
        at = datetime.fromtimestamp(ms // 1000, zone)
        day = at.date() + timedelta(days=sign * span.amount)
        if not to_end:
            same = datetime.combine(day, at.time(), zone)
            return int(same.timestamp()) * 1000 + ms % 1000
        midnight = datetime.combine(day + timedelta(days=1), time(), zone)
        return int(midnight.timestamp()) * 1000 - 1
    except (ValueError, OverflowError):  # at the ends of the years 1 and 9999
        return ms + sign * span.amount * 24 * _LENGTHS["h"]
