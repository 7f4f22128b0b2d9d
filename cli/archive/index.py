"""The first page of an archive: the replay player, and below it what else there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from string import Template
from typing import TYPE_CHECKING
from urllib.parse import quote

from cli.office.basis import Basis
from cli.web.keys import KEYS

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
        steps="\n".join(map(_step, KEYS)),
        keys="\n".join(map(_keys, KEYS)),
        pages=lists,
    ).encode("utf-8", "backslashreplace")


def _step(what: str) -> str:
    """The buttons of a step, back and forth, each with its key."""
    before, after = (
        f'<button type="button" data-step="{what}" data-by="{by}" data-key="{escape(key)}"'
        f' aria-label="{what.capitalize()} {where}" title="{where} ({escape(key)})">{sign}</button>'
        for key, by, where, sign in zip(KEYS[what], (-1, 1), ("before", "after"), "◀▶", strict=True)
    )
    group = f'<span role="group" aria-label="{what.capitalize()}">'
    return f"{group}{before} {what} {after}</span>"


def _keys(what: str) -> str:
    back, forth = map(escape, KEYS[what])
    return f"<dt><kbd>{back}</kbd> <kbd>{forth}</kbd></dt><dd>{what} before, after</dd>"


def _list(group: str, pages: Sequence[Page]) -> str:
    items = "\n".join(
        f'<li><a href="{escape(quote(page.path("html")))}"><bdi>{escape(page.title)}</bdi></a></li>'
        for page in pages
    )
    return f"<details><summary>{escape(group)}</summary>\n<ul>\n{items}\n</ul></details>"
