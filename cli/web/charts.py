"""Charts of places and gaps: in a page, and as the file that the command draws."""

from __future__ import annotations

from typing import Any

from cli.charts.drawing import draw, within_a_page
from cli.charts.wording import words_of
from cli.office.answer import Answer
from cli.web.words import Words
from ledger.signs import spelled_out
from ledger.times import Instant


def drawing(answer: Answer[Any]) -> bytes:
    """The chart as a file that needs nothing else, as the command draws it."""
    assert answer.seen is not None
    words = Words(answer.seen)
    return draw(answer.found.parts, answer.document["chart"], _words(answer, words))


def inline(answer: Answer[Any], words: Words) -> str:
    """The chart as it stands in a page: markup that holds no style and no script."""
    return within_a_page(answer.found.parts, answer.document["chart"], _words(answer, words))


def _words(answer: Answer[Any], words: Words) -> Any:
    def shown(at: Instant) -> Instant:
        return words.instant(at.iso())

    return words_of(answer, shown, lambda text: spelled_out(words.text(text)))
