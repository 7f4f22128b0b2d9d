"""`rally moment`: where a moment of the log lies."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.office.moments import Moment
from cli.output import print_fields, when
from cli.reading import reading


@reading("moment")
def command(answer: Answer[Moment]) -> None:
    """Show where a moment of the log lies: the stage driven then, and what hung on the board.

    The stage is that of the last reading from the road; the document is the last classification
    that was posted and not withdrawn, with the time for protests that it opened.

    \b
    Examples:
      rally moment --known-at '#148'
      rally moment --known-at 2016-07-21T20:00+08:00 --json
    """
    found = answer.found
    posted = found.posted
    document = f"{posted.kind}, {posted.title}, document {posted.document}" if posted else ""
    until = when(posted.protests_until) if posted else ""
    fields = (
        ("Rally", found.title),
        ("Time zone", found.timezone),
        ("Stage", found.stage or "none yet"),
        ("Posted", f"{document}, {when(posted.posted_at)}" if posted else "nothing yet"),
        ("Protests", f"until {until}" if until else ""),
    )
    print_fields(fields, 12)
