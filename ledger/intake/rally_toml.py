"""rally.toml: what a folder of sheets says of the rally, its regulations and its stages."""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple, get_args

from ledger.errors import Unreadable, told_as
from ledger.intake.columns import Column, known
from ledger.intake.lines import Line, Note, Template, Templates
from ledger.intake.table import text_of
from ledger.spelling import entered
from ledger.times import Instant, end_of_day, on_day, parse_instant, time_of_day, zone_of
from ledger.vocabulary import TYPES, Source
from ledger.vocabulary.rally import StageKind

SOURCE = "sheets"
OFFICE = "results-office"
PRECISIONS = {"minute": 60_000, "second": 1000, "tenth": 100, "hundredth": 10, "thousandth": 1}
STAGE_KINDS = tuple(each for each in get_args(StageKind) if each)
INCLUDED = "times_include_penalties"
TAKEN_OFF = "the time as it was given held the penalties of the stage; they are taken off"
"""What the record of such a time notes of its source."""

RALLY_KEYS = (
    Column("code", "The code of the rally, in the ledger and in every file.", '"loop-2027"', True),
    Column("name", "What it is called.", '"Desert Loop"', True),
    Column(
        "rulebook",
        "Its regulations: a rulebook by name, or a file .toml in the folder.",
        '"cross-country"',
        True,
    ),
    Column("timezone", "Its clocks; times without an offset are theirs.", '"Asia/Riyadh"', True),
    Column(
        "whole",
        "Files that say all there is: what they no longer hold was withdrawn.",
        '["penalties.csv"]',
    ),
    Column(
        INCLUDED,
        "Whether the stage times of times.csv hold the penalties of their stage already.",
        "true",
    ),
)
STAGE_KEYS = (
    Column("code", "The code of the stage; stages stand in their order.", '"SS1"', True),
    Column("date", "Its day.", "2027-03-01"),
    Column("from", "Where it begins.", '"Oasis"'),
    Column("to", "Where it ends.", '"Salt Lake"'),
    Column("special_km", "The length of its selective section.", "210.5"),
    Column("liaison_km", "The length of its road sections.", "40"),
    Column(
        "precision",
        f"How finely it is timed: seconds (0.1), or {', '.join(PRECISIONS)}.",
        '"second"',
    ),
    Column("kind", f"Where it is no selective one: {', '.join(STAGE_KINDS)}.", '"power-stage"'),
    Column(INCLUDED, "The same for this stage alone.", "false"),
)

Fields = dict[str, Any]
Cells = Mapping[str, str]


class Rally(NamedTuple):
    """What `rally.toml` says, as far as the other files need it.

    `included` are the stages of which it says whether their times hold their penalties; "" is the
    rally. `penalties` are those of a crew on a stage (ms), none where one of them can't be read.
    """

    code: str
    zone: tzinfo
    dates: dict[str, date]
    starts: dict[tuple[str, str], bool]
    recorded_at: Instant
    included: Mapping[str, bool]
    penalties: dict[tuple[str, str], int | None]

    def includes(self, stage: str) -> bool:
        """Whether the times of a stage hold its penalties, as far as rally.toml says so."""
        return self.included.get(stage, self.included.get("", False))

    def instant(self, stage: str, at: str) -> Fields:
        """The instant that a row gives, of its stage's day; else the end of that, as assumed."""
        if at:
            clock = time_of_day(at)
            if clock is not None and stage in self.dates:
                return {"fact_at": on_day(self.dates[stage], clock, self.zone)}
            return {"fact_at": parse_instant(at, self.zone)}
        if stage in self.dates:
            return {"fact_at": end_of_day(self.dates[stage], self.zone), "fact_assumed": True}
        return {}


def envelope(rally: str, recorded_at: Instant, source: Source) -> Fields:
    """What every line of the folder has: who put it on record, when, and which line it is."""
    said = ("kind", "name", "seq", "standing", "note")
    return {
        "rally": rally,
        "recorded_at": (recorded_at.ms, recorded_at.offset),
        "by": "results office",
        "role": OFFICE,
        "source": {name: value for name in said if (value := getattr(source, name))},
    }


def read_toml(path: Path) -> dict[str, Any]:
    """What the file says, whichever of the encodings of `text_of` it is in.

    Raises:
        Unreadable: it is not there, or no TOML.
    """
    try:
        return tomllib.loads(text_of(path))
    except FileNotFoundError:
        raise Unreadable(
            f"There is no {path.name} in {path.parent}.",
            hint="A folder of sheets begins with rally.toml: code, name, rulebook, timezone.",
        ) from None
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path}: {error}", hint="Mend the file and import again.") from None


def described(
    folder: Path, said: dict[str, Any], templates: Templates, recorded_at: Instant
) -> tuple[Rally, list[Line | Note]]:
    """The rally that the file describes, and the lines that it stands for.

    Raises:
        Unreadable: something that is needed is missing, or is not what it should be.
    """
    where = str(folder / "rally.toml")
    for needed in (each.name for each in RALLY_KEYS if each.needed):
        if not isinstance(said.get(needed), str) or not said[needed].strip():
            raise Unreadable(f"{where}: {needed!r} is missing.", hint="It is needed, as text.")
    stages = said.get("stage", [])
    if not isinstance(stages, list) or not all(isinstance(each, dict) for each in stages):
        raise Unreadable(f"{where}: the stages are not a list.", hint="Write [[stage]] for each.")
    template, zone = _rules_and_zone(folder, where, said, templates)
    code = said["code"]
    dates: dict[str, date] = {}
    lines: list[Line | Note] = []

    def add(kind: str, key: str, fields: Fields) -> None:
        source = Source(kind="sheet", name=SOURCE, seq=f"rally/{key}")
        line = {**envelope(code, recorded_at, source), **fields}
        with told_as(Unreadable, f"{where}: "):
            lines.append(Line(where, key, entered(TYPES[kind], line)))

    for each in stages:
        if isinstance(day := each.get("date"), datetime):
            each["date"] = day = day.date()
        if isinstance(day, date) and isinstance(each.get("code"), str):
            dates[each["code"]] = day
    days = sorted(dates.values())
    today = recorded_at.datetime.astimezone(zone).date()
    span = {"starts_on": days[0].isoformat(), "ends_on": days[-1].isoformat()} if days else {}
    add(
        "RallyConstituted",
        "constituted",
        {"title": said["name"], "timezone": said["timezone"], **span},
    )
    add(
        "RegulationsAdopted",
        "regulations",
        template.adopted(days[0] if days else today, zone, today),
    )
    for order, each in enumerate(stages, 1):
        add("StageScheduled", f"stage/{each.get('code')}", _stage(where, order, each))
    lines += _notes(where, said, stages)
    return Rally(code, zone, dates, {}, recorded_at, _included(where, said, stages), {}), lines


def _notes(where: str, said: dict[str, Any], stages: list[dict[str, Any]]) -> Iterator[Note]:
    """What nobody reads, and whether something is still to be filled in."""
    for each in stages:
        for name in sorted(each.keys() - {*known(STAGE_KEYS)}):
            yield Note(where, f"{each['code']}: {name!r} is not known and was not read.")
    for name in sorted(said.keys() - {*known(RALLY_KEYS), "stage"}):
        yield Note(where, f"{name!r} is not known and was not read.")
    if not stages:
        yield Note(where, "It has no stage yet.")


def _included(where: str, said: dict[str, Any], stages: list[dict[str, Any]]) -> dict[str, bool]:
    """Of which stages it is said whether their times hold their penalties; "" is the rally."""
    both = [("", said), *((str(each.get("code")), each) for each in stages)]
    return {name: _yes_or_no(where, each[INCLUDED]) for name, each in both if INCLUDED in each}


def _yes_or_no(where: str, said: object) -> bool:
    if isinstance(said, bool):
        return said
    raise Unreadable(f"{where}: {INCLUDED} = {said!r} is neither true nor false.")


def _rules_and_zone(
    folder: Path, where: str, said: dict[str, Any], templates: Templates
) -> tuple[Template, tzinfo]:
    name = said["rulebook"]
    beside = str(folder / name) if name.endswith(".toml") else name
    with told_as(Unreadable, f"{where}: "):
        return templates(beside), zone_of(said["timezone"])


def _stage(where: str, order: int, said: dict[str, Any]) -> Fields:
    fields: Fields = {"stage": said.get("code"), "order": order}
    if "date" in said:
        if not isinstance(said["date"], date):
            raise Unreadable(f"{where}: {said.get('code')}: {said['date']!r} is not a date.")
        fields["date"] = said["date"].isoformat()
    for name, field in (("from", "start_place"), ("to", "finish_place"), ("kind", "kind")):
        if name in said:
            fields[field] = said[name]
    for name, field in (("special_km", "special_m"), ("liaison_km", "liaison_m")):
        if name in said:
            fields[field] = metres(str(said[name]))
    if "precision" in said:
        fields["precision_ms"] = _precision(where, said["precision"])
    return fields


_A_DAY_MS = 86_400_000
_NO_STAGE_IS_LONGER_M = 10**10


def _precision(where: str, said: object) -> int:
    if isinstance(said, str) and said in PRECISIONS:
        return PRECISIONS[said]
    if isinstance(said, (int, float)) and not isinstance(said, bool):
        precise = Decimal(str(said) if math.isfinite(said) else 0) * 1000
        if 1 <= precise <= _A_DAY_MS and precise == int(precise):
            return int(precise)
    raise Unreadable(
        f"{where}: the precision {said!r} is not known.",
        hint=f"Seconds (1, 0.1, 0.001) or one of: {', '.join(PRECISIONS)}.",
    )


def metres(km: str) -> int:
    """A distance in kilometres, as it is written, in metres."""
    try:
        metres = Decimal(km.replace(",", ".")) * 1000
        if metres.is_finite() and 0 <= metres < _NO_STAGE_IS_LONGER_M:
            return int(metres)
    except ArithmeticError:
        pass
    raise Unreadable(f"{km!r} is not a distance in kilometres.")
