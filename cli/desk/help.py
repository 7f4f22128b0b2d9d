"""The help of the desk on its screen: the table of forms, and that of its commands."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from cli.office.lines.forms import FORMS

ENTER = ("Enter", "Records the line that waits; at a start the next crew of the list.")


def told(word: str, commands: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Every form and command in a line each; those alone that a word is about, if one is given."""
    rows = [(each.written, f"{each.says} ({each.example})") for each in FORMS]
    rows += [*commands, ENTER]
    if word:
        about = [row for row in rows if word.casefold() in row[0].casefold().split()]
        rows = about or [row for row in rows if word.casefold() in " ".join(row).casefold()]
    for written, says in rows:
        yield f"{written}: {says}"
    if not rows:
        yield f"Nothing is called {word}: ? alone lists everything."
