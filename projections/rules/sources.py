"""Where a value of a rulebook stands: document, edition, article and page; or that it is assumed.

A source is a citation, so that whoever signs the rules can look each of them up. What no text says
is assumed, and then it says why. `rally rulebook check` refuses a value with neither.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from ledger.errors import Unreadable

ASSUMED = "assumed"
"""How the provenance of a parameter begins for which there is no source."""
WEB = "web"
"""The page of a text that has none: it stands on the web alone."""
CITED = ("document", "edition", "article", "page")
ASSUMPTION = ("assumed", "because")
LOOSE = "source"
"""A text that names no page: rules of a rally's own may be read with it, but not signed."""
WRITE = (
    'Write document, edition, article and page (page = "web" where a text has none), '
    'or assumed = true and because = "…".'
)


class Source(NamedTuple):
    """Where a value comes from: a citation, or (with `assumed`) why it is taken to be so."""

    document: str = ""
    edition: str = ""
    article: str = ""
    page: str = ""
    assumed: bool = False
    because: str = ""
    loose: str = ""

    def told(self) -> str:
        """As a person reads it: "NCR 2026, ed. 11, ch. 2 app. 3 art. 1.19, p. 70"."""
        if self.assumed:
            return f"{ASSUMED}: {self.because}" if self.because else ASSUMED
        if self.loose:
            return self.loose
        edition = f"ed. {self.edition}" if self.edition else ""
        page = self.page if self.page in ("", WEB) else f"p. {self.page}"
        return ", ".join(filter(None, (self.document, edition, self.article, page)))

    def lacks(self) -> str:
        """What is missing before somebody can look it up; "" where nothing is."""
        if self.assumed:
            return "" if self.because else "is assumed and does not say why"
        if self.loose:
            return "names no document, edition, article and page"
        missing = [name for name in CITED if not getattr(self, name)]
        return f"names no {' and no '.join(missing)}" if missing else ""


def source_of(name: str, where: str, entry: Mapping[str, object]) -> Source:
    """The source that an entry of a rulebook gives.

    Raises:
        Unreadable: none is given, or two that exclude each other, or something that is no text.
    """
    said = {each: entry[each] for each in (*CITED, "because", LOOSE) if each in entry}
    texts = {each: _text(name, where, each, value) for each, value in said.items()}
    assumed = entry.get("assumed", False)
    if not isinstance(assumed, bool):
        raise Unreadable(f"The rulebook {name}: {where}: assumed is not true or false.", hint=WRITE)
    cited = [each for each in (*CITED, LOOSE) if texts.get(each)]
    if not (assumed or cited):
        raise Unreadable(f"The rulebook {name}: {where} has no provenance.", hint=WRITE)
    if cited and (assumed or "because" in texts):
        raise Unreadable(
            f"The rulebook {name}: {where} is assumed and has a source.",
            hint="Leave out one of them.",
        )
    loose = texts.pop(LOOSE, "")
    return Source(**texts, assumed=assumed, loose="" if len(cited) > 1 else loose)


def _text(name: str, where: str, field: str, value: object) -> str:
    """A text of an entry; a page or an edition may be written as a number."""
    if isinstance(value, int) and not isinstance(value, bool) and field in ("edition", "page"):
        return str(value)
    if not isinstance(value, str) or not value.strip():
        if field == LOOSE:
            raise Unreadable(f"The rulebook {name}: {where} has no provenance.", hint=WRITE)
        raise Unreadable(f"The rulebook {name}: {where}: {field} is no text.", hint=WRITE)
    return value.strip()
