"""Who is missing: what an official asks all the time who sits at a place while others record."""

from __future__ import annotations

from cli.office.view import View
from ledger.times import Instant
from projections.control.absent import Absent, Place, absent, bearing_on


def who_is_missing(seen: View, place: Place, at: Instant) -> Absent:
    """Who is missing at a place, since when and by how long at an instant.

    `Place("finish", "SS3")`, `Place("point", "SS3", "WP4")`, `Place("control", "SS3", "TC3A")`,
    `Place("start", "SS3")`, `Place("cards", "SS3")`: the fields of an official's context.

    Raises:
        NotFound: no such stage, point or control.
    """
    if place.kind == "nowhere":
        return absent(seen.classified, place, at)
    return absent(seen.at_stages(lambda state: bearing_on(state, place)), place, at)
