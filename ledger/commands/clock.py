"""The clock of the machine that records: whether it can be right, by what stands in the log.

A record that is dated in another year stands there for good, and times of receipt never go back: so
who appends by a clock that is far from the last record has to say that it is right.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple

from ledger.errors import Refused
from ledger.times import within_the_years

_MS_AN_HOUR, _HOURS_A_DAY = 3_600_000, 24


class Limits(NamedTuple):
    """How far a clock may be ahead of the last record or behind it, and from a rally's days."""

    ahead_ms: int
    behind_ms: int
    days: int


class Days(NamedTuple):
    """The first and the last day of a rally."""

    first: date
    last: date


def days_of(starts_on: str, ends_on: str) -> Days | None:
    """The days of a rally as it was announced; None where it does not say."""
    told = []
    for each in (starts_on, ends_on):
        try:
            told.append(date.fromisoformat(each))
        except ValueError:
            continue
    return Days(min(told), max(told)) if told else None


def doubt(now_ms: int, last: Sequence[int], days: Days | None, limits: Limits) -> str:
    """Why a clock may be wrong, in a sentence; empty where nothing speaks against it.

    `last` is what it may have shown at the last record: it has to agree with one. `days` are those
    of a rally that begins; a clock that agrees with the last record is not asked for them again.
    """
    shows = f"The clock of this machine shows {_shown(now_ms)}"
    if last:
        apart = min((now_ms - each for each in last), key=abs)
        if apart > limits.ahead_ms:
            return f"{shows}, {_long(apart)} after the last record."
        if apart <= -limits.behind_ms:
            return f"{shows}, {_long(-apart)} before the last record."
        return ""
    if days is not None:
        today = within_the_years(now_ms, 0).datetime.date()
        away = max((days.first - today).days, (today - days.last).days)
        if away > limits.days:
            return f"{shows}, {away} days from those of the rally."
    return ""


def must_be_right(said: str) -> None:
    """Refuse to append by a clock that is in doubt.

    Raises:
        Refused: it is.
    """
    if said:
        raise Refused(
            f"{said} Nothing was appended.",
            hint="Set the clock, or say that it is right: --clock-is-right.",
        )


def _shown(ms: int) -> str:
    at: datetime = within_the_years(ms, 0).datetime
    return f"{at:%d %b %Y %H:%M} UTC".lstrip("0")


def _long(ms: int) -> str:
    hours = timedelta(milliseconds=ms) // timedelta(milliseconds=_MS_AN_HOUR)
    if hours < 2 * _HOURS_A_DAY:
        return f"{hours} hour{'' if hours == 1 else 's'}"
    return f"{hours // _HOURS_A_DAY} days"
