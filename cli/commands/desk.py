"""`rally desk`: the entry desk, at which an official keeps up with the cars."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from cli.acting import must_say_who
from cli.context import Settings
from cli.options import of_ledger
from ledger.errors import Unavailable, how_to_install

if TYPE_CHECKING:
    from cli.desk.session import Session


@click.command(name="desk")
@click.option("--plain", is_flag=True, help="Plain lines: for screen readers, pipes and paste.")
@click.option(
    "--at-place", metavar="PLACE", help='Where you sit: "SS3 finish elapsed", "TC3A", "SS3 cards".'
)
@click.option("--by", required=True, envvar="RALLY_BY", show_envvar=True, help="Who sits there.")
@click.option(
    "--role", required=True, envvar="RALLY_ROLE", show_envvar=True, help="The office they act in."
)
@click.option(
    "--clock-is-right",
    is_flag=True,
    help="Sit down although this clock is far from the last record.",
)
@of_ledger
def command(
    settings: Settings,
    /,
    plain: bool,
    at_place: str | None,
    by: str,
    role: str,
    clock_is_right: bool,
) -> int:
    """Enter what is seen as fast as it is seen: a number, a figure, Enter.

    Say where you are (`at SS3 finish`), then a line for each car: `12 31:12`, or `12` alone at the
    instant of Enter. Each line is read back; what seems wrong asks once more; `u` undoes. Who is
    missing stands at the side. `?` lists everything, and so does `rally help desk`.

    Lines that are piped in are recorded one by one, and what seems wrong is told.

    \b
    Examples:
      rally desk --at-place "SS3 finish" --by Ann --role timekeeper
      rally desk --plain < lines.txt
    """
    from cli.desk.saying import Wording
    from cli.desk.session import Session
    from cli.office.lines.asks import Seat
    from cli.office.lines.context import context_read

    must_say_who(by, role)
    sit = _in_plain_lines if plain or not _has_a_screen() else _on_the_screen()
    office = settings.office()
    log = office.log(settings.rally)
    seat = Seat(
        office, log, by, role, settings.now, settings.randomness, clock_is_right=clock_is_right
    )
    seat.desk().must_have_the_right_time()
    session = Session(seat, Wording(settings.to_people))
    if at_place is not None:
        session.context = context_read(at_place, seat)
    return sit(session, f"{by}, {role} · site {log.head().site} · {log.rally}")


def _has_a_screen() -> bool:
    """Whether there is a terminal on both sides, of which a cursor can be moved."""
    dumb = os.environ.get("TERM", "") in {"", "dumb", "unknown"}
    return sys.stdin.isatty() and sys.stdout.isatty() and not dumb


def _on_the_screen() -> Callable[[Session, str], int]:
    try:
        from cli.desk.terminal import Terminal
    except ModuleNotFoundError as error:
        raise Unavailable(
            f"A desk on the screen needs the module {(error.name or '').partition('.')[0]}; "
            "--plain needs none.",
            hint=how_to_install("desk"),
        ) from None

    def sit(session: Session, heading: str) -> int:
        code = Terminal(session, heading).sit()
        for each in session.ending():
            click.echo(each.text)
        return code

    return sit


def _in_plain_lines(session: Session, heading: str) -> int:
    from cli.desk.plain import PlainDesk

    answers = sys.stdin.isatty()
    if answers:
        at = f"At {session.context.words()}. {session.next_words()}".rstrip()
        click.echo(f"{heading}. {at} ? is help, q ends.")
    return PlainDesk(session, _line, click.echo, answers=answers).sit()


def _line() -> str:
    """One more line of standard input; what is no UTF-8 is spelled out in it."""
    return sys.stdin.buffer.readline().decode(errors="backslashreplace")
