"""Time as the ledger keeps it: integer milliseconds, and the offset that people were shown.

An instant is UTC milliseconds together with the UTC offset in minutes that stood on the clock
people looked at. The offset is never recomputed from a zone: zones have changed since 2016.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from math import gcd
from typing import Annotated, NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from ledger.errors import Usage

Clock = Callable[[], int]
"""Answers the present UTC milliseconds; always passed in, so that a rally can be replayed."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_A_MILLISECOND, _A_MINUTE = timedelta(milliseconds=1), timedelta(minutes=1)
_DAYS = 1 << 12
"""So many days are remembered."""
_MINUTES_A_DAY = 24 * 60
_LARGEST_MS = 253_402_300_799_999  # the last millisecond of the year 9999
_SMALLEST_MS = -62_135_596_800_000  # the first of the year 1
_A_DAY_MS = _MINUTES_A_DAY * 60_000
_FIRST_FAR_MS, _LAST_FAR_MS = _SMALLEST_MS + _A_DAY_MS, _LARGEST_MS - _A_DAY_MS
Moment = Annotated[int, msgspec.Meta(ge=_FIRST_FAR_MS, le=_LAST_FAR_MS)]
"""UTC milliseconds that the clocks of every zone show within the years 1 to 9999."""


class Instant(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A moment in UTC milliseconds with the UTC offset in minutes that was shown."""

    ms: int
    offset: int

    def __post_init__(self) -> None:
        if not -_MINUTES_A_DAY < self.offset < _MINUTES_A_DAY:
            raise ValueError(f"the offset {self.offset} is not within a day")
        if _FIRST_FAR_MS <= self.ms <= _LAST_FAR_MS:
            return  # as nearly every moment, and very many are read
        shown = self.ms + self.offset * 60_000
        if not (_SMALLEST_MS <= shown <= _LARGEST_MS and _SMALLEST_MS <= self.ms <= _LARGEST_MS):
            raise ValueError(f"{self.ms} ms is not within the years 1 to 9999")

    @property
    def datetime(self) -> datetime:
        """The aware moment with the offset that was shown."""
        return (_EPOCH + timedelta(milliseconds=self.ms)).astimezone(_fixed(self.offset))

    @property
    def day(self) -> date:
        """The day that was shown."""
        return _day(self._shown // _A_DAY_MS)

    @property
    def _shown(self) -> int:
        """The milliseconds from the epoch to what the clock showed, if that stood in UTC."""
        return self.ms + self.offset * 60_000

    def iso(self) -> str:
        """ISO 8601 with the offset that was shown; milliseconds only where there are any."""
        day, within = divmod(self._shown, _A_DAY_MS)
        return f"{_written_day(day)}T{_clock(within)}{_written(self.offset)}"

    def short(self) -> str:
        """Day and minute for a table: "20 Jul 21:40 +08:00"."""
        moment = self.datetime
        return f"{moment.day} {moment:%b %H:%M} {moment.isoformat()[-6:]}"

    def spelled(self) -> str:
        """Day and time as finely as it is known: "20 Jul 21:40 +08:00", "20 Jul 21:40:07.300 …"."""
        moment = self.datetime
        clock = self.clock() if self.ms % 60_000 else f"{moment:%H:%M}"
        return f"{moment.day} {moment:%b} {clock} {moment.isoformat()[-6:]}"

    def clock(self) -> str:
        """The time of day that was shown: "21:40:07", "21:40:07.300"."""
        return _clock(self._shown % _A_DAY_MS)


def _clock(ms: int) -> str:
    """A time of day, so many milliseconds after midnight."""
    seconds, part = divmod(ms, 1000)
    hours, within = divmod(seconds, _HOUR)
    clock = f"{hours:02d}:{_WITHIN_AN_HOUR[within]}"
    return f"{clock}.{part:03d}" if part else clock


# The moments of a log lie on few days, at few offsets, and a page has hundreds of them.


@lru_cache(_DAYS)
def _day(number: int) -> date:
    """A day by its number from that of the epoch."""
    return _EPOCH.date() + timedelta(number)


@lru_cache(_DAYS)
def _written_day(number: int) -> str:
    return _day(number).isoformat()


@lru_cache
def _fixed(offset: int) -> timezone:
    return timezone(timedelta(minutes=offset))


@lru_cache
def _written(offset: int) -> str:
    """An offset as ISO 8601 has it: "+08:00"."""
    return datetime.min.replace(tzinfo=_fixed(offset)).isoformat()[-len("+08:00") :]


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware datetime; anything finer than a millisecond is cut off."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a moment without an offset is not an instant")
    return Instant((moment - _EPOCH) // _A_MILLISECOND, offset // _A_MINUTE)


def shown_in(ms: int, zone: tzinfo | None) -> Instant:
    """An instant (UTC ms) with the offset that the clocks of a zone showed; else in UTC."""
    # Nothing is added to what they showed: of an hour that they showed twice it would be the first.
    offset = datetime.fromtimestamp(ms // 1000, zone or UTC).utcoffset()
    return Instant(ms, (offset or timedelta()) // _A_MINUTE)


def by_clocks_of(zone: tzinfo | None, at: Instant) -> Instant:
    """The same moment with the offset that the clocks of a zone showed; as it is without one."""
    try:
        return shown_in(at.ms, zone) if zone else at
    except (ValueError, OverflowError):
        return at  # at the ends of the years 1 and 9999


def earlier_by(at: Instant, ms: int) -> Instant:
    """An instant so much earlier, as the same clock shows it; within the years 1 to 9999."""
    return within_the_years(at.ms - ms, at.offset)


def within_the_years(ms: int, offset: int) -> Instant:
    """The instant of UTC milliseconds with an offset, or the nearest in the years 1 to 9999."""
    shown = offset * 60_000
    first = _SMALLEST_MS - min(shown, 0)
    last = _LARGEST_MS - max(shown, 0)
    return Instant(max(first, min(last, ms)), offset)


def iso(ms: int | None, offset: int = 0) -> str | None:
    """An instant (UTC ms) with the offset that is shown; null stays null."""
    return None if ms is None else Instant(ms, offset).iso()


def parse_instant(text: str, zone: tzinfo | None = None) -> Instant:
    """Read ISO 8601; without an offset the given zone's applies, and without a zone it is an error.

    Raises:
        Usage: the text is no moment but a day, a time of day or neither; it has no offset and no
            zone says which; or by the clocks of the zone it happened twice, or never.
    """
    said = text.strip()
    try:
        moment = datetime.fromisoformat(said)
        if moment.tzinfo is None:
            if _is_day(said):
                raise _no_moment(text)
            if zone is None:
                raise Usage(
                    f"{text!r} has no UTC offset.", hint="Write 2016-07-21T18:00+08:00, or …Z."
                )
            moment = on_the_clocks_of(zone, moment)
        return instant_of(moment)
    except (ValueError, OverflowError):
        raise _no_moment(text) from None


def _no_moment(text: str) -> Usage:
    """What is wrong with a text that is no moment."""
    said = text.strip()
    if _is_day(said):
        hint = f"Write the time as well: {said}T18:00."
        return Usage(f"{text!r} is a day, no moment.", hint=hint)
    what = "is not a moment" if time_of_day(said) is None else "says no day"
    return Usage(f"{text!r} {what}.", hint="Write it as 2016-07-21T18:00+08:00.")


def _is_day(text: str) -> bool:
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


_TIME_OF_DAY = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)?", re.ASCII)


def time_of_day(text: str) -> time | None:
    """The time of day that a text is, as 8:39, 08:39:47 or 08:39:47.3; None where it is none."""
    said = text.strip()
    if not _TIME_OF_DAY.fullmatch(said):
        return None
    try:
        return time.fromisoformat(said if said[2] == ":" else f"0{said}")
    except ValueError:
        return None


class Shown(NamedTuple):
    """A time as pages and tables show it: its day, without a year, and its time of day."""

    day: int
    month: int
    clock: time

    def in_year(self, year: int) -> date | None:
        """Its day of a year; None where that has no such day."""
        try:
            return date(year, self.month, self.day)
        except ValueError:
            return None


def as_shown(text: str) -> Shown | None:
    """The time that a text is as it is shown: "21 Jul 20:15", "21 Jul 20:15:07 +08:00"."""
    found = _AS_SHOWN.fullmatch(text.strip())
    if found is None or found[2].capitalize() not in _MONTHS:
        return None
    clock = time_of_day(found[3] + (found[4] or ""))
    return Shown(int(found[1]), _MONTHS.index(found[2].capitalize()) + 1, clock) if clock else None


_AS_SHOWN = re.compile(r"(\d{1,2}) ([A-Za-z]{3}) ([\d:.]+)(?: ?([+-]\d\d:\d\d|Z))?", re.ASCII)
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def on_day(day: date, clock: time, zone: tzinfo) -> Instant:
    """The instant of a time of day, by the clocks of a zone unless it has an offset of its own.

    Raises:
        Usage: the clocks showed it twice or never that day.
    """
    shown = datetime.combine(day, clock)
    return instant_of(shown if clock.tzinfo else on_the_clocks_of(zone, shown))


def on_the_clocks_of(zone: tzinfo, shown: datetime) -> datetime:
    """The one moment at which the clocks of a zone showed this.

    Raises:
        Usage: they showed it twice or never, in a night in which they are changed.
    """
    readings = [shown.replace(tzinfo=zone, fold=fold) for fold in (0, 1)]
    before, after = (each.utcoffset() or timedelta() for each in readings)
    if before == after:
        return readings[0]
    first, second = (each.isoformat() for each in readings)
    if before > after:
        said = f"{shown.isoformat()} happened twice in {zone}: as {first} and as {second}."
    else:  # 02:30 by the clock before the change, which then showed 03:30
        kept, set_forward = (
            (each.astimezone(UTC).astimezone(zone)).isoformat() for each in readings
        )
        said = (
            f"{shown.isoformat()} never happened in {zone}, where the clocks were set forward: "
            f"{first} was {kept}, and {second} was {set_forward}."
        )
    raise Usage(said, hint=f"Write the offset that is meant: {first} or {second}.")


def zone_of(name: str) -> tzinfo:
    """The time zone of that name ("Asia/Riyadh"), or a fixed offset ("+03:00").

    Raises:
        Usage: there is no such zone.
    """
    fixed = re.fullmatch(r"([+-])(\d\d):(\d\d)", name)
    if fixed:
        minutes = int(fixed[2]) * 60 + int(fixed[3])
        if minutes < _MINUTES_A_DAY:
            return timezone(timedelta(minutes=-minutes if fixed[1] == "-" else minutes))
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise Usage(
            f"There is no time zone {name!r}.", hint='Use a name such as "Asia/Riyadh" or "+03:00".'
        ) from None


def end_of_day(day: date, zone: tzinfo) -> Instant:
    """The last whole second of a day: the latest that something known to the day can have been."""
    return instant_of(datetime(day.year, day.month, day.day, 23, 59, 59, tzinfo=zone))


_DURATION = re.compile(
    r"(?P<sign>[+-]?)(?:(?P<h>\d{1,6}):)?(?P<m>\d{1,4}):(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?",
    re.ASCII,
)
_HOW = "Write hours:minutes:seconds, as 4:57:46."


def parse_duration(text: str) -> int:
    """Milliseconds of "4:57:46", "57:46" or "0:07:02.3"; finer than a millisecond is cut off.

    Raises:
        Usage: not a duration, or minutes or seconds of sixty and more.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise Usage(f"{text!r} is not a time.", hint=meant_as_duration(text) or _HOW)
    hours, minutes, seconds = int(found["h"] or 0), int(found["m"]), int(found["s"])
    if seconds > 59 or (found["h"] is not None and minutes > 59):
        raise Usage(f"{text!r} is not a time: minutes and seconds end at 59.", hint=_HOW)
    whole = ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(
        (found["f"] or "0").ljust(3, "0")[:3]
    )
    return -whole if found["sign"] == "-" else whole


_FIGURES = re.compile(r"(\d{1,4})(?:([.,])(\d{1,3}))?\s*(h|min|m|s|sec)?\.?", re.ASCII)


def meant_as_duration(text: str) -> str:
    """What somebody may have meant who typed figures where a time is wanted: "33.47", "90 s".

    A hint, with each time that it can be; empty where it looks like none.
    """
    found = _FIGURES.fullmatch(text.strip())
    if found is None or not (found[2] or found[4]):
        return ""
    whole, fraction, unit = int(found[1]), found[3] or "", found[4] or ""
    seconds = int(f"{whole}{fraction.ljust(3, '0')}")
    readings = []
    if not unit and len(fraction) == 2 and int(fraction) < 60:
        readings.append((whole * 60 + int(fraction)) * 1000)
    factor = {"h": 3600, "min": 60, "m": 60}.get(unit, 1)
    readings.append(seconds * factor)
    said = " or ".join(format_duration(each) for each in readings)
    return f"Did you mean {said}? It is written hours:minutes:seconds."


def format_duration(ms: int, precision_ms: int | None = None) -> str:
    """ "4:57:46", "0:33:47.300": all of a time that is recorded; or cut to a precision."""
    if precision_ms is None:
        precision_ms = 1 if ms % 1000 else 1000
    if ms < 0:
        return f"-{format_duration(-ms, precision_ms)}"
    seconds, part = divmod(ms, 1000)
    hours, within = divmod(seconds, _HOUR)
    if precision_ms not in _PARTS:
        return f"{hours}:{_WITHIN_AN_HOUR[within]}"
    return f"{hours}:{_WITHIN_AN_HOUR[within]}{_PARTS[precision_ms][part // precision_ms]}"


def format_durations(several: Sequence[int | None], precision_ms: int) -> list[str]:
    """The durations of a column, cut to a precision; nothing where there is none."""
    return _column(several, precision_ms, "", format_duration)


def format_gaps(several: Sequence[int | None], precision_ms: int) -> list[str]:
    """The gaps or penalties of a column, cut to a precision; nothing where there is none."""
    return _column(several, precision_ms, "+", format_gap)


def _column(
    several: Sequence[int | None], precision_ms: int, sign: str, one: Callable[[int, int], str]
) -> list[str]:
    """What is longer than nothing, behind a sign; all else one by one."""
    within, parts = _WITHIN_AN_HOUR, _PARTS.get(precision_ms)
    told = [
        f"{sign}{ms // _AN_HOUR_MS}:{within[ms // 1000 % _HOUR]}"
        if ms and ms > 0
        else ""
        if ms is None
        else one(ms, precision_ms)
        for ms in several
    ]
    if parts is None:
        return told
    return [
        f"{each}{parts[ms % 1000 // precision_ms]}" if ms and ms > 0 else each
        for each, ms in zip(told, several, strict=True)
    ]


_HOUR, _AN_HOUR_MS = 3600, 3_600_000
_WITHIN_AN_HOUR = tuple(f"{each // 60:02d}:{each % 60:02d}" for each in range(_HOUR))
"""Minutes and seconds as they are written: a page has thousands."""
_PARTS = {
    precision_ms: tuple(f".{part:0{digits}d}" for part in range(1000 // precision_ms))
    for precision_ms, digits in ((1, 3), (10, 2), (100, 1))
}
"""How the parts of a second are written, by the precision in milliseconds."""


def precision_of(times_ms: Iterable[int | None]) -> int:
    """The coarsest precision that shows every one of these times in full."""
    in_all = gcd(*filter(None, times_ms))
    return next((each for each in (1000, 100, 10) if in_all % each == 0), 1)


def format_gap(ms: int, precision_ms: int | None = None) -> str:
    """ "+0:07:02"; the first has no gap and shows nothing. Who was put back may be faster."""
    return f"{'+' * (ms > 0)}{format_duration(ms, precision_ms)}" if ms else ""


def spelled(name: str, value: object) -> str:
    """The value of a field as it would be typed: by the field's name, a time or an instant."""
    if value is None or value == "":
        return "nothing"
    if name.endswith("_ms") and isinstance(value, int):
        return format_duration(value)
    if name.endswith("_at") and isinstance(value, (list, tuple)) and _is_instant(value):
        return Instant(*value).iso()
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return " / ".join(spelled(name, each) for each in value)
    return str(value)


def _is_instant(value: Sequence[object]) -> bool:
    """Whether it can be read as an instant: what somebody recorded may be none."""
    try:
        msgspec.convert(value, Instant)
    except msgspec.ValidationError:
        return False
    return True


def truncate(ms: int, precision_ms: int) -> int:
    """Cut a time down to its precision, as timekeepers do: never rounded, towards zero."""
    whole = abs(ms) // precision_ms * precision_ms
    return -whole if ms < 0 else whole
