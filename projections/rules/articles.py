"""Articles as texts with versions: which one was in force for a fact, and on which page it stands.

Regulations give their articles as they read, and a bulletin words one anew from an instant or a
stage on. Who cites an article cites the version in force at the fact.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from projections.rules.regulations import Regulations

_EVER = 1 << 62


class Cited(NamedTuple):
    """An article in the version that is cited: what gave it, in which record, and on which page."""

    article: str
    version: str
    position: int
    page: str
    text: str

    def told(self) -> str:
        """The version, as it stands behind the article: "bulletin 3, p. 1"."""
        page = self.page if not self.page or self.page == "web" else f"p. {self.page}"
        return ", ".join(filter(None, (self.version, page)))


def articles_at(
    regulations: Regulations, instant: int | None, order: int | None
) -> dict[str, Cited]:
    """The articles in force for a fact of that instant (UTC ms), on the stage of that number."""
    by = f"regulations {regulations.base.name}"
    given = [(by, regulations.position, regulations.articles)]
    for change in regulations.applied(_EVER if instant is None else instant, order):
        given = [] if change.whole else given
        given.append((change.title, change.position, change.articles))
    return {
        each.article: Cited(each.article, version, position, each.page, each.text)
        for version, position, articles in given
        for each in articles
    }


def cited(
    regulations: Regulations, said: str, instant: int | None, order: int | None
) -> tuple[Cited, ...]:
    """The articles that a text names, each in the version in force at the fact."""
    known = articles_at(regulations, instant, order) if said else {}
    return tuple(each for name, each in known.items() if _names(said, name))


def versioned(regulations: Regulations, said: str, instant: int | None, order: int | None) -> str:
    """A text that cites articles, with the version of each; as it is where it cites none."""
    told = "; ".join(
        each.told() if len(found) == 1 else f"{each.article}: {each.told()}"
        for found in [cited(regulations, said, instant, order)]
        for each in found
    )
    return f"{said} ({told})" if told else said


def _names(said: str, article: str) -> bool:
    """Whether a text names an article, and not one that its number only begins."""
    word = re.escape(article.casefold())
    return bool(re.search(rf"(?<![\w.]){word}(?!\w|\.\d)", said.casefold()))
