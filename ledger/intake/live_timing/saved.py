"""Which rally a folder of saved answers holds: its own id at the service, its code and its year."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import msgspec

from ledger.errors import LedgerError, Unreadable
from ledger.files import is_folder
from ledger.intake.lines import Note
from ledger.intake.live_timing import figures
from ledger.intake.live_timing.answers import Control, Entry, Itinerary, Leg, Main, Section
from ledger.intake.live_timing.files import Files, Read, one
from ledger.spelling import composed
from ledger.vocabulary.base import Code


class Placed(NamedTuple):
    """A section of the itinerary: where it stands, and what it says."""

    where: str
    section: Section


class Saved(NamedTuple):
    """A rally as it was saved: `name` is that of the folder, `number` its own at the service."""

    files: Files
    name: str
    number: str
    days: tuple[date, ...]
    sections: tuple[Placed, ...]
    entries: tuple[Read, ...]

    @property
    def year(self) -> int:
        """The year of the first day."""
        return self.days[0].year

    @property
    def code(self) -> str:
        """The code of the rally: the name of the folder with the year of the first day."""
        return f"{self.name}-{self.year}"


def saved_in(folder: Path) -> Saved:
    """The rally that is saved in a folder.

    Raises:
        Unreadable: it holds no rally or those of several events, its itinerary or its entries can't
        be read, it tells no day, or it is not clear of which event it is.
    """
    if not is_folder(folder):
        raise Unreadable(f"There is no folder {folder}.", hint="Name the folder of the answers.")
    found = sorted(folder.glob("events/*/rallies/*/itinerary.json"))
    if not found:
        raise Unreadable(
            f"{folder} holds no events/…/rallies/…/itinerary.json.",
            hint="Name the folder of one rally's saved answers.",
        )
    events = sorted({each.parents[2].name for each in found})
    if len(events) > 1:
        raise Unreadable(
            f"{folder} holds the answers of {len(events)} events: {', '.join(events)}.",
            hint="Keep each in a folder of its own: the rally is called after the folder.",
        )
    main = _main(found)
    itinerary = one(main / "itinerary.json", Itinerary)
    files = Files(main)
    files.bad += [
        Note(str(each), "Not read: only the main rally of the event is taken in.")
        for each in found
        if each.parent != main
    ]
    legs = [*files.parts(str(main / "itinerary.json"), itinerary.itinerary_legs, Leg)]
    sections = tuple(
        Placed(part.where, part.row)
        for leg in legs
        for part in files.parts(leg.where, leg.row.itinerary_sections, Section)
    )
    days = _days(files, [leg.row for leg in legs], sections)
    if not days:
        raise Unreadable(
            f"{main / 'itinerary.json'} tells no day of the rally, from which its code is made.",
            hint="Save the answer again when its legs have dates.",
        )
    entries = tuple(files.rows(main / "entries.json", Entry, needed=True))
    name, number = composed(folder.resolve().name), _number(main, itinerary)
    saved = Saved(files, name, number, days, sections, entries)
    for what, each in (("called", saved.code), ("numbered", number)):
        try:
            msgspec.convert(each, Code)
            each.encode()
        except (msgspec.ValidationError, UnicodeEncodeError) as error:
            raise Unreadable(
                f"{main}: a rally can't be {what} {each[:100]!a}: {error}.",
                hint="Give the folder a plain name, and save the answers again.",
            ) from None
    return saved


def _main(found: list[Path]) -> Path:
    """The folder of the main rally: an event may have others that are run along with it."""
    for each in found:
        said = _about(each.parent)
        if said is not None and said.is_main:
            return each.parent
    return found[0].parent


def _about(rally: Path) -> Main | None:
    try:
        return one(rally.with_name(f"{rally.name}.json"), Main)
    except LedgerError:
        return None


def _number(rally: Path, itinerary: Itinerary) -> str:
    """The number of the event at the service, as the answers say it, else as its folder is called.

    Raises:
        Unreadable: they differ.
    """
    folder, about = rally.parents[1].name, _about(rally)
    said = {each.event_id for each in (itinerary, about) if each and each.event_id is not None}
    numbers = {str(each).strip() for each in said}
    if folder.isdecimal():
        numbers.add(folder)
    if len(numbers) > 1:
        raise Unreadable(
            f"{rally} holds the answers of different events: {', '.join(sorted(numbers))}.",
            hint="Save all answers of one event under events/, in a folder with its number.",
        )
    return next(iter(numbers), folder)


def _days(files: Files, legs: list[Leg], sections: tuple[Placed, ...]) -> tuple[date, ...]:
    """The days of the rally in their order: those of its legs, else those of its controls."""
    told = [_day(leg.leg_date) for leg in legs]
    if not any(told):
        quiet = Files(files.rally)
        dues = [
            figures.instant(control.first_car_due_date_time_local, control.first_car_due_date_time)
            for placed in sections
            for read in quiet.parts(placed.where, placed.section.controls, Control)
            if isinstance(control := read.row, Control)
        ]
        told = [due.datetime.date() for due in dues if due]
    return tuple(sorted({day for day in told if day}))


def _day(text: str | None) -> date | None:
    try:
        return date.fromisoformat((text or "")[:10])
    except ValueError:
        return None
