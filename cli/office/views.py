"""Views: several logs of a ledger, each at its own moment, for what is asked of all of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from typing import Any

import msgspec

from cli.office.asking import Cuts
from cli.office.basis import Basis
from cli.office.needs import Needs, Work, work_of
from cli.office.view import View
from ledger.errors import NotFound, Usage

BETWEEN, NAMES = ";", "="
"""Between the moments of several rallies, and between a rally and its moment."""


class Bases(msgspec.Struct, frozen=True):
    """On what an answer over several rallies rests: the basis of each, in their order."""

    rallies: tuple[Basis, ...]


class Views:
    """The logs of a ledger, each at a cut; which of them are meant is for who asks to say.

    `opened` gives the view of a rally at its cuts. In `known_at` a moment may be said for each
    rally ("chile-2019=#120;mexico-2019=@"), and one that names no rally is meant for all others; a
    time by which things had happened or were decided is the same for all.
    """

    def __init__(
        self, rallies: Sequence[str], cuts: Cuts, opened: Callable[[str, Cuts], View]
    ) -> None:
        self._opened = opened
        self._rallies = tuple(rallies)
        self._cuts = cuts
        self._known = _moments(cuts.known_at, rallies)

    def of(self, rallies: Sequence[str]) -> Views:
        """Those of these rallies alone; of all where none is named.

        Raises:
            NotFound: the ledger does not hold one.
        """
        for each in rallies:
            if each not in self._rallies:
                held = ", ".join(self._rallies) or "none"
                raise NotFound(f"The ledger holds no rally {each}.", hint=f"It holds: {held}.")
        if not rallies or set(rallies) == set(self._rallies):
            return self
        wanted = [each for each in self._rallies if each in rallies]
        known = {each: at for each, at in self._known.items() if each in ("", *wanted)}
        if strange := [each for each in self._known if each not in known]:
            raise Usage(
                f"A moment is said for {strange[0]}, which is not asked for.",
                hint="Name it with --rallies as well, or leave its moment out.",
            )
        return Views(wanted, self._cuts._replace(known_at=_joined(known)), self._opened)

    @cached_property
    def each(self) -> Mapping[str, View]:
        """The view of each rally, by its code."""
        return {code: self._opened(code, self._at(code)) for code in self._rallies}

    @property
    def settled(self) -> Cuts:
        """The same cuts with the position of each rally said, so that they stay what they are."""
        known = {code: f"#{view.position}" for code, view in self.each.items()}
        return self._cuts._replace(known_at=_joined(known))

    @property
    def heads(self) -> tuple[int, ...]:
        """Where each log ends."""
        return tuple(view.head for view in self.each.values())

    def basis(self) -> Bases:
        """On what an answer over all of them rests."""
        return Bases(tuple(view.basis() for view in self.each.values()))

    def heading(self, title: str) -> str:
        """What it is, and as of when of each rally."""
        told = (f"{code} as of #{view.position}" for code, view in self.each.items())
        return f"{title} · {', '.join(told) or 'no rally'}"

    def must_hold(self, read: str, document: Mapping[str, Any]) -> None:
        """Refuse another answer than the one that an earlier edition of the rules gave.

        Raises:
            Refused: it is another one, or may be.
        """
        for view in self.each.values():
            view.must_hold(read, document)

    def work(self, needs: Needs, us_a_record: float, given: Mapping[str, Any]) -> Work:
        """What is ahead of who asks all of them: what is ahead at each, together."""
        every = [work_of(needs, us_a_record, view, given) for view in self.each.values()]
        longest = max(every, key=lambda each: each.seconds, default=Work(needs))
        records, seconds = (sum(e.records for e in every), sum(e.seconds for e in every))
        return Work(longest.needs, records, seconds)

    def _at(self, code: str) -> Cuts:
        return self._cuts._replace(known_at=self._known.get(code, self._known.get("")))


def _moments(known_at: str | None, rallies: Sequence[str]) -> dict[str, str]:
    """The moments that are said, by rally; "" is for those of which none is said."""
    found: dict[str, str] = {}
    for said in (known_at or "").split(BETWEEN):
        code, names, moment = said.strip().rpartition(NAMES)
        if names and code.strip() not in rallies:
            held = ", ".join(rallies) or "none"
            raise NotFound(f"The ledger holds no rally {code.strip()}.", hint=f"It holds: {held}.")
        if moment and found.setdefault(code.strip(), moment.strip()) != moment.strip():
            raise Usage(
                f"A moment is said twice for {code.strip() or 'every rally'}.",
                hint="Say one moment for each rally: --known-at CODE=MOMENT.",
            )
    return found


def _joined(known: Mapping[str, str]) -> str | None:
    told = (f"{code}{NAMES}{moment}" if code else moment for code, moment in known.items())
    return BETWEEN.join(told) or None
