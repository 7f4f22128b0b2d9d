"""The clock of a site, declared when its log is merged: how far it was ahead of the true time."""

from __future__ import annotations

from collections.abc import Iterable

from ledger.commands.judge import Judge
from ledger.commands.known import Known
from ledger.commands.record import RecordOccurrence
from ledger.errors import Usage
from ledger.intake.jsonl import Arrived
from ledger.log import Log
from ledger.powers import Powers, with_bearing
from ledger.vocabulary import ClockOffsetDeclared, decode


def site_meant(log: Log, arrived: Iterable[Arrived], named: str = "") -> str:
    """Whose clock is meant: the one other site in a delivery, or the one that is named.

    What this log holds already and names no site, as the plan that a laptop was given, is nobody's.

    Raises:
        Usage: there is none, several and none is named, or its records do not carry its name, so
            that no declaration could be about them.
    """
    delivered, here = list(arrived), log.head().site
    known = log.recorder.known(each.arrival.id for each in delivered)
    says = {decode(each.arrival.data).site for each in delivered}
    others, fresh = set[str](), set[str]()
    for each in delivered:
        elsewhere = {site for site, _ in each.origins} - {here}
        others |= elsewhere
        fresh |= set[str]() if each.arrival.id in known else elsewhere
    meant = {each for each in others if each in fresh or each in says}
    listed = ", ".join(sorted(meant)) or "none"
    if named and named not in others:
        raise Usage(f"There are no records of the site {named}.", hint=f"Other sites: {listed}.")
    if not named and len(meant) != 1:
        raise Usage(
            f"There are records of {len(meant)} other sites: {listed}.",
            hint="Say whose clock is meant: --of-site NAME."
            if meant
            else "What its laptop recorded has not arrived, or bears the name of this ledger.",
        )
    site = named or next(iter(meant))
    if site not in says:
        raise Usage(
            f"No record says that it was made at {site}: its clock can't be told from others.",
            hint="Name the site before it records: `rally site NAME`.",
        )
    return site


def may_declare(log: Log, said: ClockOffsetDeclared, judge: Judge) -> None:
    """Refuse, before anything is merged, what could not be declared afterwards.

    Raises:
        Refused: the office may not declare offsets, or somebody else holds it.
    """
    if log.head().size:
        log.prepare(lambda: RecordOccurrence(said, judge))
    else:
        Powers({}).must_hold(said)


def declare(log: Log, said: ClockOffsetDeclared, judge: Judge) -> int | None:
    """Put the offset on record, unless it is what holds for the site; answers its position."""
    if _in_force(log, said.of_site) == said.ahead_ms:
        return None
    (record,) = log.act(lambda: RecordOccurrence(said, judge))
    return record.position


def _in_force(log: Log, site: str) -> int | None:
    """The offset that was declared last of all the records of a site, if one was."""
    known = Known()
    for record in log.read(types=with_bearing(ClockOffsetDeclared)):
        known.learn(record.id, record.occurrence())
    declared = [each for each in known.standing(ClockOffsetDeclared) if _of_all(each, site)]
    last = max(declared, key=lambda each: (each.instant or 0, each.recorded_at.ms), default=None)
    return None if last is None else last.ahead_ms


def _of_all(said: ClockOffsetDeclared, site: str) -> bool:
    narrower = (said.kind, said.device, said.stage, said.since_at, said.until_at)
    return said.of_site == site and not any(narrower)
