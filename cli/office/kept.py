"""What was kept elsewhere, a root or a checkpoint, held against the log of which it is to be."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.errors import LedgerError, Refused, Tampered, Unreadable
from ledger.log import Log
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.proofs.origins import Origin, read_origin
from ledger.proofs.spelling import bytes_of
from ledger.proofs.stamps import read_stamp
from ledger.vocabulary import ActsSigned, CheckpointKept, ProofKept, TimeStampTaken

SHOWN = 16
"""So many digits of a root are shown."""


def origin_of(log: Log) -> Origin:
    """Which log it is, to strangers too: two that don't fit under one origin are a fork.

    Raises:
        Refused: it has no record yet, by which it would be known.
    """
    identity = log.identity()
    if not identity:
        raise Refused(
            f"The log of {log.rally} has no record yet.", hint="It is named by its first one."
        )
    return Origin(identity, log.rally, log.head().site)


def checkpoint_kept(log: Log, position: int, root: str) -> str:
    """The checkpoint of so much of this log that is on record, with the log's own signature.

    Empty where none is: then a sheet that rests on it bears none.
    """
    for found in _checkpoints_of(log):
        if (found.size, found.root.hex()) == (position, root):
            own = tuple(each for each in found.signatures if each.name == found.origin)
            return found._replace(signatures=own).to_bytes().decode() if own else ""
    return ""


def basis_kept(log: Log) -> str | None:
    """The moment of the last checkpoint on record, where nothing came after it but papers.

    What is published without another moment rests on that, and its sheet bears the checkpoint.
    """
    last = max((each.size for each in _checkpoints_of(log)), default=None)
    if last is None:
        return None
    papers, signed = set[str](), set[str]()
    for record in log.read(after=last):
        match record.occurrence():
            case ActsSigned(targets=targets):
                signed.update(targets)
            case CheckpointKept() | ProofKept() | TimeStampTaken():
                papers.add(record.id)
            case _:
                return None
    return str(last) if signed <= papers else None


def never_had(log: Log, until: int | None = None) -> Iterator[tuple[int, Checkpoint, str]]:
    """The records of checkpoints under the origin of this log that it never had, and why not.

    One came in from another history of the same name: this log or that was written anew.
    """
    for position, found in _of_its_origin(log, until):
        if amiss := not_of(log, found, until):
            yield position, found, amiss


def of_another_history(log: Log, until: int | None = None) -> Iterator[tuple[int, str]]:
    """The same, in words."""
    for position, found, amiss in never_had(log, until):
        told = f"The checkpoint of {found.words} is of this origin, and this log never had it."
        fork = "Two histories have one name; whose its signature is was not checked."
        yield position, f"{told} {amiss} {fork}"


def stamps_amiss(log: Log, until: int | None = None) -> Iterator[tuple[int, str]]:
    """The records of time-stamps that are over another thing than the checkpoint beside them."""
    for record in log.read(until=until, types=[TimeStampTaken.type_name()]):
        said = record.occurrence()
        if isinstance(said, TimeStampTaken) and not _is_over(said):
            yield record.position, "What is kept as a time-stamp is none of the checkpoint in it."


def _is_over(said: TimeStampTaken) -> bool:
    try:
        return read_stamp(bytes_of(said.token, "The token")).is_over(said.of.encode())
    except (LedgerError, UnicodeEncodeError):
        return False


def _checkpoints_of(log: Log) -> Iterator[Checkpoint]:
    """The checkpoints on record that this log had, under its own origin."""
    return (found for _, found in _of_its_origin(log) if not not_of(log, found))


def _of_its_origin(log: Log, until: int | None = None) -> Iterator[tuple[int, Checkpoint]]:
    for record in log.read(until=until, types=[CheckpointKept.type_name()]):
        said = record.occurrence()
        if not isinstance(said, CheckpointKept):
            continue
        try:
            found = read_checkpoint(said.checkpoint.encode())
        except (LedgerError, UnicodeEncodeError):
            continue
        if found.origin == origin_of(log).text:
            yield record.position, found


def unlike(log: Log, size: int, of: tuple[str, str], at: int, root: str) -> str:
    """Why what was kept is not of a log that ends at a size; "" where it is.

    It is `of` a ledger (by its identity) and a rally, and says which root that had at a position.
    """
    if of != (log.identity(), log.rally):
        ledger, rally = of
        return f"It is of the rally {rally} of the ledger {ledger}."
    if at > size:
        return f"It is of #{at}, and the log ends at #{size}."
    if (here := log.root_at(at)) != root:
        shown = f"{root[:SHOWN]}, and the log has {here[:SHOWN]} there"
        return f"Its root at #{at} is {shown}: this is not the history that was there."
    return ""


def not_of(log: Log, checkpoint: Checkpoint, size: int | None = None) -> str:
    """Why a checkpoint is none of this log, as far as it goes or to a size; "" where it is one.

    One that another site signed is one of this log for as long as both have gone on alike.
    """
    until = log.head().size if size is None else size
    try:
        origin = read_origin(checkpoint.origin)
        amiss = unlike(log, until, origin[:2], checkpoint.size, checkpoint.root.hex())
        own = origin_of(log)
    except (Refused, Tampered, Unreadable) as error:
        return error.message
    if amiss and origin[:2] == own[:2] and origin.site != own.site:
        return (
            f"It is of the site {origin.site}, and this is the log of {own.site}: each has its own."
        )
    return amiss
