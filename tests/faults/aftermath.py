"""What an act leaves that met a fault, and what becomes of it when it is given again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from tests.faults.acts import Act
from tests.faults.ledgers import Said, expect_no_traceback, opened, times_of, whole
from tests.faults.table import Counts


def look(
    counts: Counts,
    act: Act,
    ledger: Path,
    mark: str,
    answer: Said,
    about: str,
    *,
    telling: Sequence[str],
    give: Callable[..., Said],
) -> None:
    """Whether what was said is so, and whether the act stands once when it is given again.

    An answer that is no success tells of what is on record by one of the words of `telling`.
    """
    expect_no_traceback(counts, answer, about)
    with opened(ledger) as log:
        whole(counts, log, about)
        found = times_of(log, f"{mark}!")
    denied = "nothing was appended" in answer.err.lower()
    told = answer.code == 0 or (not denied and any(words in answer.err for words in telling))
    if answer.code == 0 and found < act.parts:
        counts.find("lost", about)
    elif found and not told:
        counts.find("unseen", f"{about}: it is on record, and nobody says so: {answer.err.strip()}")
    again = give(ledger, *act.again(mark, ledger.parent))
    if expect_no_traceback(counts, again, about) and again.code:
        counts.find("lost", f"{about}, given again: {again.err.strip()}")
    with opened(ledger) as log:
        whole(counts, log, about)
        found = times_of(log, f"{mark}!")
    if found != act.parts:
        kind = "lost" if found < act.parts else "doubled"
        counts.find(kind, f"{about}: given again, it stands {found} times")
