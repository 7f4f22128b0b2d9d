"""Time as the ledger keeps it: integer milliseconds, and the offset that people were shown.

An instant is UTC milliseconds together with the UTC offset in minutes that stood on the clock
people looked at. The offset is never recomputed from a zone: zones have changed since 2016.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

from ledger.errors import Usage

Clock = Callable[[], int]
"""Answers the present UTC milliseconds; always passed in, so that a rally can be replayed."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MINUTES_A_DAY = 24 * 60
_LARGEST_MS = 253_402_300_799_999  # the last millisecond of the year 9999
_SMALLEST_MS = -62_135_596_800_000  # the first of the year 1


class Instant(msgspec.Struct, frozen=True, array_like=True, order=True):
    """A moment in UTC milliseconds with the UTC offset in minutes that was shown."""

    ms: int
    offset: int

    def __post_init__(self) -> None:
        if not -_MINUTES_A_DAY < self.offset < _MINUTES_A_DAY:
            raise ValueError(f"the offset {self.offset} is not within a day")
        shown = self.ms + self.offset * 60_000
        if not (_SMALLEST_MS <= shown <= _LARGEST_MS and _SMALLEST_MS <= self.ms <= _LARGEST_MS):
            raise ValueError(f"{self.ms} ms is not within the years 1 to 9999")

    @property
    def datetime(self) -> datetime:
        """The aware moment with the offset that was shown."""
        zone = timezone(timedelta(minutes=self.offset))
        return (_EPOCH + timedelta(milliseconds=self.ms)).astimezone(zone)

    def iso(self) -> str:
        """ISO 8601 with the offset that was shown; milliseconds only where there are any."""
        precise = "milliseconds" if self.ms % 1000 else "seconds"
        return self.datetime.isoformat(timespec=precise)

    def short(self) -> str:
        """Day and minute for a table: "20 Jul 21:40 +08:00"."""
        moment = self.datetime
        return f"{moment.day} {moment:%b %H:%M} {moment.isoformat()[-6:]}"


def instant_of(moment: datetime) -> Instant:
    """The instant of an aware datetime; anything finer than a millisecond is cut off."""
    offset = moment.utcoffset()
    if offset is None:
        raise ValueError("a moment without an offset is not an instant")
    whole = (moment - _EPOCH) // timedelta(milliseconds=1)
    return Instant(whole, int(offset.total_seconds() // 60))


def earlier_by(at: Instant, ms: int) -> Instant:
    """An instant so much earlier, as the same clock shows it; within the years 1 to 9999."""
    shown = at.offset * 60_000
    first = _SMALLEST_MS - min(shown, 0)
    last = _LARGEST_MS - max(shown, 0)
    return Instant(max(first, min(last, at.ms - ms)), at.offset)


def iso(ms: int | None, offset: int = 0) -> str | None:
    """An instant (UTC ms) with the offset that is shown; null stays null."""
    return None if ms is None else Instant(ms, offset).iso()


def parse_instant(text: str, zone: tzinfo | None = None) -> Instant:
    """Read ISO 8601; without an offset the given zone's applies, and without a zone it is an error.

    Raises:
        Usage: the text is no moment, or it has no offset and no zone says which.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
        if moment.tzinfo is None:
            if zone is None:
                raise Usage(
                    f"{text!r} has no UTC offset.", hint="Write 2016-07-21T18:00+08:00, or …Z."
                )
            moment = moment.replace(tzinfo=zone)
        return instant_of(moment)
    except (ValueError, OverflowError):
        raise Usage(
            f"{text!r} is not a moment.", hint="Write it as 2016-07-21T18:00+08:00."
        ) from None


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
    r"(?P<sign>[+-]?)(?:(?P<h>\d{1,6}):)?(?P<m>\d{1,4}):(?P<s>\d{1,2})(?:[.,](?P<f>\d{1,9}))?"
)


def parse_duration(text: str) -> int:
    """Milliseconds of "4:57:46", "57:46" or "0:07:02.3"; finer than a millisecond is cut off.

    Raises:
        Usage: not a duration, or minutes or seconds of sixty and more.
    """
    found = _DURATION.fullmatch(text.strip())
    if found is None:
        raise Usage(f"{text!r} is not a time.", hint="Write hours:minutes:seconds, as 4:57:46.")
    hours, minutes, seconds = int(found["h"] or 0), int(found["m"]), int(found["s"])
    if seconds > 59 or (found["h"] is not None and minutes > 59):
        raise Usage(
            f"{text!r} is not a time: minutes and seconds end at 59.",
            hint="Write hours:minutes:seconds, as 4:57:46.",
        )
    whole = ((hours * 60 + minutes) * 60 + seconds) * 1000 + int(
        (found["f"] or "0").ljust(3, "0")[:3]
    )
    return -whole if found["sign"] == "-" else whole


def format_duration(ms: int, precision_ms: int = 1000) -> str:
    """ "4:57:46", with tenths or thousandths only where the precision asks for them."""
    sign, ms = ("-", -ms) if ms < 0 else ("", ms)
    seconds, rest = divmod(ms, 1000)
    minutes, seconds = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = {1: f".{rest:03d}", 10: f".{rest // 10:02d}", 100: f".{rest // 100}"}
    return f"{sign}{hours}:{minutes:02d}:{seconds:02d}{fraction.get(precision_ms, '')}"


def precision_of(times_ms: Iterable[int | None]) -> int:
    """The coarsest precision that shows every one of these times in full."""
    times = [each for each in times_ms if each]
    return next((each for each in (1000, 100, 10) if not any(ms % each for ms in times)), 1)


def format_gap(ms: int, precision_ms: int = 1000) -> str:
    """ "+0:07:02"; the first has no gap and shows nothing."""
    return f"+{format_duration(ms, precision_ms)}" if ms else ""


def spelled(name: str, value: object) -> str:
    """The value of a field as it would be typed: by the field's name, a time or an instant."""
    if value is None or value == "":
        return "nothing"
    if name.endswith("_ms") and isinstance(value, int):
        return format_duration(value, 1 if value % 1000 else 1000)
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
