"""Files: documents as they hang on the board, and exhibits; nothing of a log can act in a browser.

An exhibit is what somebody handed in. It is given to be kept and never to be shown by the site, of
no kind that a browser runs, and under a name that is one in any folder.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO, NamedTuple
from urllib.parse import quote

from cli.office.answer import Answer
from cli.office.exhibits import for_everybody
from cli.office.naming import sheet_named
from cli.web.site import Site
from ledger.errors import Altered, NotFound, Unavailable, Unreadable
from ledger.signs import unseen
from ledger.vocabulary import ExhibitBound

HARMLESS = frozenset(
    (
        *("image/jpeg", "image/png", "image/gif", "image/webp", "application/pdf", "text/plain"),
        *("audio/mpeg", "audio/mp4", "audio/ogg", "audio/wav", "video/mp4", "video/webm"),
    )
)
"""What an exhibit may be said to be; whatever else it is, it is bytes."""
BYTES = "application/octet-stream"
LONGEST_NAME = 120
_SOME_BYTES = 1 << 18
_NO_NAME = re.compile(r'[\\/:*?"<>|%;\s]+')
_PLAIN = re.compile(r"[^A-Za-z0-9._ -]+")


class File(NamedTuple):
    """A file that is handed out: its name, what it is, how long, and the open file itself."""

    name: str
    media: str
    size: int
    file: BinaryIO

    def parts(self) -> Iterator[bytes]:
        """Its bytes, a part at a time; it is closed behind the last."""
        with self.file:
            while some := self.file.read(_SOME_BYTES):
                yield some


def sheet(answer: Answer[Any], given: Mapping[str, Any]) -> bytes:
    """The sheet of one document of the board, as it was posted.

    Raises:
        NotFound: no ledger drew it. Altered: it does not come out as it was posted.
        Unavailable: it can't be drawn here.
    """
    from cli.documents.hanging import hanging

    document = given.get("document")
    if document is None or answer.seen is None:
        raise NotFound("Which document is not said.", hint="Name it: publications/7.pdf.")
    log = answer.seen.log
    drawn = hanging(log, sheet_named(log, document, until=answer.seen.position))
    pdf = drawn.pdf()
    if drawn.is_as_posted(pdf) is False:
        raise Altered(drawn.complaint(), hint="`rally verify` looks for the reason.")
    return pdf


def rules(answer: Answer[Any], given: Mapping[str, Any]) -> bytes:
    """The rules in force, for signature.

    Raises:
        NotFound: none were adopted. Unavailable: it can't be drawn here.
    """
    from cli.documents.hanging import Drawn, moment_of
    from cli.documents.rules import rules_in_layers

    assert answer.seen is not None, "rules are those of a rally"
    seen = answer.seen
    return Drawn(rules_in_layers(seen.state, moment_of(seen), given.get("stage"))).pdf()


def receipt(answer: Answer[Any], _given: Mapping[str, Any]) -> bytes:
    """The receipt of what was lodged.

    Raises:
        Unavailable: it can't be drawn here.
    """
    from cli.documents.hanging import Drawn

    return Drawn(answer.found.sheet()).pdf()


SHEETS: dict[str, Callable[[Answer[Any], Mapping[str, Any]], bytes]] = {
    "publications": sheet,
    "rulebook show": rules,
    "document receipt": receipt,
}
"""What draws the PDF of a read."""


def exhibit(site: Site, rally: str, wanted: str) -> File:
    """An exhibit that everybody may have, found to be the one that was bound.

    Raises:
        NotFound: there is none, or its file is not here. Refused: it is for some parties only.
        Altered: another file lies in its place.
    """
    seen = site.office.view(site.log(rally))
    said = for_everybody(seen, wanted)
    # Where the files lie on this machine is nobody's business.
    try:
        file = seen.exhibits.opened(said.digest)
    except NotFound:
        raise NotFound(
            "The file of this exhibit is not kept here: it was taken away, or never came with "
            "the log.",
            hint=f"The log holds its digest: SHA-256 {said.digest}.",
        ) from None
    except Altered:
        raise Altered(
            "What is kept here in the place of this exhibit is another file.",
            hint=f"The one that was bound has the SHA-256 {said.digest}.",
        ) from None
    except Unreadable:
        raise Unavailable("The file of this exhibit can't be read here.") from None
    return File(name_of(said), media_of(said.media), os.fstat(file.fileno()).st_size, file)


def media_of(said: str) -> str:
    """What a file may be said to be."""
    media = said.partition(";")[0].strip().lower()
    return media if media in HARMLESS else BYTES


def name_of(said: ExhibitBound) -> str:
    """The name under which an exhibit is kept by who asks for it."""
    name = "".join(each for each in said.file or said.title if not unseen(each))
    name = _NO_NAME.sub(" ", name).strip(" .")
    return _cut(name) or f"exhibit-{said.digest[:10]}"


def _cut(name: str) -> str:
    stem, dot, ending = name.rpartition(".")
    if dot and len(ending) < _LONGEST_ENDING:
        return f"{stem[: LONGEST_NAME - len(ending) - 1]}.{ending}"
    return name[:LONGEST_NAME]


_LONGEST_ENDING = 10


def disposition(name: str, *, shown: bool = False) -> str:
    """The header that names a file: for old browsers in ASCII, for others as it is."""
    plain = _PLAIN.sub("_", name).strip(" .") or "file"
    how = "inline" if shown else "attachment"
    return f"{how}; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def name_of_sheet(rally: str, document: str) -> str:
    """The name under which a document is kept by who prints it."""
    name = "".join(each for each in f"{rally} {document}" if not unseen(each))
    return f"{_cut(_NO_NAME.sub(' ', name).strip(' .#'))}.pdf"
