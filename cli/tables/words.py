"""What the columns of the tables mean, in the words of the sport.

Columns that several tables share stand here once.
"""

from __future__ import annotations

from cli.tables.table import (
    METRES,
    MS,
    Column,
    figure,
    json_object,
    json_objects,
    maybe,
    maybe_number,
    maybe_yes_or_no,
    moment,
    number,
    positions,
    text,
    texts,
    yes_or_no,
)

CREW = text("number", "The race number of the crew.")
ENTRY = (
    text("driver", "The driver."),
    texts("codrivers", "The co-drivers."),
    text("nationality", "The nationality, as it was entered."),
    text("category", "The category in which the crew runs."),
    text("class", "The class in which it runs."),
    text("vehicle", "The vehicle."),
    text("team", "The team."),
)

BASIS = (
    text("ledger", "The identity of the ledger."),
    text("rally", "The code of the rally."),
    text("title", "The name of the rally."),
    number("position", "The last record that is in the tables."),
    text("root", "The root of the log there: it commits to every record up to it."),
    maybe("received_at", "When that record was received (ISO 8601, UTC)."),
    text("rulebook", "The rulebook in force."),
    number("edition", "The edition of the computing rules."),
)

LOG = (
    number("position", "The number of the record in this log, from 1 without gaps."),
    text("id", "The identity of the occurrence: the SHA-256 of its canonical bytes, in hex."),
    text("type", "What happened, as `rally types` lists it."),
    text("words", "What happened, in one sentence."),
    *moment("fact_at", "When it happened on the road.", needed=False),
    yes_or_no("fact_assumed", "No source gives that instant: it is assumed."),
    *moment("recorded_at", "When it was put on record, by the clock of that site."),
    *moment("received_at", "When this log received it.", offset=False),
    text("recorded_by", "Who recorded it: a claim, as long as records are not signed."),
    text("role", "In which office."),
    text("source", "From which source: its name, or else its kind."),
    text("source_kind", "How it was obtained: beam, gps, hand, official and others."),
    text("source_seq", "Which line of its source it is."),
    text("site", "Where it was recorded first."),
    number("site_position", "The number that it has there."),
    text("number", "The race number that it names; empty for none. See `tags` for all."),
    text("stage", "The stage that it names; empty for none."),
    text("reason", "The reason that was given."),
    texts("tags", "What it is about: crew:102, stage:SS12, office:stewards, ref:ID."),
    maybe("handle", "Its short name, as penalty-1; missing for types that have none."),
    maybe_number("voided_by", "The record by which it is void; missing where it is not."),
    maybe_number("corrected_by", "The record that corrects it; missing where none does."),
    maybe("without_effect", "Why it has no effect as it stands; missing where it has one."),
    json_object(
        "occurrence", "All that was recorded, as it is hashed into the id. No private value."
    ),
    text("leaf", "The hash of the record in the tree of the log, in hex."),
)

STAGES = (
    text("stage", "The code of the stage."),
    number("order", "Its number in the itinerary, from 1."),
    text("title", "Its name."),
    text("date", "Its day."),
    text("start_place", "Where it starts."),
    text("finish_place", "Where it finishes."),
    text(
        "kind",
        "Prologue, super-special, selective, marathon, liaison, power-stage, regularity; "
        "empty is selective.",
    ),
    maybe_number("special_m", "The length of the selective section.", METRES),
    maybe_number("liaison_m", "The length of the liaison.", METRES),
    maybe_number("precision_ms", "How finely it is timed, where the plan says.", MS),
    maybe_number("max_time_ms", "The time within which it must be finished.", MS),
    *moment("first_start_at", "The official start of the first crew.", needed=False),
    yes_or_no("timed", "Whether it is timed at all."),
    maybe_yes_or_no("run", "Whether somebody has a time on it, in a category that it counts for."),
    yes_or_no("closed", "Whether it was closed."),
    texts("cancelled_for", "The categories of crews for which it was cancelled."),
)

_LIST = text("classification", "Of which crews the list is: empty for all, else as --category.")
_VERSION = number("version", "Which line of the crew in the list it is, from 1 on.")
_COMPLAINT = number("version", "Which time that there was none it is, from 1 on.")
_STANDS = (
    maybe_number("place", "The place; missing for who is not classified."),
    text("status", "`classified`, or what became of the crew: running, retired and so on."),
    text("stage", "The stage that decides on that; empty for who is classified."),
    text("reason", "Why the crew is not classified; empty for who is."),
    *ENTRY,
    maybe_number("time_ms", "The sum of the times that count.", MS),
    maybe_number("penalty_ms", "The sum of the penalties that count.", MS),
    maybe_number("total_ms", "Times and penalties.", MS),
    maybe_number("gap_ms", "The gap to the first of the list.", MS),
    maybe_number("interval_ms", "The gap to the crew before it.", MS),
    texts("flags", "What a reader should know of the line, as `unequal-stages`."),
)
ALONG_THE_LOG = (
    number("from_position", "The record from which on it held."),
    number("to_position", "The last record at which it held."),
)
ALONG_THE_RALLY = (
    *moment("from_at", "From when on it held; missing is from the beginning.", needed=False)[:2],
    *moment("to_at", "Until when it held; missing is for good.", needed=False)[:2],
)


def lines(axis: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of the lines of classifications, with how long each held."""
    return (_LIST, CREW, _VERSION, *axis, *_STANDS)


def complaints(axis: tuple[Column, ...]) -> tuple[Column, ...]:
    """The columns of what is said where there is no classification."""
    return (
        _LIST,
        _COMPLAINT,
        *axis,
        text("why", "Why there is no list: the rules do not suffice for it."),
    )


CREWS = (
    CREW,
    number("number_order", "Its place by race number: so are equal places and the others listed."),
    *ENTRY,
    text("group", "The group in which it runs."),
    texts("trophies", "The trophies that it runs for besides."),
    yes_or_no("entered", "Whether the entry stands; else it is as it was listed last."),
    maybe_number("position", "The record of the entry that stands."),
    text(
        "status",
        "What became of the crew: finished, running, retired and others; empty if no rule tells.",
    ),
    text("status_stage", "Where."),
    text("status_reason", "Why."),
)

DECISIONS = (
    number("position", "The record of the decision."),
    text("id", "The identity of that record."),
    text("series", "Whose decisions are numbered together: clerk, stewards, court."),
    text("decision", "Its number in the series."),
    text("title", "How it is called."),
    text("document", "The document on the board."),
    text("number", "The race number of the crew that it is about."),
    text("driver", "The driver."),
    text("competitor", "The competitor."),
    text("stage", "The stage that it is about."),
    *moment("fact_at", "When the fact was.", needed=False)[:1],
    *moment("decided_at", "When it was taken.")[:1],
    text("sender", "From whom."),
    text("addressee", "To whom."),
    text("fact", "What happened, as found."),
    text("infringement", "Which rule was broken."),
    text("ruling", "What was decided."),
    text("reason", "Why."),
    texts("signed_by", "Who signed."),
    text("outcome", "What a court made of the decision before it."),
    yes_or_no("appealable", "Whether it may be appealed against."),
    text(
        "status",
        "In force, execution suspended, quashed, varied, superseded, rescinded and others.",
    ),
    positions("positions", "The records that made it so."),
    text("supersedes", "The decision in whose place it is."),
    text("superseded_by", "The decision in its place."),
    texts("claimed_by", "The decisions that all claim to supersede it."),
    json_objects("effects", "What it does, act by act, each with its status."),
    json_objects("fines", "What of its fines is owed, suspended and paid; none where it has none."),
    texts("concerns", "The race numbers of the crews that it concerns."),
    *moment("notified_at", "When it was notified.", needed=False)[:1],
    *moment("acknowledged_at", "When that was acknowledged.", needed=False)[:1],
    json_object(
        "seen", "What the signers saw; missing where nothing was put before them.", needed=False
    ),
    json_objects("steps", "The records that bear on it, in their order."),
    texts("exhibits", "What is bound to it."),
)

PENALTIES = (
    number("penalty", "The number of the row: of crews, then of stages."),
    CREW,
    text("driver", "The driver."),
    text("category", "The category."),
    text("stage", "The stage on which it is."),
    number("amount_ms", "How long it is.", MS),
    text(
        "applies_to", "Where it counts: `stage`, the `overall` alone, or the `road` of the stage."
    ),
    text("kind", "What it is for."),
    text("basis", "Whether it was given, or computed from times by the rules."),
    text("status", "In force, withdrawn, quashed and others."),
    yes_or_no("counts", "Whether it is in the overall of everything so far."),
    text("reason", "Why it was given."),
    text("article", "By which article."),
    text("document", "By which document."),
    positions("positions", "The records that it rests on."),
)

POINTS = (
    number("award", "The number of the row: of tables, then of their lines."),
    text("table", "Which table of the championship: drivers, co-drivers, manufacturers or teams."),
    text("category", "The classification that scores by itself; empty where there is one alone."),
    text("name", "Who scores."),
    number("place", "Its place in the table, as if the rally ended so."),
    figure("points", "All points of that name in the rally."),
    text("number", "The crew by which this part of them was scored."),
    text("what", "What it was scored for, or why it was taken away."),
    figure("awarded", "How many points this part is."),
    maybe_number("classified", "The place of the crew in that classification."),
    maybe_number("rank", "Its place among those who hold one when points are given."),
    text("scale", "The line of `points.scales` that gives it."),
    texts("how", "What was reckoned besides: a shared place, a factor."),
    texts("flags", "What the result of the crew stands subject to."),
)
