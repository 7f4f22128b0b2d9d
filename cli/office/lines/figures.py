"""Figures: the time that is meant by what is typed, in its context. Never guessed in silence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from cli.clocks import parse_rally_time
from cli.office.lines.context import ELAPSED, Context
from cli.office.lines.typed import quoted
from ledger.errors import Usage
from ledger.log import Log
from ledger.rally_time import zone_in
from ledger.times import Instant, parse_duration, shown_in, time_of_day

if TYPE_CHECKING:
    from cli.office.lines.plan import Plan

_AN_HOUR = 3_600_000
_A_DAY = 24 * _AN_HOUR
_OF_THE_HOUR = re.compile(r"\d{1,2}:\d\d(?:[.,]\d{1,9})?", re.ASCII)
_ELAPSED = re.compile(r"\d[\d:.,]*", re.ASCII)
_DATED = re.compile(r"\d{4}-", re.ASCII)
_SECONDS = re.compile(r"\d{1,2}(?:[.,]\d{1,9})?", re.ASCII)


def elapsed(text: str) -> str:
    """The time since its start, as a field takes it: "4:57:46", "31:12.4".

    Raises:
        Usage: it is none.
    """
    if not _ELAPSED.fullmatch(text):
        raise Usage(f"{quoted(text)} is not a time.", hint="Write +4:57:46, or +31:12.4.")
    parse_duration(text)
    return text


def seconds(text: str) -> str:
    """A time that may be seconds alone, "0.4", as a field takes it.

    Raises:
        Usage: it is none.
    """
    return elapsed(f"0:{text}" if _SECONDS.fullmatch(text) else text)


def instant(text: str, where: Mapping[str, str], log: Log, plan: Plan) -> Instant:
    """An instant as people say it at a rally, about the stage, the control or the date named.

    Raises:
        Usage: it is none; or which of two it is can't be told: the clocks showed it twice, or it
            may be of the night behind the day of the stage.
    """
    found = parse_rally_time(text, lambda: log, [f"{n}={code}" for n, code in where.items()])
    if time_of_day(text) is not None and "date" not in where:
        stage = where.get("stage") or plan.stage_of(where.get("control", ""))
        _must_be_of_this_day(text, found, stage, plan)
    return found


def _must_be_of_this_day(text: str, found: Instant, stage: str, plan: Plan) -> None:
    """A time of day is of the day of its stage, unless that of the next lies nearer to its start.

    Raises:
        Usage: it does; either of the two may be meant.
    """
    planned = plan.stages.get(stage)
    begins = planned.first_start_at if planned else None
    if begins is None or begins.ms - found.ms <= _A_DAY // 2:
        return
    later = plan.shown(Instant(found.ms + _A_DAY, found.offset))
    said, meant = found.datetime.isoformat(), later.datetime.isoformat()
    raise Usage(
        f"{quoted(text)} lies long before {stage} begins, {begins.short()}.",
        hint=f"Write which night is meant: @{meant} or @{said}.",
    )


def bare(
    text: str, context: Context, log: Log, plan: Plan, entered: Instant | None
) -> Instant | str:
    """A bare figure as the context says: an instant, or the time since its start as a field has it.

    By the clock, hours and minutes at a start and a control. At a finish and a point two parts are
    minutes and seconds of the hour: the last such moment before it was `entered`.

    Raises:
        Usage: it is none, or its hour can't be told.
    """
    if context.figures == ELAPSED:
        return elapsed(text)
    if _DATED.match(text):
        return instant(text, context.fields(), log, plan)
    if context.kind in {"finish", "point"} and _OF_THE_HOUR.fullmatch(text):
        return _of_the_hour(text, context, log, entered)
    if time_of_day(text) is None:
        raise Usage(
            f"{quoted(text)} is no time of day: hours end at 23, minutes and seconds at 59.",
            hint="Write it as 10:31 or 10:31:12.4.",
        )
    return instant(text, context.fields(), log, plan)


def _of_the_hour(text: str, context: Context, log: Log, entered: Instant | None) -> Instant:
    ms, how = parse_duration(text), f"Write the hour as well, as 10:{text}; or the day, as @…T…"
    if ms >= _AN_HOUR:
        raise Usage(f"{quoted(text)} is no minute and second of an hour.", hint=how)
    if entered is None:
        raise Usage(f"{quoted(text)} lacks its hour.", hint=how)
    shown = shown_in(entered.ms, zone_in(log))
    latest = shown.ms - (shown.ms + shown.offset * 60_000) % _AN_HOUR + ms
    if latest > shown.ms:
        latest -= _AN_HOUR
    clock = shown_in(latest, zone_in(log)).clock()
    found = instant_of_stage(clock, context, log)
    if found.ms != latest:
        raise Usage(
            f"{quoted(text)} lacks its hour, and today is not the day of {context.stage}.", hint=how
        )
    return found


def instant_of_stage(clock: str, context: Context, log: Log) -> Instant:
    """A time of day on the day of the stage of a context."""
    return parse_rally_time(clock, lambda: log, [f"stage={context.stage}"])
