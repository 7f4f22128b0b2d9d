"""The rules on signatures: which acts are signed with a key of office, and which countersigned.

How they are worded and what follows from them stands in `ledger.wanted`: whoever reads a log tells
by them who could act, with or without a rulebook beside it.
"""

from __future__ import annotations

from ledger.wanted import (
    COUNTERSIGNED,
    NO_EFFECT,
    UNPROVEN,
    WANTED,
    WITH_RESERVE,
    read_countersigned,
    read_wanted,
)
from projections.rules.parameter import Parameter

SCHEMA: dict[str, Parameter] = {
    WANTED: Parameter(
        tuple,
        "Which acts of which offices have no effect unless they are signed with a key of office; "
        "where nothing is said, none. It asks for nothing where no organiser's key is on record.",
        reads=read_wanted,
        example="any act of stewards and clerk-of-the-course",
    ),
    COUNTERSIGNED: Parameter(
        tuple,
        "Which acts are signed, and by a second person as well, who holds a key of an office.",
        reads=read_countersigned,
        example="DecisionIssued of stewards by stewards",
    ),
    UNPROVEN: Parameter(
        str,
        "What becomes of an act that was signed, as it says, before its key was lost, where no "
        "proof on record shows that it was there by then. Where nothing is said, it has no effect.",
        frozenset({NO_EFFECT, WITH_RESERVE}),
    ),
}
"""The parameters of signatures, by name."""
