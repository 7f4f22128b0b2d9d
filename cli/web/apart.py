"""A process of its own that answers one question and ends: it may be ended whenever it must.

It reads an order on standard input and writes the answer on standard output: a line that says what
it is, and its bytes.
"""

from __future__ import annotations

import sys
from typing import Any

import msgspec

from cli.machine_clock import system_clock
from cli.office.office import Office
from cli.web.asked import Question
from cli.web.replies import error_of
from cli.web.site import Site
from cli.web.work import Order
from ledger.errors import LedgerError
from ledger.exhibits import Exhibits, folder_of
from ledger.log import Ledger


def site_of(ledger: str, exhibits: str, *, replays: bool) -> Site:
    """A ledger that is open to be read, and nothing else.

    Raises:
        Unreadable: there is none, or it is no ledger. Unavailable: it can't be opened.
    """
    opened = Ledger(ledger, system_clock, new=False, only_reads=True)
    lying = Exhibits(folder_of(ledger, exhibits or None))
    return Site(Office(opened, exhibits=lying, keeps=False, replays=replays))


def main() -> None:
    """Answer the order."""
    order = msgspec.json.decode(sys.stdin.buffer.read(), type=Order)
    site: Site | None = None
    head: dict[str, Any]
    try:
        site = site_of(order.ledger, order.exhibits, replays=True)
        reply = site.reply(_as_asked(order.question))
        head, body = {"media": reply.media}, reply.body
    except LedgerError as error:
        log = site.log(order.question.rally) if site else None
        head, body = {"status": error.http_status, "error": error_of(error, log)}, b""
    sys.stdout.buffer.write(msgspec.json.encode(head) + b"\n" + body)
    sys.stdout.buffer.flush()


def _as_asked(question: Question) -> Question:
    """A question whose lists are tuples again."""
    given = {
        name: tuple(each) if isinstance(each, list) else each
        for name, each in question.given.items()
    }
    return msgspec.structs.replace(question, given=given)


if __name__ == "__main__":
    main()
