"""Choosing: one of a few words, written in part, alone or before free words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from cli.fields import own_fields
from cli.office.lines.typed import near, quoted
from ledger.errors import Usage
from ledger.vocabulary import Occurrence

_SHORTEST = 3
"""So many letters of a word are enough where it stands before free words."""


def _begun_so(text: str, known: Sequence[str]) -> str:
    """The one of some words that begins so; empty where none does.

    Raises:
        Usage: several do.
    """
    folded = text.casefold()
    if folded in known:
        return folded
    found = [each for each in known if folded and each.startswith(folded)]
    if len(found) > 1:
        raise Usage(f"{quoted(text)} may be {' or '.join(found)}.", hint="Write more of it.")
    return found[0] if found else ""


def chosen_of(what: str, text: str, known: Sequence[str]) -> str:
    """The one of some words that begins so, where one has to be said.

    Raises:
        Usage: none begins so, or several do.
    """
    if not (found := _begun_so(text, known)):
        said = f"{quoted(text)} is no {what}" if text else f"Which {what} is not said"
        hint = f"{near(text, known)} It may be: {listed(known)}."
        raise Usage(f"{said}.", hint=hint.lstrip())
    return found


def listed(known: Sequence[str]) -> str:
    """Words as a hint lists them."""
    return ", ".join(known)


def perhaps(words: Sequence[str], known: Sequence[str]) -> tuple[str, Sequence[str]]:
    """What the first of free words chooses, if it does, and the words behind it.

    Raises:
        Usage: it may choose several, or is a slip of one.
    """
    first = words[0] if words else ""
    if first.casefold() not in known and len(first) < _SHORTEST:
        return "", words
    if found := _begun_so(first, known):
        return found, words[1:]
    if hint := near(first, known, many=len(first)):
        raise Usage(
            f"{quoted(first)} is none of {listed(known)}.",
            hint=f"{hint} Free words stand behind a semicolon.",
        )
    return "", words


def words_of(kind: type[Occurrence], field: str) -> tuple[str, ...]:
    """The words that a field may be."""
    return tuple(each for each in get_args(own_fields(kind)[field].type) if each)
