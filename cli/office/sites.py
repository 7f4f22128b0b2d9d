"""Sites: what this ledger is called as one, and whose records it holds."""

from __future__ import annotations

from cli.office.answer import Answer
from cli.office.view import View
from projections.state.sites import SiteLog, sites


def held(seen: View) -> Answer[tuple[SiteLog, ...]]:
    """The sites whose records the log holds, and what has not arrived of them."""
    rows = sites(seen.state)
    return Answer(seen, rows, "", {"site": seen.log.head().site, "sites": rows})
