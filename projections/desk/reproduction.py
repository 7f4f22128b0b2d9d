"""Reproduction: every publication of the ledger computed again from its prefix of the log.

Never from its stored rows: the records up to its cut-off are folded, its scope is computed from
them, and the digest of that is compared with the one that was posted. The root of these records is
computed as well, so a prefix that was altered since does not pass for the one it rests on.

What an earlier edition of the rules computed, and today's rules give otherwise, stands as it was
posted: its root is that of the records, and its rows have the digest that stands in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import msgspec

from ledger.errors import LedgerError, Unreadable
from ledger.merkle import Frontier
from ledger.record import Record
from ledger.vocabulary import StartOrderPublished, occurrence_id
from projections.desk.publications import (
    PUBLISHED,
    Published,
    computed_content,
    cut_off,
    is_computed,
    posted_content,
    read_of,
)
from projections.editions import bearing
from projections.state.facts import Fold
from projections.state.rally import EDITION, RallyState

REPRODUCED = "reproduced"
NOT_REPRODUCED = "not reproduced"
ELSEWHERE = "rests on another log"
NOT_COMPUTED = "not computed"


class Reproduction(msgspec.Struct, frozen=True):
    """What came of computing a publication again, with the position of its record.

    `reproduced`: the prefix gives what was posted. `of edition 2, as posted`: by the rules of that
    edition, of which those of today are others; `message` names what changed. `rests on another
    log`: another site posted it, on its own log, which this one does not hold in that order. `not
    computed`: it never claimed to be. Anything else is `not reproduced`, and `message` says why;
    with `proof` the log itself is not the one that it rests on. `edition` is the one that it says.
    """

    document: str
    position: int
    status: str
    message: str = ""
    proof: bool = False
    edition: int = 0

    @property
    def failed(self) -> bool:
        """Whether it is not what it claims to be."""
        return self.status == NOT_REPRODUCED

    @property
    def as_posted(self) -> bool:
        """Whether it stands as an earlier edition of the rules computed it, and not by today's."""
        return self.status == _as_posted(self.edition)


class Prefix(NamedTuple):
    """A log up to a position: its root, and the rally as it was known then."""

    root: str
    state: RallyState


def reproductions(
    published: Sequence[Record], records: Iterable[Record], site: str
) -> list[Reproduction]:
    """Compute each of these publications again, in one pass over the log in its order.

    `records` are those of the log from its first; `site` is the one that writes it. What can't be
    read ends the pass, and no publication that rests on it is reproduced.
    """
    found: dict[int, Reproduction] = {}
    waiting: list[tuple[Record, Published]] = []
    for record in published:
        try:
            waiting.append((record, _publication(record)))
        except LedgerError as error:
            lost = Reproduction("", record.position, NOT_REPRODUCED, error.message)
            found[record.position] = lost
    once = Pass(records)
    for record, said in sorted(waiting, key=lambda each: cut_off(each[1])):
        found[record.position] = _reproduced(record, said, once, site)
    return [found[record.position] for record in published]


def claim_a_ledger(records: Iterable[Record]) -> Iterator[Record]:
    """The publications but the start orders of old logs, which never claimed to be computed.

    What can't be read stays among them, to be told.
    """
    for record in records:
        try:
            said = record.occurrence()
        except LedgerError:
            yield record
            continue
        if not isinstance(said, StartOrderPublished) or is_computed(said):
            yield record


def reproduce(said: Published, prefix: Prefix) -> tuple[str, str, bool]:
    """Status, message and whether the log is another one, of a publication and its prefix."""
    if said.root and said.root != prefix.root:
        message = (
            f"It rests on a log with the root {said.root[:10]} at #{cut_off(said)}; "
            f"the root there is {prefix.root[:10]}."
        )
        return NOT_REPRODUCED, message, True
    if posted_content(said).digest() != said.digest:
        return NOT_REPRODUCED, "Its rows do not have the digest that stands in it.", False
    if _digest(said, prefix) == said.digest:
        return REPRODUCED, "", False
    if 0 < said.edition < EDITION:
        return _as_posted(said.edition), _what_changed(said, prefix), False
    if said.edition > EDITION:
        message = f"It is of edition {said.edition} of the computing rules; this is {EDITION}."
        return NOT_REPRODUCED, message, False
    return NOT_REPRODUCED, f"The log up to #{cut_off(said)} gives other rows.", False


def _as_posted(edition: int) -> str:
    return f"of edition {edition}, as posted"


def _what_changed(said: Published, prefix: Prefix) -> str:
    changed = bearing(prefix.state.facts, said.edition, read_of(said))
    told = [f"Since edition {each.edition}: {each.title}" for each in changed]
    return " ".join(told) or "No rule that changed since is known to bear on it."


class Pass:
    """One pass over a log: the prefixes of growing length, as they are asked for."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._records: Iterator[Record] = iter(records)
        self._fold = Fold()
        self._tree = Frontier()
        self._at: tuple[int, Prefix] | None = None
        self.broken = ""

    def up_to(self, position: int) -> Prefix | None:
        """The log up to a position; None if it ends or can't be read before."""
        while self._tree.size < position and not self.broken:
            self._take()
        if self.broken:
            return None
        if self._at is None or self._at[0] != position:
            state = RallyState(self._fold.facts())
            self._at = position, Prefix(self._tree.root().hex(), state)
        return self._at[1]

    def _take(self) -> None:
        try:
            record = next(self._records, None)
            if record is None:
                self.broken = f"The log ends at #{self._tree.size}."
                return
            self._fold.add(record)
            # From the content as it is, not from the hashes that are stored beside it.
            header = msgspec.structs.replace(record.header, id=occurrence_id(record.data))
            self._tree.append(header.leaf())
        except (LedgerError, ValueError, TypeError, msgspec.MsgspecError):
            self.broken = f"The record #{self._tree.size + 1} can't be read."


def _publication(record: Record) -> Published:
    said = record.occurrence()
    if not isinstance(said, PUBLISHED):
        raise Unreadable("It is no classification and no start order.")
    return said


def _reproduced(record: Record, said: Published, log: Pass, site: str) -> Reproduction:
    if not is_computed(said):
        return Reproduction(said.document, record.position, NOT_COMPUTED)
    own, rests_on = record.header.site == site, cut_off(said)
    if rests_on >= record.position:
        message = f"It says that it rests on #{rests_on}, which came after it."
        found: tuple[str, str, bool] = NOT_REPRODUCED, message, False
    elif (prefix := log.up_to(rests_on)) is None:
        found = NOT_REPRODUCED, log.broken, False
    else:
        found = reproduce(said, prefix)
    status, message, proof = found
    if not own and status == NOT_REPRODUCED and (proof or rests_on >= record.position):
        where = f"It rests on #{rests_on} of the log of {record.header.site}."
        return Reproduction(said.document, record.position, ELSEWHERE, where, edition=said.edition)
    return Reproduction(said.document, record.position, status, message, proof, said.edition)


def _digest(said: Published, prefix: Prefix) -> str:
    """The digest of the scope as computed from the prefix; empty where there is no answer."""
    try:
        return computed_content(prefix.state, said).digest()
    except LedgerError:
        return ""
