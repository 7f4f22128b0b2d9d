"""`rally adopt`: a penalty that a tariff proposes, or an act that somebody took who may not."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "adopt",
    """Give the penalty that a tariff proposes, or make an act your own that has no effect.

    A proposal is named as `rally proposals` lists it, or by a fact (missed-1). The penalty rests on
    its facts; another amount needs a reason. What a tariff leaves to the stewards is theirs.

    An act without effect, as an office or a site took it which may not, then counts as if you had
    taken it, at the time that it says. `rally anomalies` lists such acts. An erasure that came from
    another site is carried out when it is adopted.

    \b
    Examples:
      rally adopt waypoints-5d0e8cf1a2 --by "Race direction" --role clerk-of-the-course
      rally adopt speed-96e40df486 --amount 0:05:00 --because "two readings are of one place" \\
        --by "A. Chair" --role stewards --dry-run
      rally adopt '#812' --reason "so decided on the phone" --by "A. Chair" --role stewards
    """,
    show,
)
