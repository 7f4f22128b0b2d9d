"""The office of a ledger: its logs, one timeline of each, and the exhibits that lie beside it."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

from cli.office.asking import Cuts
from cli.office.basis import Former
from cli.office.timelines import Timelines
from cli.office.view import View
from ledger.errors import NotFound, Usage
from ledger.exhibits import Exhibits
from ledger.log import Ledger, Log
from ledger.openings import Randomness
from ledger.times import Instant

if TYPE_CHECKING:
    from cli.office.desk import Desk, Signature
    from cli.office.views import Views


NO_CUTS = Cuts()


class Office:
    """A ledger that is open to whoever asks, for as long as a face serves it.

    Several threads may ask it at once, each of a view of its own. With `keeps` False nothing is
    ever written, not even what is only there to be quick. Unless it `replays`, what needs all of a
    long log is not answered: `NeedsReplay` is raised.
    """

    def __init__(
        self,
        ledger: Ledger,
        *,
        exhibits: Exhibits | None = None,
        keeps: bool = True,
        replays: bool = True,
    ) -> None:
        self.replays = replays
        self.ledger = ledger
        self._exhibits = exhibits
        self._timelines = Timelines(keeps=keeps)

    def log(self, rally: str | None = None) -> Log:
        """The log of the rally that is meant; it need not be named where there is one alone.

        Raises:
            NotFound: no such rally. Usage: the ledger holds several and none is named.
        """
        return self.ledger.log(_one_of(self.ledger.rallies(), rally))

    def desk(
        self,
        log: Log,
        signature: Signature,
        now: Callable[[], Instant],
        randomness: Randomness = secrets.token_bytes,
    ) -> Desk:
        """The desk of a log, before whoever signs."""
        from cli.office.desk import Desk  # no read needs what an act does

        return Desk(log, signature, now, randomness, self._exhibits, self._timelines)

    @property
    def timelines(self) -> Timelines:
        """The timelines of its logs, for who follows one."""
        return self._timelines

    def views(
        self, cuts: Cuts = NO_CUTS, before: Mapping[str, Former] = MappingProxyType({})
    ) -> Views:
        """Every log at its cut, or those on which an answer rests that was given before."""
        from cli.office.views import Views  # most reads are of one log

        held = self.ledger.rallies()

        def opened(rally: str, at: Cuts) -> View:
            log = self.ledger.log(_one_of(held, rally))
            return self.view(log, *at, before=before.get(rally))

        return Views([*before] or held, cuts, opened)

    def view(
        self,
        log: Log,
        known_at: str | None = None,
        effective_at: str | None = None,
        decided_by: str | None = None,
        before: Former | None = None,
    ) -> View:
        """A log at a cut, or at the one of an answer that was given before."""
        return View(
            log,
            known_at,
            effective_at,
            decided_by,
            before=before,
            timelines=self._timelines,
            exhibits=self._exhibits,
            replays=self.replays,
            beside=lambda: map(self.ledger.log, self.ledger.rallies()),
        )


def _one_of(held: Sequence[str], rally: str | None) -> str:
    """The rally that is meant, of those that a ledger holds.

    Raises:
        NotFound: no such rally. Usage: there are several and none is named.
    """
    if rally is not None:
        if rally not in held:
            listed = ", ".join(held) or "none"
            raise NotFound(f"The ledger holds no rally {rally}.", hint=f"It holds: {listed}.")
        return rally
    if len(held) == 1:
        return held[0]
    if not held:
        raise NotFound("The ledger holds no rally yet.", hint="`rally import` or `rally demo`.")
    raise Usage(
        f"The ledger holds {len(held)} rallies.", hint=f"Pick one: --rally {' | '.join(held)}."
    )
