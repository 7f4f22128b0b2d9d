"""`rally sign`: who holds an office signs a document that was drawn up."""

from __future__ import annotations

from cli.acting import act

command = act(
    "sign",
    """Sign a document that was drawn up: RECORD is its position or the first digits of its id.

    \b
    Example:
      rally sign '#412' --by "Ann Lee" --role clerk-of-the-course
    """,
)
