"""`rally late`: what reached the log long after it happened."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import click

from cli.output import Column, plain, print_table
from cli.reading import Answer, View, reading
from ledger.errors import Usage
from ledger.record import Record
from ledger.times import format_duration, parse_duration, parse_instant
from projections.late import Delays, LateRecord, LateRecords, late

_UNITS_MS = {"d": 86_400_000, "h": 3_600_000, "m": 60_000, "s": 1000}
_SPAN = re.compile(r"(?:(\d{1,6})d)?(?:(\d{1,6})h)?(?:(\d{1,6})m)?(?:(\d{1,6})s)?")


@click.command(name="late")
@click.option(
    "--by",
    default="1h",
    metavar="DURATION",
    help="How late at least (default: 1h; 30m, 2d, 1:30:00).",
)
@click.option("--since", metavar="MOMENT", help="Only what came after this moment.")
@click.option("--until", metavar="MOMENT", help="Only what came up to this moment.")
@reading
def command(seen: View, by: str, since: str | None, until: str | None) -> Answer:
    """Show what reached the log long after it happened: per source, per official, one by one.

    The delay runs from the instant of the fact until this log received the record; what has no
    instant of its own had happened when it was put on record. Parts of the plan and facts whose
    instant is assumed tell no delay and do not count.

    With --by 0 everything that was entered is listed, wherever it is dated: with --since your last
    visit, what is new. ~ stands before an assumed instant.

    \b
    Examples:
      rally late --by 30m
      rally late --by 0 --since '#148'
      rally late --since SS9 --until SS10 --csv
    """
    by_ms = parse_span(by)
    first, last = seen.part(since, until)
    answer = late(_happened(seen, first, last), by_ms, first, last)
    title = f"Late by {by.strip()} or more" if by_ms else "Everything that was entered"
    between = f" after #{first} up to #{last}" if since or until else ""
    columns = LateRecord.__struct_fields__
    return Answer(f"{title}{between}", plain(answer), answer.rows, columns, lambda: _tables(answer))


def parse_span(text: str) -> int:
    """Milliseconds of "1h", "30m", "2d", "1d12h", "90s", "1:30:00" or "0".

    Raises:
        Usage: it is no such duration.
    """
    span = text.strip().lower()
    if found := _SPAN.fullmatch(span):
        if any(found.groups()):
            return sum(
                int(count or 0) * unit
                for count, unit in zip(found.groups(), _UNITS_MS.values(), strict=True)
            )
    elif ":" in span and not span.startswith("-"):
        return parse_duration(span)
    elif span.strip("0") == "":
        return 0
    raise Usage(f"{text!r} is not a duration.", hint="Write 1h, 30m, 2d, 1:30:00 or 0.")


def _happened(seen: View, first: int, last: int) -> Iterator[Record]:
    """The records between two positions whose facts had happened by the cut."""
    for record in seen.log.read(after=first, until=last):
        instant = record.occurrence().instant
        if seen.effective_at is None or instant is None or instant <= seen.effective_at.ms:
            yield record


def _tables(answer: LateRecords) -> None:
    for title, several, unnamed in (
        ("Source", answer.sources, "no source"),
        ("Official", answer.officials, "nobody named"),
    ):
        if any(each.late for each in several):
            _summary(title, several, unnamed)
            click.echo()
    titles = ("#", "Happened", "Received", "Delay", "Source", "By", "What")
    print_table(
        [Column(title, figures=title in ("#", "Delay")) for title in titles],
        [
            (
                str(row.position),
                f"{'~' * row.assumed}{_short(row.happened_at)}",
                _short(row.received_at),
                "" if row.delay_ms is None else format_duration(row.delay_ms),
                row.source,
                row.recorded_by,
                row.words,
            )
            for row in answer.rows
        ],
    )
    click.echo()
    click.echo(
        f"Not counted as late: {answer.planned} of the plan, {answer.assumed} whose instant is "
        "assumed."
    )


def _summary(title: str, several: Sequence[Delays], unnamed: str) -> None:
    titles = (title, "Records", "Late", "Median", "Longest")
    print_table(
        [Column(each, figures=each != title) for each in titles],
        [
            (
                each.name or unnamed,
                str(each.records),
                str(each.late),
                "" if each.median_ms is None else format_duration(each.median_ms),
                "" if each.max_ms is None else format_duration(each.max_ms),
            )
            for each in several
            if each.late
        ],
    )


def _short(instant: str | None) -> str:
    return parse_instant(instant).short() if instant else ""
