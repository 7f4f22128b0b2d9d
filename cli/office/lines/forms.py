"""The forms of lines: one table, which the help shows and by which a line is read."""

from __future__ import annotations

from cli.office.lines.asks import Ask, Seat
from cli.office.lines.context import Context
from ledger.errors import Usage
from ledger.times import Instant, parse_duration


def read(text: str, context: Context, seat: Seat, entered: Instant) -> Ask:
    """What a line asks, in its context; `entered` is the instant of the Enter behind it.

    Raises:
        Usage: with what can't be read, and what may be meant.
    """
    number, _, figure = text.strip().partition(" ")
    if context.kind != "finish" or not number:
        raise Usage(f"{text!r} can't be read.", hint="Say where you are: at SS3 finish elapsed.")
    said = ("stage=" + context.stage, "number=" + number)
    if not figure:
        return Ask("record", {"kind": "PassingRecorded", "fields": said}, entered)
    elapsed = f"elapsed_ms={parse_duration(figure.removeprefix('+'))}"
    return Ask("record", {"kind": "PassingRecorded", "fields": (*said, elapsed)})


def context_read(text: str, seat: Seat) -> Context:
    """The context that is typed: "SS3 finish clock", "SS3 start", "SS3 WP4", "TC3", "SS3 cards".

    Raises:
        Usage: no such stage, point or control.
    """
    stage, place, *figures = (*text.split(), "", "")
    if not stage or place != "finish":
        raise Usage(f"{text!r} can't be read.", hint="at SS3 finish elapsed")
    return Context("finish", stage, "", "elapsed" if "elapsed" in figures else "clock")
