"""The tables of a folder of sheets: what each says, its columns, and how a row of it is read.

Each row has a key of its own (stage, number, point …), the same in whichever form it stands.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from ledger.errors import Unreadable
from ledger.intake.columns import Column, known, needed
from ledger.intake.rally_toml import TAKEN_OFF, Cells, Fields, Rally, metres
from ledger.lists import BETWEEN, codes, names
from ledger.spelling import composed
from ledger.times import format_duration, parse_duration
from ledger.vocabulary.rally import START

YES_NO = {"yes": True, "no": False, "": None}


class Sheet(NamedTuple):
    """A table of a folder: what it says, its columns, and how a row is read."""

    name: str
    says: str
    columns: tuple[Column, ...]
    read: Callable[[Rally, Cells], tuple[str, Fields, str]]
    repeats: bool = False
    """Whether several rows may bear one key: the second penalty of a crew on a stage."""

    @property
    def known(self) -> tuple[str, ...]:
        """The columns that it may have."""
        return known(self.columns)

    @property
    def needed(self) -> tuple[str, ...]:
        """The columns that it must have, and fill."""
        return needed(self.columns)


def _given(row: Cells, *names: str) -> Fields:
    return {name: row[name] for name in names if row[name]}


def _word(row: Cells, name: str) -> str:
    """A cell in which one of a few words stands, in capitals or not."""
    return row[name].casefold()


def _entry(_rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    fields = _given(
        row, "number", "driver", "nationality", "category", "group", "class", "vehicle", "team"
    )
    for column in ("category", "group", "class"):
        if BETWEEN in row[column]:
            raise Unreadable(
                f"A crew runs in one {column}, not in {row[column]!r}: the other rankings that it "
                "runs in are trophies."
            )
    if row["codrivers"]:
        fields["codrivers"] = names(row["codrivers"])
    if row["trophies"]:
        fields["trophies"] = codes(row["trophies"])
    return "CrewEntered", fields, row["number"]


def _waypoint(rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    fields = _given(row, "stage", "category", "point", "kind")
    if not row["order"].isdecimal() or len(row["order"]) > 6:
        raise Unreadable(f"The order {row['order']!r} is not a whole number.")
    fields["order"] = int(row["order"])
    if row["km"]:
        fields["at_m"] = metres(row["km"])
    if row["ideal"]:
        fields["ideal_ms"] = parse_duration(row["ideal"])
    if row["average_kmh"]:
        fields["average_m_per_h"] = metres(row["average_kmh"])
    if _word(row, "kind") == START:
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
    included = _includes(rally, row)
    if (row["stage"], row["point"]) in rally.starts:
        if not row["at"]:
            raise Unreadable("A start needs an instant in the column 'at'.")
        fields.pop("elapsed_ms", None)
        return "StageStarted", fields, key
    if row["point"] or "elapsed_ms" not in fields:
        return "PassingRecorded", {**fields, **_given(row, "point")}, key
    if _word(row, "source") in ("assessed", "notional"):
        fields["basis"] = _word(row, "source")
    if included:
        fields |= {"standing": "derived", "note": TAKEN_OFF}
        fields["elapsed_ms"] -= _to_take_off(rally, row, fields["elapsed_ms"])
    return "StageTimeRecorded", fields, key


def _includes(rally: Rally, row: Cells) -> bool:
    """Whether a time holds the penalties of its stage already: its row says so, or rally.toml."""
    if (said := row["includes_penalties"].casefold()) not in YES_NO:
        raise Unreadable(f"{row['includes_penalties']!r} is neither yes nor no.")
    if YES_NO[said] and (row["point"] or not row["elapsed"]):
        raise Unreadable("Only the time of a whole stage can hold its penalties.")
    told = YES_NO[said]
    return rally.includes(row["stage"]) if told is None else told


def _to_take_off(rally: Rally, row: Cells, elapsed_ms: int) -> int:
    """The penalties that a time holds (ms): those that the stage's result carries."""
    penalties = rally.penalties.get(owner(row), 0)
    whose = f"the penalties of crew {row['number']} on {row['stage']}"
    if penalties is None:
        raise Unreadable(f"It holds {whose}, one of which can't be read.")
    if penalties > elapsed_ms:
        total = format_duration(penalties)
        raise Unreadable(f"It can't hold {whose}: they are {total}, more than the time.")
    return penalties


def owner(row: Cells) -> tuple[str, str]:
    """Whose row it is, on which stage: by that a time finds its penalties."""
    return composed(row["stage"]), composed(row["number"])


def penalty_held(row: Cells) -> int:
    """How much of a penalty the time of its stage may hold (ms); of one on the road nothing."""
    return parse_duration(row["penalty"]) if _word(row, "applies_to") in ("", "stage") else 0


def _penalty(rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    fields = _given(row, "stage", "number", "reason", "article", "document")
    if row["applies_to"]:
        fields["applies_to"] = _word(row, "applies_to")
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
    kind = _act(row, _ACTS_ON_CREWS)
    fields = {**_given(row, "stage", "number", "reason"), **rally.instant(row["stage"], row["at"])}
    if kind == "RetirementReported":
        # A sheet does not tell who may come back; the rulebook and a later row do.
        fields |= {**_given(row, "place"), "definitive": False}
    return kind, fields, f"{row['number']}/{row['stage']}/{_word(row, 'act')}"


def _direction(rally: Rally, row: Cells) -> tuple[str, Fields, str]:
    kind = _act(row, _ACTS_ON_STAGES)
    fields = {**_given(row, "stage", "reason"), **rally.instant(row["stage"], row["at"])}
    if row["categories"] and kind != "StageClosed":
        fields["categories"] = codes(row["categories"])
    if kind == "StageShortened":
        fields |= _given(row, "point")
    return kind, fields, f"{row['stage']}/{_word(row, 'act')}/{row['categories']}"


def _act(row: Cells, known: Mapping[str, str]) -> str:
    if _word(row, "act") not in known:
        raise Unreadable(f"The act {row['act']!r} is not known (there are: {', '.join(known)}).")
    return known[_word(row, "act")]


_AT = Column("at", "When: ISO 8601 with the offset, or the rally's time.", "2027-03-01T12:10:00")
_REASON = Column("reason", "Why.")

SHEETS = (
    Sheet(
        "entries",
        "the crews, one a line",
        (
            Column("number", "The race number.", "101", True),
            Column("driver", "The driver.", "Vera Sand", True),
            Column("nationality", "Of the driver.", "KSA"),
            Column("codrivers", f'The others, with " / " or {BETWEEN!r} between.', "Lin Gobi"),
            Column("category", "The one category in which the crew is classified.", "cars", True),
            Column("group", "Its group."),
            Column("class", "Its class.", "T1.1"),
            Column("vehicle", "What it drives.", "Dromedar 4x4"),
            Column("team", "Its team.", "Dune"),
            Column(
                "trophies",
                f"What it is ranked in besides its category, with {BETWEEN!r} between.",
                "juniors;rookies",
            ),
        ),
        _entry,
    ),
    Sheet(
        "waypoints",
        "the points of the stages",
        (
            Column("stage", "The stage.", "SS1", True),
            Column("category", "For which category; empty: for all."),
            Column("point", "The point.", "CP1", True),
            Column("order", "Its place on the stage, counted from the start.", "1", True),
            Column("km", "How far it is from the start.", "120.5"),
            Column("kind", "dss (the start), ass (the finish), secret, or its kind.", "wpm"),
            Column("ideal", "Of a regularity stage: the ideal time to it from the start."),
            Column("average_kmh", "The average to keep up to it, where that gives the time."),
        ),
        _waypoint,
    ),
    Sheet(
        "times",
        "the times of crews, at points and of whole stages",
        (
            Column("stage", "The stage.", "SS1", True),
            Column("number", "The crew.", "101", True),
            Column("point", "The point; empty: the finish, a stage time."),
            Column("elapsed", "The time since the start, without penalties.", "2:02:11"),
            _AT,
            Column("source", "official, gps, beam …; assessed or notional.", "official"),
            Column(
                "includes_penalties",
                "yes: it holds the penalties that apply to its stage (penalties.csv) already. They "
                "are taken off, so that they count once. Empty: as rally.toml says.",
                "no",
            ),
        ),
        _time,
    ),
    Sheet(
        "penalties",
        "the penalties, one a line; for several of a crew on a stage several lines",
        (
            Column("stage", "The stage.", "SS1", True),
            Column("number", "The crew.", "101", True),
            Column("penalty", "How much.", "0:02:00", True),
            Column("reason", "Why.", "waypoint missed"),
            Column("article", "The article of the regulations.", "41.2"),
            Column(
                "applies_to",
                "stage (also if empty), road, or overall: which result carries it.",
                "stage",
            ),
            Column("document", "The number of the decision.", "12"),
        ),
        _penalty,
        repeats=True,
    ),
    Sheet(
        "status",
        "what became of crews",
        (
            Column("stage", "The stage.", "SS1"),
            Column("number", "The crew.", "101", True),
            Column("act", f"{', '.join(_ACTS_ON_CREWS)}.", "retired", True),
            _AT,
            _REASON._replace(example="gearbox"),
            Column("place", "Where, of one that retired.", "km 61"),
        ),
        _status,
        repeats=True,
    ),
    Sheet(
        "direction",
        "what became of stages",
        (
            Column("stage", "The stage.", "SS1", True),
            Column("act", f"{', '.join(_ACTS_ON_STAGES)}.", "cancelled", True),
            Column(
                "categories",
                f"For which categories, with {BETWEEN!r} between; empty: for all.",
                "moto;quad",
            ),
            Column("point", "Where a shortened stage ends."),
            _AT._replace(example="2027-03-01T07:00:00"),
            _REASON._replace(example="sandstorm"),
        ),
        _direction,
        repeats=True,
    ),
)
"""What a folder may hold, in the order in which it is read."""
