"""Cells of CSV that a spreadsheet would compute are made inert, and read as they were.

A team called `=HYPERLINK(…)` is a formula to the program in which an office opens the table. Behind
an apostrophe it is a text. A text that begins with apostrophes before such a sign gets one more, so
taking off the first one always gives back what was written.
"""

from __future__ import annotations

import re

_COMPUTED = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
"""How a cell begins that some spreadsheet computes, runs, or takes apart."""
_MARKED = re.compile(f"'+(?:{_COMPUTED.pattern})")


def inert(text: str) -> str:
    """The cell as it is written: no spreadsheet computes it."""
    return f"'{text}" if _COMPUTED.match(text) or _MARKED.match(text) else text


def meant(cell: str) -> str:
    """What a cell says that may have been made inert."""
    return cell[1:] if _MARKED.match(cell) else cell
