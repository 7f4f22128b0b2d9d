"""Marks along a log as the replay steps to them, each with the page that tells more of it."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

from cli.archive.asking import Asking
from cli.archive.contents import Contents
from cli.names import naming_of
from cli.office.moments import KINDS, STAGE, Marks
from cli.office.register import reference
from cli.office.view import View

_LONGEST = 160


def marks(seen: View, asking: Asking, contents: Contents) -> dict[str, list[list[Any]]]:
    """The positions to which one steps, each with its words and the address of its page."""
    found: Marks = asking.ask(asking.question("marks", {})).found
    named = naming_of(lambda: seen.log, seen.position)
    register = asking.ask(asking.question("decisions", {})).found
    decided = {
        row.position: contents.find("decisions", decision=reference(row)) for row in register
    }

    def told(position: int, words: str) -> list[Any]:
        words = named(words)
        short = words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
        page = decided.get(position) or contents.find("show", record=str(position))
        return [position, short, quote(page.path("html")) if page else ""]

    stages: list[list[Any]] = []
    for band in found.stages:
        page = contents.find("standings", stage=band.stage)
        stages.append([band.position, band.stage, quote(page.path("html")) if page else ""])
    return {
        STAGE: stages,
        **{
            kind: [told(each.position, each.told) for each in found.marks if each.kind == kind]
            for kind in KINDS
        },
    }
