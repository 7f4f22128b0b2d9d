"""Two roots at one size: checkpoints on record of one log that can't both be of one history."""

from __future__ import annotations

from collections.abc import Iterator

from ledger.errors import LedgerError
from ledger.grouping import grouped
from ledger.proofs.checkpoints import Checkpoint, read_checkpoint
from ledger.vocabulary import CheckpointKept
from projections.control.anomaly import Anomaly, positions_of
from projections.state.rally import RallyState


def two_roots(state: RallyState) -> Iterator[Anomaly]:
    """Checkpoints of one origin and size whose roots differ; whose each is, their keys tell.

    Whether one is of this copy is no question here: copies that hold the same records agree.
    """
    read = ((each.id, _read(each.value)) for each in state.facts.of(CheckpointKept))
    of_a_size = grouped(
        ((found.origin, found.size), (found.root, identity)) for identity, found in read if found
    )
    for (origin, size), kept in of_a_size.items():
        roots = sorted({root for root, _ in kept})
        if len(roots) > 1:
            shown = " and ".join(root.hex()[:16] for root in roots)
            at = positions_of(state, *(identity for _, identity in kept))
            yield Anomaly("two-roots", at, f"{origin} has two roots at #{size}: {shown}.")


def _read(said: CheckpointKept) -> Checkpoint | None:
    try:
        return read_checkpoint(said.checkpoint.encode())
    except (LedgerError, UnicodeEncodeError):
        return None
