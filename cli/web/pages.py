"""The pages as data: what of an answer stands in which table, under which titles.

A read that is not named here has a page all the same: whatever lists it answers are its tables.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from cli.office.reads import READS


class Table(NamedTuple):
    """A table of a page: where its rows stand in the answer, and the columns in their order.

    Names joined by "+" share a column, and one may have a title of its own behind ":". `nothing` is
    what is said where there are no rows; where that is not worth saying, it is empty.
    """

    rows: str
    columns: tuple[str, ...] = ()
    title: str = ""
    nothing: str = "None."


class Page(NamedTuple):
    """A page of a read: its title, where it stands in the menu, its tables, and how it is laid out.

    `wants` is what has to be said besides what the read itself requires, `wants_one_of` of what one
    at least; `unless_said` what is asked of a page, and not of its other forms, where nobody says
    otherwise.
    """

    title: str
    group: str = "More"
    tables: tuple[Table, ...] = ()
    template: str = "tables.html"
    wants: tuple[str, ...] = ()
    unless_said: tuple[tuple[str, int], ...] = ()
    wants_one_of: tuple[str, ...] = ()


GROUPS = ("Results", "Crews", "Stewards", "Compare", "Log", "More")
_RANKED = Table(
    "rows",
    (
        *("place", "number", "driver+codrivers", "total_ms", "gap_ms", "interval_ms"),
        *("penalty_ms", "time_ms", "flags", "nationality", "category", "class", "vehicle", "team"),
    ),
    nothing="Nobody is classified yet.",
)
_UNRANKED = Table(
    "unclassified",
    ("number", "driver", "category", "status", "stage", "reason"),
    "Not classified",
    "",
)
_MOVES = Table(
    "rows",
    ("number", "driver", "category", "place", "total_ms", "gap_ms", "status", "because"),
    nothing="Nobody moves.",
)
_BECAUSE = Table("records", ("position", "recorded_at", "words", "recorded_by"), "Because of", "")
_TREATED = (
    *("rally", "record", "crew", "category", "stage", "at", "what", "given", "outcome"),
    *("by:Alike by", "differs:But", "position:Here:records"),
)
_OF_A_DECISION = ("decision", "number", "status", "notified_at", "appeal_until", "review_until")

PAGES: dict[str, Page] = {
    "standings": Page("Standings", "Results", (_RANKED, _UNRANKED), "standings.html"),
    "teams": Page(
        "Teams",
        "Results",
        (
            Table(
                "rows",
                ("place", "team", "total_ms", "gap_ms", "interval_ms", "crews"),
                nothing="No team is classified.",
            ),
            Table("unclassified", ("team", "classified", "reason"), "Not classified", ""),
        ),
    ),
    "points": Page(
        "Points",
        "Results",
        (
            Table(
                "rows",
                ("category", "place", "name", "points", "numbers", "awards:For"),
                nothing="Nobody scores yet.",
            ),
            Table(
                "without",
                ("number", "driver", "what:In", "place", "why:Because"),
                "Without points",
                "",
            ),
            Table(
                "rules",
                ("parameter", "value", "provenance", "set_by", "position"),
                "By these rules",
                "",
            ),
        ),
    ),
    "season": Page("Season", "Results", template="season.html"),
    "start-order": Page(
        "Start order",
        "Results",
        (Table("rows", ("place", "number", "driver", "due_at", "basis_ms", "note")),),
        "start_order.html",
    ),
    "chart": Page("Charts", "Results", template="chart.html"),
    "history": Page(
        "History",
        "Results",
        (
            Table(
                "stages",
                (
                    *("after", "made", "place", "leaders", "drivers", "total_ms", "gap_ms"),
                    *("ahead_ms", "status", "reason"),
                ),
                "Along the rally",
                nothing="No stage has a result yet.",
            ),
            Table(
                "changes",
                (
                    *("position", "place", "before", "leaders", "drivers", "total_ms", "gap_ms"),
                    *("ahead_ms", "status", "reason", "words", "by", "recorded_at"),
                ),
                "Along the log",
                nothing="No record has changed it.",
            ),
        ),
        "history.html",
    ),
    "crew": Page("Crew", "Crews", template="crew.html"),
    "time-card": Page("Time card", "Crews", template="time_card.html"),
    "why": Page("Why", "Crews", template="why.html"),
    "finishers": Page("Finishers", "Crews", (Table("rows"),), "finishers.html"),
    "retirements": Page(
        "Retirements",
        "Crews",
        (
            Table(
                "rows",
                (
                    *("number", "driver", "category", "status", "stage", "place", "reason"),
                    *("restarted", "position"),
                ),
                nothing="Nobody has left.",
            ),
        ),
    ),
    "penalties": Page(
        "Penalties",
        "Crews",
        (
            Table(
                "rows",
                (
                    *("number", "driver", "stage", "amount_ms", "applies_to", "reason"),
                    *("article", "status", "positions"),
                ),
                nothing="None was given.",
            ),
            Table(
                "crossfoot",
                ("number", "time_ms", "listed_ms", "total_ms", "agrees"),
                "Cross-foot",
                "",
            ),
        ),
    ),
    "incidents": Page(
        "Incidents",
        "Crews",
        (
            Table(
                "rows",
                (
                    *("fact_at", "number", "driver", "stage", "kind", "words", "injury", "open"),
                    *("decided", "position"),
                ),
                nothing="Nothing was reported.",
            ),
        ),
    ),
    "proposals": Page(
        "Proposals",
        "Stewards",
        (
            Table(
                "rows",
                (
                    *("name", "number", "driver", "stage", "words"),
                    *("amount_ms:Proposed:time", "arithmetic"),
                    *("cited", "source", "state", "adopted_ms", "reason", "why_not", "remarks"),
                    "positions",
                ),
                nothing="Nothing is proposed.",
            ),
        ),
    ),
    "cards": Page(
        "Cards",
        "Crews",
        (
            Table(
                "rows",
                ("cell", "stage", "stands", "by:Keyed by", "read", "positions"),
                nothing="No card was keyed.",
            ),
            Table(
                "closings",
                (
                    *("position", "stage", "control", "closed_at", "by:Closed by", "cells"),
                    *("wanted:To be read again", "proves"),
                ),
                "Closed",
                "",
            ),
        ),
        "cards.html",
    ),
    "outstanding": Page(
        "Outstanding",
        "Crews",
        (
            Table("still_out", title="Still out", nothing="Nobody is out."),
            Table("missing", title="Missing", nothing="Nothing is missing."),
            Table("blockers", title="What keeps a stage from being closed", nothing=""),
            Table("single_source", title="Times of one source alone", nothing=""),
            Table("untold", title="Not told yet", nothing=""),
            Table("awaited", title="Awaited", nothing=""),
        ),
    ),
    "decisions": Page(
        "Decisions",
        "Stewards",
        (
            Table(
                "rows",
                (
                    *("series+decision", "document", "decided_at", "number", "stage", "ruling"),
                    *("effects", "status", "supersedes", "superseded_by", "position"),
                ),
                nothing="The register is empty.",
            ),
        ),
        "decisions.html",
    ),
    "alike": Page(
        "Alike",
        "Stewards",
        (
            Table("summary", ("words:Searched",)),
            Table("given", _TREATED, "Given", "Nothing was given for the like."),
            Table("amounts", ("act", "outcome", "count", "words:Amounts"), "Amounts", ""),
            Table("unpunished", _TREATED, "Nothing given", "Nothing like it went unpunished."),
            Table("near", _TREATED, "Near misses", "None."),
            Table("searched_in", ("rally", "up_to", "searched", "decisions", "file"), "Searched"),
        ),
        wants_one_of=("decision", "article", "fact", "tariff", "words", "category", "stage"),
    ),
    "docket": Page(
        "Docket",
        "Stewards",
        (
            Table("rows", (*_OF_A_DECISION, "protest_until", "next_at", "next", "position")),
            Table(
                "others",
                (
                    *("kind", "about", "number", "competitor", "party", "lodged_at", "lodged_with"),
                    *("means", "due_at:In time until:when", "admissible", "why_not", "remark"),
                    *("step", "ended_at", "outcome", "open", "position"),
                ),
                "Lodged against other matters",
            ),
        ),
        "docket.html",
    ),
    "publications": Page("Notice board", "Stewards", template="publications.html"),
    "exhibit list": Page("Exhibits", "Stewards", template="exhibit_list.html"),
    "exhibit check": Page(
        "Exhibits checked",
        "Log",
        (
            Table(
                "rows",
                ("title", "file", "stored", "size", "target_position", "position"),
                nothing="No file is bound to any record.",
            ),
        ),
    ),
    "protest-clock": Page(
        "Protest clock",
        "Stewards",
        (
            Table(
                "rows",
                (
                    *("document", "kind", "title", "opens_at", "closes_at"),
                    *("may_become_final", "why_not", "position"),
                ),
                nothing="No classification is posted.",
            ),
        ),
    ),
    "due": Page(
        "Due",
        "Stewards",
        (
            Table(
                "rows",
                ("at", "state", "about", "what", "act", "position"),
                nothing="Nothing is due.",
            ),
        ),
    ),
    "rulebook show": Page(
        "Rules",
        "Stewards",
        (
            Table(
                "parameters",
                ("name:Rule:rule", "value", "meaning", "provenance", "origin", "assumed"),
            ),
            Table("bulletins", title="Bulletins", nothing=""),
            Table("not_in_force", title="Not in force", nothing=""),
            Table("undefined", ("name:Rule:rule", "meaning", "wanted"), "Not defined", ""),
        ),
    ),
    "rulebook explain": Page("Rule", "Stewards", template="rule.html"),
    "rulebook check": Page("Sources of rulebooks", "More", template="sources.html"),
    "document receipt": Page("Receipt", "Stewards", template="receipt.html"),
    "diff": Page("Compare", "Compare", (_MOVES, _BECAUSE), "compared.html"),
    "what-if": Page("What if", "Compare", (_MOVES, _BECAUSE), "compared.html", ("without",)),
    "drift": Page(
        "Drift",
        "Compare",
        (
            Table("rows", nothing="Nobody stands otherwise than posted."),
            Table("unclassified", title="Not classified", nothing=""),
            Table("records", ("position", "words", "by"), "Because of", ""),
            Table("rules", title="Rules that changed", nothing=""),
        ),
    ),
    "log": Page("Log", "Log", template="log.html", unless_said=(("newest", 100),)),
    "show": Page("Record", "Log", template="record.html"),
    "late": Page(
        "Late",
        "Log",
        (
            Table(
                "rows",
                ("position", "happened_at", "recorded_at", "delay_ms", "recorded_by", "words"),
                nothing="Nothing came so late.",
            ),
            Table("sources", title="By source", nothing=""),
            Table("officials", title="By official", nothing=""),
        ),
    ),
    "marks": Page(
        "Marks",
        "Log",
        (
            Table("marks", ("position", "kind", "stage", "words"), nothing="Nothing yet."),
            Table("stages", title="Stages, from their first reading", nothing=""),
        ),
    ),
    "anomalies": Page(
        "Anomalies",
        "Log",
        (Table("rows", ("kind", "positions", "message"), nothing="Nothing contradicts itself."),),
    ),
    "check": Page(
        "Check",
        "Log",
        (
            Table(
                "findings",
                ("kind", "position", "number", "stage", "message", "hint"),
                nothing="Nothing was found.",
            ),
        ),
    ),
    "types": Page("Types of records", "Log", template="types.html"),
    "site": Page("Sites", "Log"),
    "moment": Page("Moment", "Log", template="moment.html"),
    "verify": Page("Proof", "Log", template="verify.html"),
}


def page_of(read: str) -> Page:
    """The page of a read."""
    return PAGES.get(read) or Page(read.capitalize())


@cache
def menu() -> dict[str, list[str]]:
    """The reads by the group in which their pages stand."""
    reads = (*PAGES, *(each for each in READS if each not in PAGES))
    return {group: [e for e in reads if page_of(e).group == group] for group in GROUPS}
