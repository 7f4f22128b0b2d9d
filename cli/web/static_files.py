"""The files that every page needs, whoever hands them over: a server, or a folder of pages."""

from __future__ import annotations

from functools import cache
from importlib import resources


@cache
def static_file(name: str) -> bytes:
    """A file that pages need, by its name: how they look, what acts on them, their sign."""
    if name == "chart.css":
        from cli.charts.style import CSS

        return f".chart {{{CSS}}}\n".encode()
    if name == "lookup.js":  # the same as in an archive
        return resources.files("cli.archive").joinpath("player", name).read_bytes()
    return resources.files("cli.web").joinpath("static", name).read_bytes()
