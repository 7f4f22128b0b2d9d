"""One normal form of text, and what is one text but for how it is written.

The same name reaches a log from several keyboards and programs: composed or decomposed (é as one
character or as two), with blanks around it, in capitals. What is put on record is composed (NFC)
and without blanks around it. A record that was written before stays as it is.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from typing import Any, TypeVar

from ledger.vocabulary import Occurrence, build

Kind = TypeVar("Kind", bound=Occurrence)


def normal_form(value: Any) -> Any:
    """A value as it is put on record: its texts composed, and without blanks around them."""
    if isinstance(value, str):
        return composed(value).strip()
    if isinstance(value, (list, tuple)) and any(isinstance(each, str) for each in value):
        return type(value)(map(normal_form, value))
    return value


def composed(text: str) -> str:
    """The text with every letter as one character, where Unicode has one (NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def entered(kind: type[Kind], fields: Mapping[str, Any]) -> Kind:
    """An occurrence that is put on record, from its fields by name: its texts in normal form.

    The key of a line at its source is composed, and keeps its blanks.

    Raises:
        Unreadable: a field is unknown, missing or of the wrong kind.
    """
    said = {name: normal_form(value) for name, value in fields.items()}
    if isinstance(source := said.get("source"), dict):
        said["source"] = {name: composed(each) for name, each in source.items()}
    return build(kind, said)  # type: ignore[return-value]


def same_text(one: str, other: str, *, in_any_case: bool = True) -> bool:
    """Whether two texts differ at most in blanks, in composition and in the case of letters."""
    return one == other or _bare(one, in_any_case) == _bare(other, in_any_case)


def _bare(text: str, in_any_case: bool) -> str:
    text = unicodedata.normalize("NFD", text)
    folded = unicodedata.normalize("NFD", text.casefold()) if in_any_case else text
    return " ".join(folded.split())
