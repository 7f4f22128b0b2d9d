"""A line that is taken apart: one crew, its words, and where it is typed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cli.fields import own_fields
from cli.office.lines import figures
from cli.office.lines.asks import Ask
from cli.office.lines.context import Context
from cli.office.lines.plan import Plan
from cli.office.lines.typed import quoted
from ledger.errors import Usage
from ledger.log import Log
from ledger.times import Instant
from ledger.vocabulary import Occurrence


class Line(NamedTuple):
    """A line about one crew, or about none, taken apart: its words, and where it is typed.

    `at` is the instant that stands in it; `entered` that of the Enter behind it, if there is one.
    """

    number: str
    words: tuple[str, ...]
    at: Instant | None
    reason: str
    context: Context
    plan: Plan
    log: Log
    entered: Instant | None

    @property
    def where(self) -> Mapping[str, str]:
        """What tells the day of a time: the place, unless the line itself names another."""
        fields = (word.partition("=") for word in self.words)
        told = {name: code for name, equals, code in fields if equals and name in _OF_A_DAY}
        return {**self.context.fields(), **told}

    def instant(self, text: str) -> Instant:
        """A time with its hour, as people say it at a rally."""
        return figures.instant(text, self.where, self.log, self.plan)

    def when(self) -> Instant:
        """The instant that stands in it, else that of its Enter.

        Raises:
            Usage: there is neither.
        """
        if (at := self.at or self.entered) is None:
            raise Usage("When it was is not said.", hint="Write the time: @10:31:12.")
        return at

    def says(
        self, kind: type[Occurrence], at: Instant | None = None, source: str = "", /, **fields: str
    ) -> Ask:
        """What it puts on record: its crew and its place stand in it where the type has them."""
        own = own_fields(kind)
        known = {"number": self.number, **self.context.fields()}
        filled = {name: text for name, text in known.items() if text and name in own} | fields
        given = {"kind": kind.type_name(), "fields": tuple(f"{k}={v}" for k, v in filled.items())}
        return Ask("record", given | ({"source": source} if source else {}), at, self.reason)

    def because(self, words: Sequence[str]) -> Line:
        """The same with free words as its reason, before those behind the semicolon."""
        told = "; ".join(each for each in (" ".join(words), self.reason) if each)
        return self._replace(reason=told)

    def must_end(self, words: Sequence[str]) -> None:
        """Refuse words behind what can be read.

        Raises:
            Usage: there are some.
        """
        if words:
            raise Usage(
                f"{quoted(' '.join(words))} can't be read.", hint="Words stand behind a semicolon."
            )


_OF_A_DAY = frozenset({"stage", "control", "date"})
"""The fields that tell of which day a time is."""
