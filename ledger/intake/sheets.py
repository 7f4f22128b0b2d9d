"""Timing sheets: the folder of files that a results office has.

`rally.toml` names the rally and its stages; the tables beside it are workbooks (.xlsx) or CSV,
UTF-8 with or without a byte order mark, with commas or semicolons, the columns in any order. Each
line has a key of its own (stage, number, point …), the same in either form, so a folder may be
imported again after lines were added, or as a workbook what was CSV before.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, tzinfo
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any, NamedTuple

from ledger.errors import LedgerError, Unreadable
from ledger.intake.folder import Columns, find_tables, whole_tables
from ledger.intake.lines import BadLine, Delivery, Line, Note, Template, Templates, Whole
from ledger.intake.table import Rows, TableRow
from ledger.spelling import entered
from ledger.times import Instant, end_of_day, parse_duration, parse_instant, zone_of
from ledger.vocabulary import TYPES, Source

SOURCE = "sheets"
OFFICE = "results-office"
PRECISIONS = {"minute": 60_000, "second": 1000, "tenth": 100, "hundredth": 10, "thousandth": 1}

Cells = Mapping[str, str]
Fields = dict[str, Any]


class Sheet(NamedTuple):
    """A table of a folder: its columns, which of them are needed, and how a row is read."""

    name: str
    columns: tuple[str, ...]
    needed: tuple[str, ...]
    read: Callable[[Rally, Cells], tuple[str, Fields, str]]
    repeats: bool = False
    """Whether several rows may bear one key: the second penalty of a crew on a stage."""


class Rally(NamedTuple):
    """What `rally.toml` says, as far as the other files need it."""

    code: str
    zone: tzinfo
    dates: dict[str, date]
    starts: dict[tuple[str, str], bool]
    recorded_at: Instant

    def instant(self, stage: str, at: str) -> Fields:
        """The instant that a row gives; else the end of its stage's day, marked as assumed."""
        if at:
            return {"fact_at": parse_instant(at, self.zone)}
        if stage in self.dates:
            return {"fact_at": end_of_day(self.dates[stage], self.zone), "fact_assumed": True}
        return {}


def read_sheets(
    folder: Path, templates: Templates, recorded_at: Instant, whole: Sequence[str] = ()
) -> tuple[str, Delivery]:
    """The code of the rally in a folder of sheets, and what its files say.

    Tables that are `whole`, here or in rally.toml, say all there is: what they no longer hold was
    withdrawn.

    Raises:
        Unreadable: no folder, no rally.toml, or a file that lacks a needed column.
        Usage: what is said to be whole is no table.
    """
    if not folder.is_dir():
        raise Unreadable(f"There is no folder {folder}.", hint="Name the folder of the sheets.")
    description = _toml(folder / "rally.toml")
    rally, lines = _rally(folder, description, templates, recorded_at)
    wanted = {sheet.name: Columns(sheet.columns, sheet.needed) for sheet in SHEETS}
    tables, notes = find_tables(folder, wanted)
    named = whole_tables(folder, _whole(folder, description, whole), tables, list(wanted))
    return rally.code, _deliver(rally, [*lines, *notes], tables, named)


def _whole(folder: Path, said: dict[str, Any], asked: Sequence[str]) -> list[str]:
    """The names of the tables that are whole."""
    listed = said.get("whole", [])
    if not isinstance(listed, list) or not all(isinstance(each, str) for each in listed):
        raise Unreadable(
            f"{folder / 'rally.toml'}: 'whole' is no list of files.",
            hint='Write whole = ["penalties.csv"].',
        )
    return [*listed, *asked]


def _deliver(
    rally: Rally, lines: list[Line | Note], tables: Mapping[str, Rows], whole: Mapping[str, str]
) -> Delivery:
    yield from lines
    counted: Counter[str] = Counter()
    for sheet in SHEETS:
        table = tables.get(sheet.name)
        if table is None:
            continue
        for unknown in table.unknown:
            yield Note(table.where, f"The column {unknown!r} is not known and was not read.")
        seen: Counter[str] = Counter()
        for row in table.rows():
            counted[sheet.name] += 1
            yield row if isinstance(row, BadLine) else _line(rally, sheet, row, seen)
    for name, where in whole.items():
        covers = Whole(where, SOURCE, (f"{name}/",))
        if name not in tables:
            covers = covers._replace(lacking="It is missing")
        elif not counted[name]:
            covers = covers._replace(lacking="It has no rows", no_rows=True)
        yield covers


def _line(rally: Rally, sheet: Sheet, row: TableRow, seen: Counter[str]) -> Line | BadLine:
    try:
        for column in sheet.needed:
            if not row.cells[column]:
                raise Unreadable(f"The column {column!r} is empty.")
        kind, fields, key = sheet.read(rally, row.cells)
        seq = f"{sheet.name}/{key}"
        seen[seq] += 1
        if sheet.repeats and seen[seq] > 1:
            seq = f"{seq}/{seen[seq]}"
        occurrence = entered(
            TYPES[kind],
            {
                **_envelope(
                    rally.code,
                    rally.recorded_at,
                    Source(kind=fields.pop("source", "sheet"), name=SOURCE, seq=seq),
                ),
                **fields,
            },
        )
    except LedgerError as error:
        return BadLine(row.place_of(error.message), row.raw, error.message)
    except ValueError as error:
        return BadLine(row.where, row.raw, f"{error}.")
    return Line(row.where, row.raw, occurrence)


def _envelope(rally: str, recorded_at: Instant, source: Source) -> Fields:
    return {
        "rally": rally,
        "recorded_at": (recorded_at.ms, recorded_at.offset),
        "by": "results office",
        "role": OFFICE,
        "source": {
            name: value for name in ("kind", "name", "seq") if (value := getattr(source, name))
        },
    }


# -- rally.toml ----------------------------------------------------------------------------------


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise Unreadable(
            f"There is no {path.name} in {path.parent}.",
            hint="A folder of sheets begins with rally.toml: code, name, rulebook, timezone.",
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise Unreadable(f"{path}: {error}", hint="Mend the file and import again.") from None


def _rally(
    folder: Path, said: dict[str, Any], templates: Templates, recorded_at: Instant
) -> tuple[Rally, list[Line | Note]]:
    where = str(folder / "rally.toml")
    for needed in ("code", "name", "rulebook", "timezone"):
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
        envelope = _envelope(
            code, recorded_at, Source(kind="sheet", name=SOURCE, seq=f"rally/{key}")
        )
        try:
            lines.append(Line(where, key, entered(TYPES[kind], {**envelope, **fields})))
        except Unreadable as error:
            raise Unreadable(f"{where}: {error.message}", hint=error.hint) from None

    for each in stages:
        if isinstance(day := each.get("date"), datetime):
            each["date"] = day = day.date()
        if isinstance(day, date) and isinstance(each.get("code"), str):
            dates[each["code"]] = day
    days = sorted(dates.values())
    span = {"starts_on": days[0].isoformat(), "ends_on": days[-1].isoformat()} if days else {}
    add(
        "RallyConstituted",
        "constituted",
        {"title": said["name"], "timezone": said["timezone"], **span},
    )
    add(
        "RegulationsAdopted",
        "regulations",
        {
            "rulebook": template.name,
            "parameters": template.parameters,
            "provenance": template.provenance,
        },
    )
    for order, each in enumerate(stages, 1):
        add("StageScheduled", f"stage/{each.get('code')}", _stage(where, order, each))
        lines += [
            Note(where, f"{each['code']}: {name!r} is not known and was not read.")
            for name in sorted(each.keys() - _STAGE_KEYS)
        ]
    lines += [
        Note(where, f"{name!r} is not known and was not read.")
        for name in sorted(said.keys() - _RALLY_KEYS)
    ]
    return Rally(code, zone, dates, {}, recorded_at), lines


def _rules_and_zone(
    folder: Path, where: str, said: dict[str, Any], templates: Templates
) -> tuple[Template, tzinfo]:
    name = said["rulebook"]
    beside = str(folder / name) if name.endswith(".toml") else name
    try:
        return templates(beside), zone_of(said["timezone"])
    except LedgerError as error:
        raise Unreadable(f"{where}: {error.message}", hint=error.hint) from None


_RALLY_KEYS = {"code", "name", "rulebook", "timezone", "stage", "whole"}
_STAGE_KEYS = {"code", "date", "from", "to", "special_km", "liaison_km", "precision"}


def _stage(where: str, order: int, said: dict[str, Any]) -> Fields:
    fields: Fields = {"stage": said.get("code"), "order": order}
    if "date" in said:
        if not isinstance(said["date"], date):
            raise Unreadable(f"{where}: {said.get('code')}: {said['date']!r} is not a date.")
        fields["date"] = said["date"].isoformat()
    for name, field in (("from", "start_place"), ("to", "finish_place")):
        if name in said:
            fields[field] = said[name]
    for name, field in (("special_km", "special_m"), ("liaison_km", "liaison_m")):
        if name in said:
            fields[field] = _metres(str(said[name]))
    if "precision" in said:
        fields["precision_ms"] = _precision(where, said["precision"])
    return fields


def _precision(where: str, said: object) -> int:
    if isinstance(said, str) and said in PRECISIONS:
        return PRECISIONS[said]
    if isinstance(said, (int, float)) and not isinstance(said, bool):
        precise = Decimal(str(said)) * 1000
        if precise >= 1 and precise == int(precise):
            return int(precise)
    raise Unreadable(
        f"{where}: the precision {said!r} is not known.",
        hint=f"Seconds (1, 0.1, 0.001) or one of: {', '.join(PRECISIONS)}.",
    )


def _metres(km: str) -> int:
    try:
        metres = Decimal(km.replace(",", ".")) * 1000
        if metres.is_finite() and metres >= 0:
            return int(metres)
    except InvalidOperation:
        pass
    raise Unreadable(f"{km!r} is not a distance in kilometres.")


# -- the other files -----------------------------------------------------------------------------


def _given(row: Cells, *names: str) -> Fields:
    return {name: row[name] for name in names if row[name]}


def _entry(_rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    fields = _given(
        row, "number", "driver", "nationality", "category", "group", "class", "vehicle", "team"
    )
    if row["codrivers"]:
        fields["codrivers"] = [name.strip() for name in row["codrivers"].split(" / ")]
    return "CrewEntered", fields, row["number"]


def _waypoint(rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    fields = _given(row, "stage", "category", "point", "kind")
    if not row["order"].isdecimal() or len(row["order"]) > 6:
        raise Unreadable(f"The order {row['order']!r} is not a whole number.")
    fields["order"] = int(row["order"])
    if row["km"]:
        fields["at_m"] = _metres(row["km"])
    if row["kind"] == "dss":
        rally.starts[row["stage"], row["point"]] = True
    return "WaypointPlaced", fields, f"{row['stage']}/{row['category']}/{row['point']}"


def _time(rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    fields = {**_given(row, "stage", "number", "source"), **rally.instant(row["stage"], row["at"])}
    key = f"{row['stage']}/{row['number']}/{row['point'] or 'finish'}/{row['source']}"
    if not row["elapsed"] and not row["at"]:
        raise Unreadable("Neither 'elapsed' nor 'at' is given.")
    if row["elapsed"]:
        fields["elapsed_ms"] = parse_duration(row["elapsed"])
        if fields["elapsed_ms"] < 0:
            raise Unreadable(f"The time {row['elapsed']!r} is negative.")
    if (row["stage"], row["point"]) in rally.starts:
        if not row["at"]:
            raise Unreadable("A start needs an instant in the column 'at'.")
        fields.pop("elapsed_ms", None)
        return "StageStarted", fields, key
    if row["point"] or "elapsed_ms" not in fields:
        return "PassingRecorded", {**fields, **_given(row, "point")}, key
    if row["source"] in ("assessed", "notional"):
        fields["basis"] = row["source"]
    return "StageTimeRecorded", fields, key


def _penalty(rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    fields = _given(row, "stage", "number", "reason", "article", "applies_to", "document")
    fields["amount_ms"] = parse_duration(row["penalty"])
    fields |= rally.instant(row["stage"], "")
    return "PenaltyGiven", fields, f"{row['stage']}/{row['number']}"


_ACTS_ON_CREWS = {
    "retired": "RetirementReported",
    "not-started": "CrewNotStarted",
    "restarted": "CrewRestarted",
    "withdrawn": "CrewWithdrew",
    "disqualified": "CrewDisqualified",
}
_ACTS_ON_STAGES = {
    "cancelled": "StageCancelled",
    "shortened": "StageShortened",
    "reinstated": "StageReinstated",
    "closed": "StageClosed",
}


def _status(rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    kind = _act(row["act"], _ACTS_ON_CREWS)
    fields = {**_given(row, "stage", "number", "reason"), **rally.instant(row["stage"], row["at"])}
    if kind == "RetirementReported":
        # A sheet does not tell who may come back; the rulebook and a later row do.
        fields |= {**_given(row, "place"), "definitive": False}
    return kind, fields, f"{row['number']}/{row['stage']}/{row['act']}"


def _direction(rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    kind = _act(row["act"], _ACTS_ON_STAGES)
    fields = {**_given(row, "stage", "reason"), **rally.instant(row["stage"], row["at"])}
    if row["categories"] and kind != "StageClosed":
        fields["categories"] = [each.strip() for each in row["categories"].split(";")]
    if kind == "StageShortened":
        fields |= _given(row, "point")
    return kind, fields, f"{row['stage']}/{row['act']}/{row['categories']}"


def _act(said: str, known: Mapping[str, str]) -> str:
    if said not in known:
        raise Unreadable(f"The act {said!r} is not known (there are: {', '.join(known)}).")
    return known[said]


SHEETS = (
    Sheet(
        "entries",
        (
            "number",
            "driver",
            "nationality",
            "codrivers",
            "category",
            "group",
            "class",
            "vehicle",
            "team",
        ),
        ("number", "driver", "category"),
        _entry,
    ),
    Sheet(
        "waypoints",
        ("stage", "category", "point", "order", "km", "kind"),
        ("stage", "point", "order"),
        _waypoint,
    ),
    Sheet(
        "times", ("stage", "number", "point", "elapsed", "at", "source"), ("stage", "number"), _time
    ),
    Sheet(
        "penalties",
        ("stage", "number", "penalty", "reason", "article", "applies_to", "document"),
        ("stage", "number", "penalty"),
        _penalty,
        repeats=True,
    ),
    Sheet(
        "status",
        ("stage", "number", "act", "at", "reason", "place"),
        ("number", "act"),
        _status,
        repeats=True,
    ),
    Sheet(
        "direction",
        ("stage", "act", "categories", "point", "at", "reason"),
        ("stage", "act"),
        _direction,
        repeats=True,
    ),
)
