"""`rally keep`: checkpoints with who signed them, and proofs of records, go on record."""

from __future__ import annotations

from cli.acting import act
from cli.changes import show

command = act(
    "keep",
    """Put on record what others signed: a checkpoint, or the proof of a record.

    FILE is a checkpoint, as witnesses gave it back with their signatures, or a `.tlog-proof`. It
    has to be one of this log. It shows by its own bytes that the log, or the record, was there
    before they signed, in every copy of the log: an act by a key that is lost later counts without
    reserve where that is shown from before the loss. What is kept of one checkpoint more than once
    belongs together. A published sheet bears the checkpoint of what it rests on.

    \b
    Examples:
      rally keep evening.checkpoint --by Ann --role secretary
      rally keep decision.tlog-proof --by Ann --role secretary
    """,
    show,
)
