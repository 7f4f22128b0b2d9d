"""The first page of an archive: the replay player, and below it what else there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.office.basis import Basis

if TYPE_CHECKING:
    from cli.archive.contents import Page


def index(title: str, basis: Basis, groups: Mapping[str, Sequence[Page]]) -> bytes:
    """The page; what stands in it of the log is text, and never markup."""
    template = Template(files("cli.archive").joinpath("player", "index.html").read_text("utf-8"))
    lists = "\n".join(_list(group, several) for group, several in groups.items())
    return template.substitute(
        title=escape(title),
        rally=escape(basis.rally),
        position=basis.position,
        root=escape(basis.root),
        edition=basis.edition,
        pages=lists,
    ).encode("utf-8", "backslashreplace")


def _list(group: str, pages: Sequence[Page]) -> str:
    items = "\n".join(
        f'<li><a href="{escape(quote(page.path("html")))}"><bdi>{escape(page.title)}</bdi></a></li>'
        for page in pages
    )
    return f"<details><summary>{escape(group)}</summary>\n<ul>\n{items}\n</ul></details>"
