"""`rally end-competition`: the competition is over, and times run from there."""

from __future__ import annotations

from cli.acting import act
from cli.deciding import say_what_runs

command = act(
    "end-competition",
    """Put on record that the competition is over, as its code defines that.

    Times run from there, as that for a review, and what an appeal suspends may change. With
    --dry-run it says which, by which rule, until when, and who moves. --at says when it ended; of
    several the last counts.

    \b
    Examples:
      rally end-competition --at 2016-07-24T12:00 --by "A. Chair" --role stewards --dry-run
    """,
    say_what_runs,
)
