"""Asking: the reads of the office at the one moment of an archive, each as often as it must be.

Several pages rest on the same answers: what hung on the board, what a posted sheet says.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable, Mapping
from typing import Any

from cli.office.answer import Answer
from cli.office.asking import Cuts
from cli.office.reads import READS
from cli.office.view import View
from cli.web.asked import Question
from ledger.times import parse_instant

MOST_KEPT = 64


class Asking:
    """What is asked of a view: at its moment, or of how it stood on the road by then."""

    def __init__(self, seen: View) -> None:
        self._seen = seen
        self._on_the_road: tuple[str, View] | None = None
        self._kept: OrderedDict[Hashable, Answer[Any]] = OrderedDict()

    def question(
        self, read: str, given: Mapping[str, Any], effective_at: str | None = None
    ) -> Question:
        """What a page asks: at the moment of the archive, as if the log ended there."""
        cuts = Cuts(str(self._seen.position), effective_at)
        return Question(self._seen.log.rally, read, dict(given), cuts, "html", absolute=True)

    def view(self, question: Question) -> View:
        """The view of a question: of all that is known, or of what had happened by an instant."""
        at = question.cuts.effective_at
        if at is None:
            return self._seen
        if self._on_the_road is None or self._on_the_road[0] != at:
            self._on_the_road = at, self._seen.on_the_road(parse_instant(at))
        return self._on_the_road[1]

    def ask(self, question: Question, seen: View | None = None) -> Answer[Any]:
        """The answer of the read.

        Raises:
            LedgerError: it can't be answered.
        """
        given = tuple(sorted((name, str(each)) for name, each in question.given.items()))
        key = (question.read, question.cuts.effective_at, given)
        if (found := self._kept.get(key)) is None:
            found = READS[question.read].ask(seen or self.view(question), question.given)
            self._kept[key] = found
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found
