"""The tables that there are: what each holds, its columns, and what tells its rows apart."""

from __future__ import annotations

from cli.tables import words
from cli.tables.table import Reference, Table

_LINE = ("classification", "number", "version")
_COMPLAINT = ("classification", "version")
_OF_A_CREW = Reference("number", "crews", "number")
_OF_A_RECORD = Reference("position", "log", "position")
_ALONG_THE_LOG = (
    Reference("from_position", "log", "position"),
    Reference("to_position", "log", "position"),
)

TABLES = (
    Table(
        "basis",
        "What the tables rest on",
        "One row: of which log up to which record, and the root that it had there.",
        words.BASIS,
        ("ledger",),
    ),
    Table(
        "log",
        "The log",
        "One row for each record. Nothing in it ever changes; corrections are records.",
        words.LOG,
        ("position",),
    ),
    Table(
        "stages",
        "The stages",
        "The itinerary as it stands, and what became of each stage.",
        words.STAGES,
        ("stage",),
    ),
    Table(
        "standings",
        "The standings along the log",
        "What `rally standings --known-at` shows: a row for each line, over the positions at which "
        "it held. After record 148: WHERE 148 BETWEEN from_position AND to_position, by place, "
        "then by `number_order` of the crew.",
        words.lines(words.ALONG_THE_LOG),
        _LINE,
        (_OF_A_CREW, *_ALONG_THE_LOG),
    ),
    Table(
        "road_standings",
        "The standings on the road",
        "What `rally standings --effective-at` shows: a row for each line, over the instants at "
        "which it held by what had happened by then, as it is known now.",
        words.lines(words.ALONG_THE_RALLY),
        _LINE,
        (_OF_A_CREW,),
    ),
    Table(
        "without_standings",
        "Where there are no standings along the log",
        "Over which positions there is no list, and why.",
        words.complaints(words.ALONG_THE_LOG),
        _COMPLAINT,
        _ALONG_THE_LOG,
    ),
    Table(
        "without_road_standings",
        "Where there are no standings on the road",
        "Over which instants there is no list, and why.",
        words.complaints(words.ALONG_THE_RALLY),
        _COMPLAINT,
    ),
    Table(
        "crews",
        "The crews",
        "Every crew that is entered or was ever listed, as it stands, and what became of it.",
        words.CREWS,
        ("number",),
    ),
    Table(
        "decisions",
        "The register of decisions",
        "What `rally decisions` shows: every decision, with what became of it.",
        words.DECISIONS,
        ("position",),
        (_OF_A_RECORD,),
    ),
    Table(
        "penalties",
        "The penalties",
        "What `rally penalties` lists: given or computed from times, in force or not.",
        words.PENALTIES,
        ("penalty",),
    ),
    Table(
        "points",
        "The points of the championship",
        "What `rally points` gives, in each table that the regulations define: a row for each "
        "part. Those of a season are added over several rallies, each with tables of its own.",
        words.POINTS,
        ("award",),
    ),
)


def explained() -> str:
    """What each table holds, as a page has it: a line for each column."""
    return "\n\n".join(_page(each) for each in TABLES)


def _page(table: Table) -> str:
    width = max(len(each.name) for each in table.columns)
    lines = [f"    {each.name:<{width}}  {each.explained}" for each in table.columns]
    return "\n".join([f"## {table.name}", "", table.words, "", *lines])
