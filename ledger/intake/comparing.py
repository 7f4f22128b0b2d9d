"""What a line of a source says otherwise than it did: only what is news counts as a difference.

An instant that the line does not know, or only assumes, neither differs from nor replaces what is
known. Texts are one but for composition, blanks and the case of letters; what names a crew or a
place keeps its letters, since other records name it so. A time that is coarser than another and
agrees with it, cut or rounded, is the same, whichever of the two is on record.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from ledger.amendments import ENVELOPE
from ledger.spelling import same_text
from ledger.times import spelled
from ledger.vocabulary import Occurrence
from ledger.vocabulary.amendments import ChangedValue

NAMES = frozenset(
    {"number", "stage", "control", "point", "start_point", "zone", "from_point", "to_point"}
)
"""The fields by whose very letters records are about the same crew or place."""
GRAINS_MS = (10, 100, 1000)
"""How coarsely a time may be given: in hundredths, tenths, seconds."""
HARDLY_BY_CHANCE = 100
"""A time of a stage whose precision is known is coarser only where it is so much coarser: one in
ten times in tenths ends in a whole second, one in a hundred in thousandths in a tenth."""


def differences(
    before: Occurrence, after: Occurrence, precision_ms: int | None, *, assumed_anew: bool = False
) -> dict[str, Any]:
    """The fields that `after` says otherwise, as it says them; null is back to the default.

    `precision_ms` is that of the stage, where it is known. What was only assumed may be
    `assumed_anew`: that alone is no news, but it follows from what is.
    """
    old, new = msgspec.to_builtins(before), msgspec.to_builtins(after)
    knows_when = after.fact_at is not None and not after.fact_assumed
    if assumed_anew and after.fact_assumed:
        knows_when = before.fact_at is None or before.fact_assumed
    left_out = _UNCHANGING if knows_when else _UNCHANGING | {"fact_at", "fact_assumed"}
    exact = {"fact_at"} if before.fact_assumed else set()
    return {
        name: new.get(name)
        for name in sorted((old.keys() | new.keys()) - left_out)
        if old.get(name) != new.get(name)
        and (name in exact or not _same(name, old.get(name), new.get(name), precision_ms))
    }


_UNCHANGING = (ENVELOPE - {"rally"}) | {"type"}


def _same(name: str, old: Any, new: Any, precision_ms: int | None) -> bool:
    if isinstance(old, str) and isinstance(new, str):
        return same_text(old, new, in_any_case=name not in NAMES)
    if old is None or new is None:  # a text of blanks, where there is none
        return not (old or new or "").strip() if isinstance(old or new, str) else False
    if name == "fact_at":
        return agree(old[0], new[0], precision_ms)
    if name == "elapsed_ms":
        return agree(old, new, precision_ms)
    if isinstance(old, tuple) and isinstance(new, tuple) and len(old) == len(new):
        return all(_same(name, *pair, precision_ms) for pair in zip(old, new, strict=True))
    return bool(old == new)


def agree(one: int, other: int, precision_ms: int | None) -> bool:
    """Whether two times (ms) are one, given more coarsely once: cut or rounded."""
    if one == other:
        return True
    for grain in GRAINS_MS:
        if precision_ms is not None and grain < HARDLY_BY_CHANCE * precision_ms:
            continue
        for coarse, fine in ((one, other), (other, one)):
            rest = fine % grain
            if rest and coarse in (fine - rest, (fine + grain // 2) // grain * grain):
                return True
    return False


def can_be_corrected(changes: Mapping[str, Any]) -> bool:
    """Whether a correction can say this; what holds a table of its own is said anew instead."""
    try:
        msgspec.convert(changes, dict[str, ChangedValue])
    except msgspec.ValidationError:
        return False
    return not ENVELOPE & changes.keys()


def told(before: Occurrence, changes: Mapping[str, Any]) -> str:
    """What differs, in words: "amount_ms was 0:00:10, is 0:00:20"."""
    old = msgspec.to_builtins(before)
    return "; ".join(
        f"{name} was {spelled(name, old.get(name))}, is {spelled(name, value)}"
        for name, value in changes.items()
    )
