"""`rally decline`: a penalty that a tariff proposes is not given, and why."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "decline",
    """Decline the penalty that a tariff proposes, with the reason.

    It stays disclosed: in the register, the docket and `rally proposals`, and with the crew. Where
    a fact is corrected afterwards, its proposal is open again.

    \b
    Example:
      rally decline waypoints-5d0e8cf1a2 --because "placed wrongly in the road book" \\
        --by "A. Chair" --role stewards
    """,
    show,
)
