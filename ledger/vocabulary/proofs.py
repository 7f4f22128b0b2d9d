"""What was shown to others, and what they said of it: checkpoints, proofs and time-stamps.

Each is the text of a file as it was handed over, and says by its own bytes what it shows, to
whoever trusts the keys under it. So it counts alike in every copy of a log, whatever the order in
which copies were merged, and whoever put it on record.
"""

from __future__ import annotations

from typing import Annotated

import msgspec

from ledger.vocabulary.base import Occurrence, OccurrenceId, short_id

Paper = Annotated[str, msgspec.Meta(min_length=1, max_length=1_000_000)]
"""The text of a file, with its line ends."""
Token = Annotated[
    str, msgspec.Meta(min_length=4, max_length=1_000_000, pattern=r"^[A-Za-z0-9+/]+={0,2}\Z")
]
"""The bytes of a file in base64."""


class CheckpointKept(Occurrence, frozen=True, kw_only=True, tag="CheckpointKept"):
    """A checkpoint was put on record: how long a log was and its root, with who signed that.

    It is a signed note (c2sp.org/tlog-checkpoint) with the signature of the log, and with those of
    the witnesses who had signed when it was taken in; what several records hold of one checkpoint
    belongs together. A sheet that rests on so much of the log bears it.
    """

    nature = "report"
    checkpoint: Paper

    def words(self) -> str:
        origin, size = _of(self.checkpoint)
        return f"The checkpoint of {size} of {origin} was kept."


class ProofKept(Occurrence, frozen=True, kw_only=True, tag="ProofKept"):
    """A proof was put on record that a record stood in the log when others signed a checkpoint.

    It is the text of a `.tlog-proof` (c2sp.org/tlog-proof) with the record in it, so that it shows
    by itself that the record was there before the witnesses signed, in whichever copy of the log.
    """

    nature = "report"
    target: OccurrenceId
    proof: Paper

    def words(self) -> str:
        return f"The proof was kept that record {short_id(self.target)} was there."


class TimeStampTaken(Occurrence, frozen=True, kw_only=True, tag="TimeStampTaken"):
    """A time-stamp was put on record: an authority says when it saw a checkpoint (RFC 3161).

    `of` is the text of the checkpoint as it was stamped, with the signatures under it, `token` what
    the authority answered.
    """

    nature = "report"
    of: Paper
    token: Token

    def words(self) -> str:
        origin, size = _of(self.of)
        return f"A time-stamp of the checkpoint of {size} of {origin} was taken."


def _of(checkpoint: str) -> tuple[str, str]:
    """Of which log a checkpoint is and how long that was, as it says; whatever the text is."""
    origin, _, rest = checkpoint.partition("\n")
    size = rest.partition("\n")[0]
    told = f"#{size}" if size.isascii() and size.isdecimal() and len(size) < 20 else "something"
    return origin[:200] or "a log", told


PAPERS: tuple[type[Occurrence], ...] = (CheckpointKept, TimeStampTaken)
"""What says who had seen a checkpoint, and when."""
