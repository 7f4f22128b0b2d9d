"""How the service writes instants, durations, distances and precisions."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime

from ledger.times import Instant, instant_of

PRECISIONS = {"Minute": 60_000, "Second": 1000, "Tenth": 100, "Hundredth": 10, "Thousandth": 1}
_ISO = re.compile(r"PT(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d+)?)S)?")
_CLOCK = re.compile(r"(\d{1,9}):(\d\d):(\d\d(?:\.\d+)?)")


def instant(local: str | None, utc: str | None = None) -> Instant | None:
    """The instant with the offset shown there; without one, the same in UTC where that is given."""
    for text, zone in ((local, None), (utc, UTC)):
        try:
            moment = datetime.fromisoformat(text) if text else None
            if moment is not None:
                return instant_of(moment if moment.tzinfo else moment.replace(tzinfo=zone))
        except (ValueError, OverflowError):
            continue
    return None


def after(start: Instant | None, elapsed_ms: int) -> Instant | None:
    """So long after a start; None without one, or where no calendar reaches."""
    try:
        return Instant(start.ms + elapsed_ms, start.offset) if start else None
    except ValueError:
        return None


def duration_ms(milliseconds: int | None, text: str | None) -> int | None:
    """A duration; where it is only written out, from that ("PT1M33.1S", "00:19:45.8000000")."""
    if milliseconds is not None or not text:
        return milliseconds
    found = _ISO.fullmatch(text) or _CLOCK.fullmatch(text)
    if not found or not any(found.groups()):
        return None
    hours, minutes, seconds = (each or "0" for each in found.groups())
    whole, _, fraction = seconds.partition(".")
    return (
        (int(hours) * 60 + int(minutes)) * 60_000 + int(whole) * 1000 + int(f"{fraction:0<3}"[:3])
    )


def metres(km: float | None) -> int | None:
    """A distance given in kilometres."""
    return round(km * 1000) if km is not None and math.isfinite(km) else None
