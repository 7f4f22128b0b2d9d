"""A rally begins: it is constituted and adopts its regulations, both or neither."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import Annotated, Any, NamedTuple

from cli.fields import as_typed
from cli.office.asking import Word
from cli.office.desk import doubt_of
from cli.office.layout import beside, empty_folder, lay_out, must_be_free
from cli.office.secretariat import Secretariat
from ledger.commands.clock import days_of, must_be_right
from ledger.commands.found import FoundRally
from ledger.errors import Usage
from ledger.keys import key_typed
from ledger.record import Record
from ledger.times import zone_of
from ledger.vocabulary import (
    Occurrence,
    RallyConstituted,
    RegulationsAdopted,
    canonical,
    occurrence_id,
)
from projections.rules.templates import template


class Founded(NamedTuple):
    """What began a rally, each with its position; without one it was only tried."""

    said: tuple[tuple[int | None, Occurrence], ...]
    sheets: tuple[str, ...] = ()
    """The files that were laid out for it."""
    key: str = ""
    already_known: bool = False

    def json(self) -> dict[str, Any]:
        """What was put on record as one JSON document."""
        records = [
            {"position": position, "id": occurrence_id(canonical(each)), "type": each.type_name()}
            for position, each in self.said
        ]
        rally, identity = self.said[0][1].rally, records[0]["id"]
        document: dict[str, Any] = {
            "rally": rally,
            "id": identity,
            "records": records,
            "changed": [],
        }
        told: dict[str, Any] = {
            "sheets": [*self.sheets],
            "key": self.key,
            "already_known": self.already_known,
        }
        document |= {name: each for name, each in told.items() if each}
        return document | ({} if self.said[0][0] else {"dry_run": True})


def found(
    at: Secretariat,
    code: Annotated[str, Word("Its code.", subject=True)],
    title: Annotated[str, Word("What the rally is called.")],
    timezone: Annotated[str, Word('Its clocks: "Asia/Riyadh" or "+03:00".', "ZONE")],
    starts_on: Annotated[str, Word("Its first day (2027-03-01).", "DATE")] = "",
    ends_on: Annotated[str, Word("Its last day.", "DATE")] = "",
    rulebook: Annotated[
        str, Word("The regulations it adopts (default: cross-country).", "NAME-or-FILE")
    ] = "cross-country",
    sheets: Annotated[
        Path | None, Word("Lay out an empty folder of sheets for it (`rally help sheets`).", "DIR")
    ] = None,
) -> Founded:
    """Begin a rally: constitute it and adopt its regulations, in a new ledger or beside others."""
    who = at.signature
    if who is None:
        raise Usage("Who begins the rally has to be said.", hint="It is signed.")
    _must_be_days(starts_on, ends_on)
    zone = zone_of(timezone)
    today = at.now.datetime.astimezone(zone).date()
    rules = template(rulebook)
    log = at.ledger().log(code)
    done: Sequence[Record] = ()
    if who.key and (done := (log := log.keyed(key_typed(who.key))).done()):
        log, sheets = log.again(done), None
    envelope = {
        "rally": code,
        "recorded_at": at.now,
        "by": who.by,
        "role": who.role,
        "reason": who.reason,
        "site": log.site(),
        **({"fact_at": who.at} if who.at else {}),
    }
    constituted = as_typed(
        RallyConstituted,
        {
            **envelope,
            "title": title,
            "timezone": timezone,
            "starts_on": starts_on,
            "ends_on": ends_on,
        },
    )
    first_day = date.fromisoformat(starts_on) if starts_on else today
    adopted = as_typed(RegulationsAdopted, {**envelope, **rules.adopted(first_day, zone, today)})
    files: dict[str, str] = {}
    if sheets:
        files = empty_folder(code, title, timezone, beside(sheets, rulebook))
        must_be_free(sheets, files)
    if (who.dry_run or files) and not done:
        log.prepare(lambda: FoundRally(constituted, adopted))
    if not (done or who.dry_run or who.clock_is_right):
        days = days_of(starts_on, ends_on)
        must_be_right(doubt_of(log, log.head(), at.now.ms, days))
    if who.dry_run and not done:
        return Founded(((None, constituted), (None, adopted)), key=who.key)
    laid_out = tuple(lay_out(sheets, files)) if sheets else ()
    records = log.once(lambda: FoundRally(constituted, adopted), expect=who.expect)
    said = tuple((each.position, each.occurrence()) for each in records)
    return Founded(said, laid_out, who.key, bool(done))


def _must_be_days(*days: str) -> None:
    """Refuse what is no day, and a rally that ends before it starts."""
    given = []
    for day in filter(None, days):
        try:
            given.append(date.fromisoformat(day))
        except ValueError:
            raise Usage(f"{day!r} is not a day.", hint="Write it as 2027-03-01.") from None
    if given != sorted(given):
        raise Usage("The rally ends before it starts.", hint="See --starts-on and --ends-on.")
