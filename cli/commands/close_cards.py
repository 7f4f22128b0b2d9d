"""`rally close-cards`: the cards are keyed; of those that one person keyed some are read again."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "close-cards",
    """Close the cards of a stage or a control, or all: so many cells are to be read again.

    They are drawn among those that one person had keyed and nobody else, up to this position of the
    log. Which ones follows from its root, and from dice that two offices throw afterwards: see
    `rally throw-dice`. `rally help cards` tells all of it.

    \b
    Example:
      rally close-cards 20% --stage SS3 --by Ann --role timekeeper
    """,
    show,
)
