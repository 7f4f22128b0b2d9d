"""Times as people say them at a rally: by its clocks, of its day, or `now`. One reader everywhere.

A time with a day is read by the clocks of the rally unless an offset stands with it. `now` is the
present by the clock of the log. A time of day alone is of the rally's day: the day of the stage
that it is about; else today, while the rally is held; else its only day. Where none of these is
known it is refused: nobody guesses a day. A time as it is shown, "21 Jul 20:15 +08:00", is of the
year in which it lies nearest to the rally.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime, time, tzinfo
from typing import NamedTuple, TypeVar

from ledger.amendments import settle
from ledger.authority import Refusal
from ledger.chain import Linked
from ledger.errors import Usage
from ledger.log import Log
from ledger.powers import WHO_MAY, Powers
from ledger.record import occurrence_at
from ledger.times import Instant, Shown, as_shown, on_day, parse_instant, shown_in, time_of_day
from ledger.vocabulary import ControlScheduled, Occurrence, RallyConstituted, StageScheduled

Kind = TypeVar("Kind", bound=Occurrence)
NOW = "now"


def is_of_its_day(text: str) -> bool:
    """Whether a text says no whole day of its own: a time of day, one without a year, or `now`."""
    if text.strip().lower() == NOW:
        return True
    return time_of_day(text) is not None or as_shown(text) is not None


class About(NamedTuple):
    """What a time is about, as far as it tells the day."""

    stage: str = ""
    control: str = ""
    day: str = ""


ANYTHING = About()


def rally_instant(
    text: str, log: Callable[[], Log], until: int | None = None, about: About = ANYTHING
) -> Instant:
    """The instant that is meant, about a stage, a control or a day where one is named.

    The log is looked at, up to a position, only where a text needs it.

    Raises:
        Usage: no moment; no offset where the rally has no time zone; a time of an unknown day, or
            one that the clocks of the rally showed twice or never.
    """
    if text.strip().lower() == NOW:
        return shown_in(log().clock(), zone_in(log(), until))
    if (clock := time_of_day(text)) is not None:
        return _of_its_day(clock, text, log(), until, about)
    if (shown := as_shown(text)) is not None:
        return _of_its_year(shown, text, log(), until)
    return parse_instant(text, None if _has_offset(text) else zone_in(log(), until))


def zone_in(log: Log, until: int | None = None) -> tzinfo | None:
    """The zone of the rally as it was known at a position; None where none is told."""
    said = constituted(log, until)
    return said.time_zone if said else None


def _has_offset(text: str) -> bool:
    try:
        return datetime.fromisoformat(text.strip()).tzinfo is not None
    except ValueError:
        return True  # it is no moment in any zone


def _of_its_day(clock: time, text: str, log: Log, until: int | None, about: About) -> Instant:
    zone = _zone_of(clock, text, log, until)
    return on_day(_day(text, log, until, zone, about), clock, zone)


def _of_its_year(shown: Shown, text: str, log: Log, until: int | None) -> Instant:
    """Of the year in which it lies nearest to the days of the rally."""
    zone = _zone_of(shown.clock, text, log, until)
    days = _days(_standing(log, until, StageScheduled), log, until, zone)
    days = days or [datetime.fromtimestamp(log.clock() / 1000, zone).date()]
    first, last = min(days), max(days)
    there = filter(None, map(shown.in_year, range(first.year - 1, last.year + 2)))
    day = min(there, key=lambda each: max(first - each, each - last), default=None)
    if day is None:
        raise Usage(f"There is no day {shown.day} in that month.", hint="Write 2016-07-21T18:00.")
    return on_day(day, shown.clock, zone)


def _zone_of(clock: time, text: str, log: Log, until: int | None) -> tzinfo:
    zone = clock.tzinfo or zone_in(log, until)
    if zone is None:
        raise Usage(f"{text!r} has no UTC offset.", hint="Write 2016-07-21T18:00+08:00, or …Z.")
    return zone


def _day(text: str, log: Log, until: int | None, zone: tzinfo, about: About) -> date:
    """The rally's day."""
    if named := _date(about.day):
        return named
    scheduled, stage = _standing(log, until, StageScheduled), about.stage
    if about.control and not stage:
        of = {each.control: each.stage for each in _standing(log, until, ControlScheduled)}
        stage = of.get(about.control, "")
    for each in scheduled:
        if stage and each.stage == stage and (day := _day_of(each, zone)):
            return day
    days = _days(scheduled, log, until, zone)
    today = datetime.fromtimestamp(log.clock() / 1000, zone).date()
    if not days or min(days) <= today <= max(days):
        return today
    if min(days) == max(days):
        return days[0]
    raise Usage(
        f"{text!r} says no day, and today, {today}, is no day of the rally.",
        hint=f"It is held from {min(days)} to {max(days)}: write {min(days)}T{text.strip()}.",
    )


def _days(scheduled: list[StageScheduled], log: Log, until: int | None, zone: tzinfo) -> list[date]:
    """Days on which the rally is held, as far as they are told."""
    said = constituted(log, until)
    told = [_date(said.starts_on), _date(said.ends_on)] if said else []
    return [day for day in (*told, *(_day_of(each, zone) for each in scheduled)) if day]


def _day_of(stage: StageScheduled, zone: tzinfo) -> date | None:
    if stage.first_start_at is not None:
        return stage.first_start_at.datetime.astimezone(zone).date()
    return _date(stage.date)


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def constituted(log: Log, until: int | None = None) -> RallyConstituted | None:
    """What founds the rally, as it was known at a position; None where nothing does."""
    return next(iter(_standing(log, until, RallyConstituted)), None)


def _standing(log: Log, until: int | None, kind: type[Kind]) -> list[Kind]:
    """What stands of a kind at a position, the first first."""
    until = log.head().size if until is None else until
    linked = Linked(log, until)
    linked.take(log.scan.of_types([kind.type_name()], until))
    told = {identity: said for identity, (_, said) in linked.held.items()}
    idle: Mapping[str, Refusal] = {}
    if len(told) > 1:  # whoever said it first, or amended it, may have been nobody who may
        bearing = log.scan.of_types([each.type_name() for each in WHO_MAY], until)
        said_of = {each.id: occurrence_at(each.position, each.data) for each in bearing}
        idle = Powers({**said_of, **told}).idle
    found = [
        (said.instant or 0, said.recorded_at.ms, each.id, said)
        for each in settle(told, idle=idle).standing
        if isinstance(said := each.value, kind)
    ]
    return [each[-1] for each in sorted(found, key=lambda each: each[:3])]
