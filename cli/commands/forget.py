"""`rally forget`: erase private values for good."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "forget",
    """Erase private values of a record for good, and put on record that they were erased.

    The record stays, with commitments that open no more, and so does the proof of the log. Every
    ledger into which this is merged erases them, too, where it was said at the site that recorded
    the values or that began the log; another one erases them when an official of it adopts that
    (`rally adopt`). Exports and backups that were made with the values keep them; so may the
    write-ahead log of a PostgreSQL server for a while.

    \b
    Example:
      rally forget '#12' licence phone --reason "asked to" --by Bo --role secretary
    """,
    show,
)
