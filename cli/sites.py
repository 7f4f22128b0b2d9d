"""Sites on the command line: their names, and the clock of one that is merged."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import click
import msgspec

from cli.office.importing import SiteClock
from ledger.errors import Usage
from ledger.times import parse_duration
from ledger.vocabulary.base import Code


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
