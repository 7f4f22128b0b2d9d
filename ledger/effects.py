"""Effects: the act that takes place by a decision, as if it had been put on record alone."""

from __future__ import annotations

from typing import Any

from ledger.errors import Unreadable
from ledger.vocabulary import DECIDABLE, SANCTIONS, TYPES, Effect, Occurrence, build

_ENVELOPE = ("rally", "recorded_at", "recorded_assumed", "by", "role", "site", "source", "reason")
_SHARED = ("number", "stage", "document", "evidence")


def act_of(
    effect: Effect, decision: Occurrence, origin: Occurrence, activated: Occurrence | None = None
) -> Occurrence | None:
    """The act that an effect of a decision brings about; None for a sanction that moves no result.

    `origin` is the decision that it all began with: what a court puts in its place takes effect at
    the instant of the same fact. A suspended sanction takes effect when it was `activated`. Crew,
    stage, document and evidence are those of the decision where the effect does not name them.

    Raises:
        Unreadable: there is no such act, or it can't have these fields.
    """
    kind = TYPES.get(effect.act)
    if effect.act in SANCTIONS:
        return None
    if kind is None or kind not in DECIDABLE:
        raise Unreadable(
            f"A decision can't bring about {effect.act!r}.", hint=f"It can: {', '.join(ACTS)}."
        )
    fields: dict[str, Any] = {name: getattr(decision, name) for name in _ENVELOPE}
    at = activated or origin
    fields["fact_at"] = at.happened
    if at.fact_assumed:
        fields["fact_assumed"] = True
    for said in (decision, origin, *((activated,) if activated else ())):
        fields |= _shared(kind, said)
    return build(
        kind, fields | {n: value for n, value in effect.fields.items() if value is not None}
    )


def _shared(kind: type[Occurrence], said: Occurrence) -> dict[str, Any]:
    """What an act shares with what it takes place by, as far as it has such fields."""
    has = set(kind.__struct_fields__)
    return {n: value for n in _SHARED if n in has and (value := getattr(said, n, ""))}


ACTS: tuple[str, ...] = (*sorted(kind.type_name() for kind in DECIDABLE), *SANCTIONS)
"""What an effect may be, by name."""
