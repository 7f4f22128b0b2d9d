"""`rally throw-dice`: what dice showed that draw which cards are read a second time."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "throw-dice",
    """Put on record what dice showed, after the cards were closed: two offices throw.

    With the root of the closing the two throws draw the cells: `rally cards` lists them, and how
    anybody can draw them again stands in `rally help cards`.

    \b
    Example:
      rally throw-dice '#412' 35162 --by Bo --role clerk-of-the-course
    """,
    show,
)
