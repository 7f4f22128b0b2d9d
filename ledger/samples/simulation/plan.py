"""What a synthetic rally is to be: how many crews, stages and records, and by which rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from random import Random
from types import MappingProxyType
from typing import NamedTuple

import msgspec

from ledger.errors import Usage
from ledger.vocabulary.base import Code
from ledger.vocabulary.rally import ParameterValue

SECOND = 1000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

OFFSET = 180
"""What the clocks of the rally show: minutes ahead of UTC."""
TIMEZONE = "+03:00"
FIRST_DAY = date(2026, 3, 1)
MOST = {"crews": 5_000, "stages": 60, "points": 5_000, "records": 20_000_000}
"""As much as can be asked for: beyond it nothing would be a rally."""


class Amendment(NamedTuple):
    """Parameters that a bulletin sets, and where each comes from."""

    parameters: Mapping[str, ParameterValue]
    provenance: Mapping[str, str]


NOTHING = Amendment(MappingProxyType({}), MappingProxyType({}))


class Regulations(NamedTuple):
    """The rules of a synthetic rally, as data: the generator knows no rule itself.

    `before` is what the first bulletin sets before the start, `midway` what the second one sets
    from a stage in the middle of the rally on. `judges_cards` says that penalties follow from time
    cards, so that there are target times, and crews that miss them.
    """

    rulebook: str
    adopted: Amendment
    before: Amendment = NOTHING
    midway: Amendment = NOTHING
    judges_cards: bool = False


class Plan(NamedTuple):
    """What is asked for. The same plan gives the same rally, byte for byte, on every machine.

    `points` is how many points each stage has, the finish among them. With `records` they follow
    from it: as many as the log then needs.
    """

    regulations: Regulations
    crews: int = 120
    stages: int = 14
    points: int = 12
    seed: int = 1
    rally: str = "synthetic"
    records: int | None = None

    def checked(self) -> Plan:
        """The plan, if it is one.

        Raises:
            Usage: no crews, no stages, no points, or more than a rally can have; or no code.
        """
        try:
            msgspec.convert(self.rally, Code)
        except msgspec.ValidationError:
            hint = "Use letters, digits and dashes, 80 at most."
            raise Usage(f"A rally can't be called {self.rally!r}.", hint=hint) from None
        for name, most in MOST.items():
            asked = getattr(self, name)
            if asked is not None and not 1 <= asked <= most:
                raise Usage(
                    f"A rally can't have {asked} {name}.", hint=f"Ask for 1 to {most} {name}."
                )
        return self

    @property
    def last_day(self) -> date:
        """The day of the last stage: there is one stage a day."""
        return FIRST_DAY + timedelta(days=self.stages - 1)


def dice(plan: Plan, what: str) -> Random:
    """The dice for one part of a rally: what falls in one part changes nothing in another."""
    return Random(f"{plan.seed} {what}")  # noqa: S311 - rallies, not secrets


def midnight(order: int) -> int:
    """The UTC milliseconds at which the day of a stage begins, by the clocks of the rally."""
    day = datetime(FIRST_DAY.year, FIRST_DAY.month, FIRST_DAY.day, tzinfo=UTC)
    first = (day - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)
    return first - OFFSET * MINUTE + (order - 1) * DAY
