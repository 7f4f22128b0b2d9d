"""`rally adopt`: make an act one's own that was taken where, or by whom, it may not be."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "adopt",
    """Make an act your own that has no effect, as an office or a site took it which may not.

    It then counts as if you had taken it, at the time that it says. `rally anomalies` lists such
    acts. An erasure that came from another site is carried out when it is adopted.

    \b
    Example:
      rally adopt '#812' --reason "so decided on the phone" --by "A. Chair" --role stewards
    """,
    show,
)
