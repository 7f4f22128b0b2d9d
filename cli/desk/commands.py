"""The commands of the desk: one table, by which they are read and which the help shows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from cli.desk import side
from cli.desk.amending import Last, by_fields, by_line, last_of, undoing
from cli.desk.entry import Entry, Reply
from cli.desk.help import told
from cli.desk.others import is_kept_apart
from cli.desk.session import Session
from cli.office.lines.asks import Ask
from cli.office.lines.context import context_read
from cli.office.lines.forms import in_columns, read
from cli.office.lines.plan import called
from cli.office.lines.read_back import in_full
from ledger.errors import NotFound, Usage
from ledger.record import Record
from ledger.times import Instant
from ledger.vocabulary import Occurrence

LAST = 10
"""So many of one's last lines are listed."""


class Call(NamedTuple):
    """A command as it was typed: what stands behind its word, and the instant of its Enter.

    `answers` says whether somebody answers a warning.
    """

    rest: str
    entered: Instant
    answers: bool


class Command(NamedTuple):
    """A command of the desk: how it is written, what it does in a sentence, and how."""

    written: str
    says: str
    does: Callable[[Session, Call], Reply]


def _at(session: Session, call: Call) -> Reply:
    session.context = context_read(call.rest, session.seat)
    return session.told(f"At {session.context.words()}. {session.next_words()}")


def _undo(session: Session, call: Call) -> Reply:
    given, _, reason = call.rest.partition(";")
    if given.strip():
        raise Usage(f"`u {given.strip()}` can't be read.", hint="Write u, or u ; the reason.")
    if not session.deeds:
        raise NotFound(
            "Nothing of this sitting is left to undo.",
            hint="What was recorded before it, or by others, is taken back with `rally void`.",
        )
    deed = session.deeds[-1]
    asks = undoing(session.seat, deed, session.own, reason.strip())
    entry = Entry(f"u {call.rest}".strip(), session.context, call.entered, undoes=deed)
    entry.steps = tuple(map(session.step, asks))
    plan = session.seat.plan
    shown = [f"Undo #{e.position}: {in_full(e.occurrence(), plan)}" for e in deed.records]
    return session.carry_out(entry, [session.show(each, "read") for each in shown])


def _edit(session: Session, call: Call) -> Reply:
    line, _, reason = call.rest.partition(";")
    first, *words = line.split() or [""]
    if not words:
        raise Usage(f"`e {call.rest}` can't be read.", hint="Write it as: e 12 31:21.")
    number = called(first.removeprefix("#"), session.seat.plan.crews)
    by, context = session.seat.by, session.context

    def is_hidden(record: Record) -> bool:
        return is_kept_apart(record, by, context)

    if all("=" in each for each in words):
        like = _like(session, f"#{number}", call.entered)
        last = last_of(session.seat, number, like, is_hidden)
        fields = dict(each.partition("=")[::2] for each in words)
        found = by_fields(session.seat, last, fields, reason.strip())
    else:
        asked = read(call.rest, session.context, session.seat, call.entered)
        if asked.act != "record":
            raise Usage("A line of one record corrects one.", hint="Write it as: e 12 31:21.")
        last = last_of(session.seat, number, asked, is_hidden)
        found = by_line(session.seat, last, asked)
    entry = Entry(f"e {call.rest}", session.context, call.entered, (session.step(found.ask),))
    entry.shown = (session.show(_amended(session, last, found.will_be), "read"),)
    return session.attempt(entry, answers=call.answers)


def _like(session: Session, number: str, entered: Instant) -> Ask | None:
    """What a number alone would put on record here: of its like is what is corrected."""
    try:
        usual = read(number, session.context, session.seat, entered)
    except Usage:
        return None
    return usual if usual.act == "record" else None


def _amended(session: Session, last: Last, will_be: Occurrence) -> str:
    """Which record is corrected, whose it is, and what it says from now on."""
    plan = session.seat.plan
    whose = "" if last.record.id in session.own else f", of {last.record.occurrence().by}"
    was, now = in_full(last.stands, plan), in_full(will_be, plan)
    return f"#{last.record.position}{whose}: {was} Corrected: {now}"


def _who(session: Session, call: Call) -> Reply:
    if session.context.kind == "nowhere":
        raise Usage("Say where you are first.", hint="Write it as: at SS3 finish.")
    rows = side.listed(session.absent(), call.entered)
    return Reply(tuple(map(session.show, rows)))


def _log(session: Session, _: Call) -> Reply:
    lines = [
        session.show(f"#{each.position} `{deed.entry.text}`: {each.occurrence().words()}")
        for deed in session.deeds[-LAST:]
        for each in deed.records
    ]
    lines += session.what_waits()
    return Reply(tuple(lines)) if lines else session.told("Nothing was recorded here yet.")


def _help(session: Session, call: Call) -> Reply:
    commands = ((each.written, each.says) for each in COMMANDS.values())
    return Reply(tuple(map(session.show, told(call.rest, commands))))


def _drop(session: Session, _: Call) -> Reply:
    if not session.waiting:
        raise NotFound("Nothing waits for an answer.", hint="`u` undoes what was recorded.")
    dropped = session.waiting.pop()
    perhaps = "It may be on record: nobody told." if dropped.was_sent else "Nothing was recorded."
    reply = session.told(f"Dropped: `{dropped.text}`. {perhaps}")
    if not session.waiting:
        return reply
    again = session.ask(session.waiting.pop())
    return again._replace(lines=(*reply.lines, *again.lines))


def _quit(_session: Session, _: Call) -> Reply:
    return Reply(ends=True)


COMMANDS: dict[str, Command] = {
    "at": Command(
        "at PLACE [clock|elapsed]",
        "Where you are: SS3 start, SS3 finish, SS3 WP4, TC3A, SS3 cards; what a figure is there.",
        _at,
    ),
    "u": Command("u [; WHY]", "Undo your last line of this sitting; again: the one before.", _undo),
    "e": Command(
        "e 12 LINE [; WHY]",
        "Correct the last of a crew here: e 12 31:21, or field by field: e 12 number=21.",
        _edit,
    ),
    "n": Command("n", "Drop the line that waits for an answer.", _drop),
    "who": Command("who", "Who is missing here, all of them.", _who),
    "log": Command("log", "Your last lines that stand, and what waits.", _log),
    "?": Command("? [WORD]", "This help; of one letter or word alone.", _help),
    "q": Command("q", "End, and tell what was not recorded.", _quit),
}
"""Every command by its word, in the order in which the help shows them."""
IN_FULL = {"help": "?", "undo": "u", "quit": "q", "exit": "q"}
"""What people type who have not seen the table yet."""


def command_called(word: str) -> Command | None:
    """The command that a word is, in capitals or not."""
    folded = word.casefold()
    return COMMANDS.get(IN_FULL.get(folded, folded))


def explained() -> str:
    """The commands as a page has them."""
    return in_columns((each.written, each.says) for each in COMMANDS.values())
