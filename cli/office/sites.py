"""Sites: what this ledger is called as one, and whose records it holds."""

from __future__ import annotations

import msgspec

from cli.office.answer import Answer
from cli.office.office import Office
from cli.office.secretariat import Secretariat
from cli.office.view import View
from ledger.errors import Usage
from ledger.log import Ledger
from ledger.record import DEFAULT_SITE
from ledger.vocabulary.base import Code
from projections.state.sites import SiteLog, sites

Sites = Answer[tuple[SiteLog, ...]]


def held(seen: View) -> Sites:
    """The sites whose records the log holds, and what has not arrived of them."""
    rows = sites(seen.state)
    return Answer(seen, rows, "", {"site": seen.log.head().site, "sites": rows})


def held_by(ledger: Ledger, rally: str | None) -> Sites:
    """What a ledger is called, and the sites of the rally that is meant; none where none is."""
    if rally is None and len(ledger.rallies()) != 1:
        return Answer(None, (), "", {"site": ledger.site() or DEFAULT_SITE, "sites": []})
    return held(View(Office(ledger).log(rally)))


def name(at: Secretariat, name: str) -> Sites:
    """Give a ledger a name as a site: it writes all of its logs under it from now on."""
    wanted = site_name(name)
    ledger = at.ledger()
    ledger.name_site(wanted)
    return held_by(ledger, at.rally)


def site_name(text: str) -> str:
    """The name of a site as it is typed.

    Raises:
        Usage: it is empty, too long, or holds what is no letter.
    """
    try:
        return msgspec.convert(text.strip(), Code)
    except msgspec.ValidationError:
        raise Usage(
            f"{text!r} can't name a site.", hint="Use at most 80 characters, as finish-ss3."
        ) from None
