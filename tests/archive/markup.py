"""What stands in a page, read as a browser reads it: its tables, its tags, where it leads."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

_VOID = frozenset({"meta", "link", "br", "input", "img", "hr"})


class Markup(HTMLParser):
    """A page, taken apart."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.tables: list[list[list[str]]] = []
        self.headings: list[str] = []
        self.bdi: list[str] = []
        self._open: list[str] = []
        self.feed(text)
        self.close()
        assert self._open == [], "what is opened is closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag in _VOID:
            return
        self._open.append(tag)
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
        elif tag in ("h1", "h2"):
            self.headings.append("")
        elif tag == "bdi":
            self.bdi.append("")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag, (tag, self._open[-5:])

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        if "td" in self._open or "th" in self._open:
            self.tables[-1][-1][-1] += data
        if "h1" in self._open or "h2" in self._open:
            self.headings[-1] += data
        if "bdi" in self._open:
            self.bdi[-1] += data

    def leads(self) -> list[str]:
        """Where it leads, and what it loads."""
        found: list[Any] = [
            attrs[name] for _, attrs in self.tags for name in ("href", "src") if name in attrs
        ]
        return found
