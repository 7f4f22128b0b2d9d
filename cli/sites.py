"""Sites on the command line: their names, and the clock of one that is merged."""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import click
import msgspec

from ledger.commands.site_clock import may_declare, site_meant
from ledger.errors import Usage
from ledger.intake.jsonl import Arrived
from ledger.log import Log
from ledger.times import Instant, parse_duration
from ledger.vocabulary import ClockOffsetDeclared
from ledger.vocabulary.base import Code
from projections.judging import judge


def site_name(text: str) -> str:
    """The name of a site as it is typed.

    Raises:
        Usage: it is empty, too long, or holds what is no letter.
    """
    try:
        return msgspec.convert(text.strip(), Code)
    except msgspec.ValidationError:
        raise Usage(
            f"{text!r} can't name a site.", hint="Use at most 80 characters, as finish-ss3."
        ) from None


class SiteClock(NamedTuple):
    """How far the clock of a site was ahead, and who says so."""

    ahead_ms: int
    of_site: str
    by: str
    role: str
    reason: str

    def said(self, log: Log, arrived: Sequence[Arrived], now: Instant) -> ClockOffsetDeclared:
        """The declaration, checked before anything of the delivery is merged.

        Raises:
            Usage: it is not clear whose clock is meant. Refused: the office may not declare it.
        """
        said = ClockOffsetDeclared(
            rally=log.rally,
            recorded_at=now,
            by=self.by,
            role=self.role,
            reason=self.reason,
            ahead_ms=self.ahead_ms,
            of_site=site_meant(log.head().site, arrived, self.of_site),
        )
        may_declare(log, said, judge)
        return said


def of_a_site_clock(function: Callable[..., int]) -> Callable[..., int]:
    """`--clock-ahead` and who says so, given to the command as its `clock`."""

    @functools.wraps(function)
    def call(
        *args: Any,
        clock_ahead: str | None,
        of_site: str,
        by: str,
        role: str,
        reason: str,
        **given: Any,
    ) -> int:
        if clock_ahead is None:
            if of_site:
                raise click.UsageError("--of-site says whose --clock-ahead is meant.")
            return function(*args, clock=None, **given)
        if not by.strip() or not role.strip():
            raise click.UsageError("--clock-ahead needs --by and --role: who says so.")
        clock = SiteClock(parse_duration(clock_ahead), of_site, by, role, reason)
        return function(*args, clock=clock, **given)

    for option in (
        click.option("--reason", default="", help="How it is known."),
        click.option("--role", default="", envvar="RALLY_ROLE", help="The office they act in."),
        click.option("--by", default="", envvar="RALLY_BY", help="Who declares the clock."),
        click.option("--of-site", default="", metavar="NAME", help="Whose clock, of several."),
        click.option(
            "--clock-ahead", metavar="DURATION", help="How far the site's clock was ahead."
        ),
    ):
        call = option(call)
    return call
