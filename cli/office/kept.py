"""What was kept elsewhere, a root or a checkpoint, held against the log of which it is to be."""

from __future__ import annotations

from ledger.errors import Refused, Tampered, Unreadable
from ledger.log import Log
from ledger.proofs.checkpoints import Checkpoint
from ledger.proofs.origins import Origin, read_origin

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
