"""Private values on the command line: typed as `private.NAME=VALUE`, shown only when asked for."""

from __future__ import annotations

import re
from collections.abc import Sequence

import msgspec

from ledger.errors import Usage
from ledger.log import Log
from ledger.openings import Opening, Randomness, seal
from ledger.vocabulary import Occurrence
from ledger.vocabulary.base import Name

PREFIX = "private."


def sealed(
    words: Sequence[str], randomness: Randomness
) -> tuple[tuple[str, ...], dict[str, Opening]]:
    """The words that are not private, and the openings of those that are, by their names.

    No message shows what was typed behind a name.

    Raises:
        Usage: a name or a value is missing, or a name is given twice.
    """
    found: dict[str, Opening] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name.startswith(PREFIX):
            continue
        name = field_name(name) if equals else ""
        if not name:
            raise Usage("A private value is typed as private.NAME=VALUE.", hint="Type it again.")
        if name in found:
            raise Usage(f"{PREFIX}{name} is given twice.", hint="Give each field once.")
        found[name] = seal(name, value, randomness)
    return tuple(word for word in words if not word.startswith(PREFIX)), found


def without_values(line: str) -> str:
    """A line as it was typed, without what stands behind the names of private values."""
    return _TYPED.sub(r"\1withheld", line)


_TYPED = re.compile(r'(\bprivate\.[^\s"=;]*=)(?:[^\s"]|"[^"]*"?)+')


def field_name(text: str) -> str:
    """The name of a private value, with or without `private.` before it; empty if it is none."""
    try:
        return msgspec.convert(text.removeprefix(PREFIX), Name)
    except msgspec.ValidationError:
        return ""


def told(log: Log, said: Occurrence, *, opened: bool) -> dict[str, dict[str, str]]:
    """What may be shown of the private values of an occurrence, by their names.

    Each is `withheld` or `erased`; where they are asked for, `open` with its value, or `elsewhere`
    if this ledger does not have it.
    """
    if not said.private:
        return {}
    erased, openings = log.recorder.erased(), log.recorder.openings() if opened else {}
    found: dict[str, dict[str, str]] = {}
    for name, commitment in sorted(said.private.items()):
        if commitment in openings:
            found[name] = {"state": "open", "value": openings[commitment].value}
        elif commitment in erased:
            found[name] = {"state": "erased", "by": erased[commitment]}
        else:
            found[name] = {"state": "elsewhere" if opened else "withheld"}
    return found
