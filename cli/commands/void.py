"""`rally void`: say that a record should never have been entered."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "void",
    """Say that a record should never have been entered: it counts as never recorded.

    The record stays readable. Voiding a correction restores what it corrected; voiding a void
    restores what was void.
    """,
    show,
)
