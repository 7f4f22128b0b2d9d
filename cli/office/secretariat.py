"""The secretariat: where what is no act on one log comes in.

A rally is begun there, deliveries of others are taken in, and a ledger gets its name as a site.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from cli.office.desk import Signature
    from ledger.log import Ledger
    from ledger.times import Instant


class Secretariat(NamedTuple):
    """For which ledger something comes in, when, and what is done with what can't be taken in.

    The ledger is opened, or begun, once there is something for it. `rally` is the one that is
    meant, if one is; `signature` says who begins it, or declares a clock. What is not appended is
    kept in the file `quarantine`; with `strict` nothing is appended where anything is wrong. A
    `correcting` reason records what differs as corrections, or of that `only` what is named. Under
    a `key` the same comes in, whenever it does.
    """

    ledger: Callable[[], Ledger]
    now: Instant
    quarantine: Path
    rally: str | None = None
    signature: Signature | None = None
    strict: bool = False
    correcting: str = ""
    only: tuple[str, ...] = ()
    key: str = ""
    progress: Callable[[int], None] = lambda _: None
