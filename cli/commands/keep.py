"""`rally keep`: checkpoints with who signed them, and proofs of records, go on record."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "keep",
    """Put on record what others signed: a checkpoint, the proof of a record, or a time-stamp.

    FILE is a checkpoint, as witnesses gave it back with their signatures, or a `.tlog-proof`. It
    has to be one of this log. It shows by its own bytes that the log, or the record, was there
    before they signed, in every copy of the log: an act by a key that is lost later counts without
    reserve where that is shown from before the loss. What is kept of one checkpoint more than once
    belongs together. A published sheet bears the checkpoint of what it rests on.

    With --over, FILE is what an authority answered that stamped that checkpoint (RFC 3161, as
    `openssl ts` has it): it has to be over the very bytes of the file. Whose stamp it is, who reads
    it checks by certificates from outside.

    \b
    Examples:
      rally keep evening.checkpoint --by Ann --role secretary
      rally keep decision.tlog-proof --by Ann --role secretary
      rally keep evening.tsr --over evening.checkpoint --by Ann --role secretary
    """,
    show,
)
