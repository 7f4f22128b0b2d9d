"""A line as it is typed, taken apart: its crews, its words, when it was, and the reason."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.errors import Usage

LONGEST = 5000
"""A line has no more characters: a reason has at most 4000."""
_SHOWN = 60
_CREWS = re.compile(r'\s*(?P<crews>[^\s,;="]+(?:\s*,\s*[^\s,;="]+)*)(?=[\s;]|\Z)')
_WORD = re.compile(
    r"""(?P<field>[^\s"=;]+=(?:[^\s"]|"[^"]*")*)  # a list has ";" between its parts
    |(?P<reason>;)
    |(?P<word>(?:[^\s";]|"[^"]*")+)
    |(?P<open>")""",
    re.VERBOSE,
)


class Typed(NamedTuple):
    """The words of a line, without the quotation marks around what holds blanks.

    `at` is what stands behind an @, `reason` what stands behind a semicolon.
    """

    words: tuple[str, ...]
    at: str = ""
    reason: str = ""


def taken_apart(text: str, since: int = 0) -> Typed:
    """The words of a line from a place on: behind the crews that stand in front of it.

    Raises:
        Usage: a quotation mark that nothing closes, nothing between two, or two moments.
    """
    words: list[str] = []
    at = reason = ""
    for kind, word in _words(text, since):
        if kind == "reason":
            reason = word
        elif kind == "word" and word.startswith("@"):
            if at:
                raise Usage(f"{quoted(word)} is a second moment.", hint="Write one alone.")
            at = word[1:]
            if not at:
                raise Usage("No time stands behind the @.", hint="Write it as @10:31:12.")
        elif word:
            words.append(word)
        else:
            raise Usage("Nothing stands between the quotation marks.", hint="Leave them out.")
    return Typed(tuple(words), at, reason)


def _words(text: str, since: int) -> Iterator[tuple[str, str]]:
    for found in _WORD.finditer(text, since):
        kind = found.lastgroup or ""
        if kind == "open":
            raise Usage("A quotation mark is not closed.", hint='Write title="Desert Loop".')
        if kind == "reason":
            yield kind, text[found.end() :].strip()
            return
        yield kind, found[0].replace('"', "")


def crews_in_front(text: str) -> tuple[tuple[str, ...], int]:
    """What a line begins with where that can be race numbers, and where it ends."""
    found = _CREWS.match(text)
    if found is None:
        return (), 0
    return tuple(each.strip() for each in found["crews"].split(",")), found.end()


def quoted(text: str) -> str:
    """What was typed, as it is quoted in a complaint: only the beginning of what is long."""
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…")


def near(text: str, known: Iterable[str], many: int = _SHOWN) -> str:
    """A hint with what may have been meant, by its first letters; empty where nothing is like it.

    So `many` letters are compared: of what is written in part, those that are written.
    """
    begun = {each.casefold()[:many]: each for each in known}
    found = difflib.get_close_matches(text.casefold()[:many], begun, n=3, cutoff=0.65)
    return f"Did you mean {' or '.join(begun[each] for each in found)}?" if found else ""
