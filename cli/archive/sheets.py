"""The documents of the notice board as PDF: each as it was posted, by its digest in the log.

One that does not come out so here is left out, and its page leads to none: whoever has drawn it has
it. So what lies in an archive is held against the log alone, whatever draws documents there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from cli.archive.contents import Contents
from cli.archive.layout import digest
from cli.documents.binding import Posted
from cli.documents.checking import KINDS, digest_of
from cli.documents.hanging import hanging
from cli.documents.rendering import is_available, made_with
from cli.office.naming import sheet_named
from cli.office.view import View
from ledger.errors import LedgerError
from ledger.record import Record


def drawn_by() -> str:
    """What draws documents here; "" where nothing does."""
    return made_with() if is_available() else ""


class Sheet(NamedTuple):
    """A document of the board: where its PDF lies, by which records it was posted, its digest."""

    path: str
    records: tuple[Record, ...]
    said: Posted
    digest: str


def sheets(seen: View, contents: Contents) -> Iterator[Sheet]:
    """The documents of which the log holds the digest of the sheet that was posted."""
    for page in contents:
        if page.read == "publications" and "document" in page.given:
            named = page.given["document"]
            records = tuple(sheet_named(seen.log, named, until=seen.position))
            said = records[0].occurrence()
            if isinstance(said, KINDS) and said.made_with and (held := digest_of(said)):
                yield Sheet(page.path("pdf"), records, said, held)


def as_posted(seen: View, sheet: Sheet, held: Callable[[str], bytes | None]) -> bytes | None:
    """The PDF of a document as it was posted: one that lies there already, or drawn again.

    None where it can't be drawn here, or comes out otherwise.
    """
    data = held(sheet.path)
    if data is None or digest(data) != sheet.digest:
        if sheet.said.made_with != drawn_by():
            return None
        try:
            data = hanging(seen.log, sheet.records).pdf()
        except LedgerError:
            return None
    return data if digest(data) == sheet.digest else None
