"""Checking: every sheet whose digest is bound in the log drawn again from the log, and compared."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import NamedTuple

import msgspec

from cli.documents.binding import Posted, bound, edition_of, last_word, sheet_of_decision
from cli.documents.classification import classification
from cli.documents.orders import posted_order
from cli.documents.rendering import CHECKPOINT, HINT, Sheet, is_available, made_with
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.record import Record
from ledger.vocabulary import ClassificationPublished, DocumentPosted, StartOrderPublished
from ledger.vocabulary.publication import posted_together
from projections.desk.publications import cut_off
from projections.desk.reproduction import NOT_REPRODUCED, REPRODUCED, Pass, Prefix
from projections.state.rally import EDITION

NOT_CHECKED = "not checked"
KINDS = (ClassificationPublished, DocumentPosted, StartOrderPublished)


class CheckedSheet(msgspec.Struct, frozen=True):
    """What came of drawing a posted sheet again: reproduced, not reproduced, or not checked."""

    document: str
    position: int
    status: str
    message: str = ""

    @property
    def failed(self) -> bool:
        """Whether it is not the sheet that was posted."""
        return self.status == NOT_REPRODUCED


class _Hung(NamedTuple):
    """A sheet that was posted: its last record and what that says, and all that stand on it."""

    record: Record
    said: Posted
    records: tuple[Record, ...]


class _Job(NamedTuple):
    """A sheet to be drawn again, from the log up to a position."""

    record: Record
    said: Posted
    position: int
    draw: Callable[[Prefix], Sheet]


def check_sheets(log: Log, until: int, apart: Iterable[int] = ()) -> list[CheckedSheet]:
    """Draw every sheet again whose digest stands in a log up to a position.

    Those of the records at the positions `apart` are left out: what they say is wrong already.
    """
    found: list[CheckedSheet] = []
    jobs: list[_Job] = []
    left_out = frozenset(apart)
    for hung in _with_sheets(log, until):
        record, said, records = hung
        if left_out.intersection(each.position for each in records):
            continue
        if why_not := _why_not(said):
            found.append(CheckedSheet(said.document, record.position, NOT_CHECKED, why_not))
            continue
        try:
            jobs.append(_job(log, hung))
        except LedgerError as error:
            told = (said.document, record.position, NOT_REPRODUCED, error.message)
            found.append(CheckedSheet(*told))
    once = Pass(log.read(until=until))
    site = log.head().site
    found += [_checked(each, once, site) for each in sorted(jobs, key=lambda job: job.position)]
    return sorted(found, key=lambda each: each.position)


def posted_sheets(log: Log, until: int) -> dict[str, Record]:
    """The record that posted each sheet whose digest stands in a log up to a position, by that."""
    return {digest_of(each.said): each.record for each in _with_sheets(log, until)}


def _with_sheets(log: Log, until: int) -> Iterator[_Hung]:
    hung: _Hung | None = None
    for record in log.read(until=until, types=[kind.type_name() for kind in KINDS]):
        said = record.occurrence()
        if not (isinstance(said, KINDS) and said.made_with and digest_of(said)):
            continue
        if hung is not None and posted_together(hung.said, said):
            hung = _Hung(record, said, (*hung.records, record))
            continue
        if hung is not None:
            yield hung
        hung = _Hung(record, said, (record,))
    if hung is not None:
        yield hung


def digest_of(said: Posted) -> str:
    """The digest of the sheet that a record holds; empty where it holds none."""
    return said.digest if isinstance(said, DocumentPosted) else said.file


def made_here(said: Posted) -> str:
    """What would draw a sheet here that was posted; it can't be told where a part is lacking."""
    try:
        return made_with((CHECKPOINT,) if said.checkpoint else ())
    except LedgerError as error:
        return error.message


def _why_not(said: Posted) -> str:
    if not is_available():
        return f"Typst is not installed. {HINT}."
    here = made_here(said)
    return "" if said.made_with == here else f"It was made with {said.made_with}; this is {here}."


def _job(log: Log, hung: _Hung) -> _Job:
    record, said, records = hung
    if isinstance(said, StartOrderPublished):
        told = [each.occurrence() for each in records]
        orders = [each for each in told if isinstance(each, StartOrderPublished)]
        return _Job(record, said, cut_off(said), lambda prefix: posted_order(orders, prefix.state))
    if isinstance(said, ClassificationPublished):
        draw = partial(classification, said, draft=False)
        return _Job(record, said, cut_off(said), lambda prefix: draw(prefix.state))
    position = last_word(log, said.about, record.position - 1)
    drawn = partial(sheet_of_decision, said)
    return _Job(record, said, position, lambda at: drawn(at.state, position, at.root))


def _checked(job: _Job, once: Pass, site: str) -> CheckedSheet:
    status, message = _drawn_again(job, once)
    edition = edition_of(job.said)
    if status == NOT_REPRODUCED and job.record.header.site != site:
        where = f"It was made from the log of {job.record.header.site}."
        return CheckedSheet(job.said.document, job.record.position, NOT_CHECKED, where)
    if status == NOT_REPRODUCED and edition < EDITION and job.position < job.record.position:
        # Its rows and its text are on record; what stands under them follows from today's rules.
        why_not = f"It is of edition {edition} of the computing rules; this is {EDITION}."
        return CheckedSheet(job.said.document, job.record.position, NOT_CHECKED, why_not)
    return CheckedSheet(job.said.document, job.record.position, status, message)


def _drawn_again(job: _Job, once: Pass) -> tuple[str, str]:
    if job.position >= job.record.position:
        return NOT_REPRODUCED, f"It rests on #{job.position}, which came after it."
    prefix = once.up_to(job.position)
    if prefix is None:
        return NOT_REPRODUCED, once.broken
    try:
        digest = bound(job.draw(prefix)).digest
    except LedgerError as error:
        return NOT_REPRODUCED, error.message
    if digest == digest_of(job.said):
        return REPRODUCED, ""
    said = digest_of(job.said)[:10]
    return NOT_REPRODUCED, f"Its sheet has the digest {digest[:10]}, not {said} as posted."
