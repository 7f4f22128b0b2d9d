"""`rally prize-giving`: when the prizes are given; times may end so long before."""

from __future__ import annotations

from cli.acting import act
from cli.deciding import say_what_runs

command = act(
    "prize-giving",
    """Put on record when the prizes are given, of the rally or of its championship.

    Some codes let nothing be lodged so many days before. With --dry-run it says which times end
    earlier, by which rule.

    \b
    Example:
      rally prize-giving 2016-07-24T20:00 --by Eva --role secretary --dry-run
    """,
    say_what_runs,
)
