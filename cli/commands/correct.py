"""`rally correct`: give the right value of a fact."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "correct",
    """Give the right value of a fact. The original stays readable, and shows what corrected it.

    An empty value takes one away. `fact_at=…` corrects when it happened.

    \b
    Example:
      rally correct '#5127' elapsed_ms=3:41:07 --reason "mistyped" --by Ann --role timekeeper
    """,
    show,
)
