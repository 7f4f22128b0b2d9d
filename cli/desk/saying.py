"""What is shown at the desk, line by line, for every face.

Each is a sentence that says by itself what it is: neither a colour nor a place on the screen does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Literal, NamedTuple

from cli.office.lines.context import Context
from cli.office.lines.read_back import Crew, ReadBack
from ledger.errors import LedgerError
from ledger.signs import spelled_out

How = Literal["typed", "read", "done", "asked", "refused", "told", "news"]
MOST = 3
"""So many warnings, and so many of those whom a line moved, are told one by one."""


class Shown(NamedTuple):
    """A line of what is shown, and how: a face may colour it, the words say it all the same."""

    text: str
    how: How = "told"


class Wording:
    """How a rally's desk words things: records by their names, moments by the rally's clocks."""

    def __init__(self, to_people: Callable[[str], str] = str) -> None:
        self._to_people = to_people

    def show(self, text: str, how: How = "told") -> Shown:
        """A text as people read it, with nothing in it that would act on a screen."""
        return Shown(spelled_out(self._to_people(text)), how)

    def refused(self, error: LedgerError) -> Shown:
        """What was not done, why, and what to do."""
        return self.show(f"Refused: {error.message} {error.hint}".rstrip(), "refused")

    def meant(self, told: ReadBack) -> Iterator[Shown]:
        """Number, driver and car, and what a line means in words."""
        for words in told.says:
            yield self.show(_of_its_crew(words, told.crews), "read")

    def warned(self, told: ReadBack, how: How) -> Iterator[Shown]:
        """What was typed before, and what `check` would find; of very much only the first."""
        for each in _first((*told.twice, *told.warnings)):
            yield self.show(f"Warning: {each}", how)

    def came(self, what: str, told: ReadBack) -> Iterator[Shown]:
        """What came of a line: where its crew stands now, and whom else it moved."""
        own = f": {told.number} "
        others = [each for each in told.moved if not (told.stands and own in each)]
        words = [what, *(f"{each}." for each in (*told.stands, *_first(others)))]
        yield self.show(" ".join(words), "done")
        yield from map(self.show, told.notes)


def _of_its_crew(words: str, crews: Sequence[Crew]) -> str:
    """Words about a crew behind its number, driver and car."""
    for each in crews:
        about = words.removeprefix(f"Crew {each.number}")
        if about != words and about[:1] in {" ", ","}:
            return f"{each.words()}: {about[1:].strip()}"
    return f"{crews[0].words()}: {words}" if len(crews) == 1 else words


def _first(lines: Iterable[str]) -> list[str]:
    """The first of some lines, and how many more there are."""
    told = [*lines]
    more = len(told) - MOST
    return told[:MOST] + ([f"… and {more} more"] if more > 0 else [])


def figures_in_words(context: Context) -> str:
    """What a bare figure is where an official sits."""
    if context.kind == "nowhere":
        return "Say where you are: at SS1 finish."
    if context.kind == "cards":
        return "A row: 12 TC3 10:31 TC4 11:02."
    if context.figures == "elapsed":
        return "31:12 is since its start, @10:31:12 on the clock."
    if context.kind in {"finish", "point"}:
        return "31:12 is min:s of this hour, +31:12 since its start."
    return "10:31 is on the clock."
