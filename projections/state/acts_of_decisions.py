"""Acts: what the effects of decisions bring about, each built once for as long as it is held."""

from __future__ import annotations

from ledger.effects import act_of
from ledger.errors import Unreadable
from ledger.vocabulary import Effect, Occurrence


class Acts:
    """The acts that were asked for, by the very objects that they are made of.

    At each moment a timeline hands out the same decisions; their acts need not be built anew.
    """

    def __init__(self) -> None:
        self._built: dict[tuple[int, ...], tuple[Occurrence | None, tuple[object, ...]]] = {}

    def of(
        self, effect: Effect, decision: Occurrence, origin: Occurrence, activated: Occurrence | None
    ) -> Occurrence | None:
        """The act that takes place by an effect; None for one that can't be read, or does nothing.

        What the arguments mean says `ledger.effects.act_of`.
        """
        made_of = effect, decision, origin, activated
        key = tuple(map(id, made_of))
        if key not in self._built:
            try:
                act = act_of(effect, decision, origin, activated)
            except Unreadable:
                act = None
            # Held along with it, what it is made of keeps its identity to itself.
            self._built[key] = act, made_of
        return self._built[key][0]
