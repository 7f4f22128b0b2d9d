"""One normal form of text, and what is one text but for how it is written.

The same name reaches a log from several keyboards and programs: composed or decomposed (é as one
character or as two), with blanks around it, in capitals. What is put on record is composed (NFC)
and without blanks around it. A record that was written before stays as it is.
"""

from __future__ import annotations

import functools
import unicodedata
from collections.abc import Mapping
from typing import Any, TypeVar

import msgspec

from ledger.errors import Unreadable
from ledger.signs import is_invisible, spelled_out
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
        Unreadable: a field is unknown, missing or of the wrong kind, or a code is not what is seen.
    """
    said = {name: normal_form(value) for name, value in fields.items()}
    must_be_seen(kind, said)
    if isinstance(source := said.get("source"), dict):
        said["source"] = {name: composed(each) for name, each in source.items()}
    return build(kind, said)  # type: ignore[return-value]


@functools.cache
def _codes(kind: type[Occurrence]) -> tuple[str, ...]:
    """The fields that hold race numbers and other codes, one or several."""
    fields = msgspec.structs.fields(kind)
    return tuple(each.encode_name for each in fields if r"(?<!\\s)" in str(each.type))


def must_be_seen(kind: type[Occurrence], fields: Mapping[str, Any]) -> None:
    """Refuse a number or a code that is not what a person sees of it.

    What was recorded before is read as it is.

    Raises:
        Unreadable: it holds a character that nobody sees, a blank that is none of the keyboard, or
            a letter or figure that is drawn like a plain one (full width, raised, in bold).
    """
    for name in _codes(kind):
        value = fields.get(name)
        for text in value if isinstance(value, (list, tuple)) else (value,):
            if isinstance(text, str) and not text.isascii():
                _must_be_plain(name, text)


def _must_be_plain(name: str, text: str) -> None:
    for each in text:
        plain = unicodedata.normalize("NFKC", each)
        unlike = plain != each and plain.isascii() and plain.isalnum()
        blank = unicodedata.category(each) == "Zs" and each != " "
        if unlike or blank or is_invisible(each):
            what = f"U+{ord(each):04X} {unicodedata.name(each, '')}".rstrip()
            meant = "".join(
                " " if unicodedata.category(e) == "Zs" else unicodedata.normalize("NFKC", e)
                for e in text
                if not is_invisible(e)
            )
            raise Unreadable(
                f"{name}: {spelled_out(text)!r} holds {what}, which is not what it looks like.",
                hint=f"Type {meant!r} on the keyboard.",
            )


def same_text(one: str, other: str, *, in_any_case: bool = True) -> bool:
    """Whether two texts differ at most in blanks, in composition and in the case of letters."""
    return one == other or _bare(one, in_any_case) == _bare(other, in_any_case)


def _bare(text: str, in_any_case: bool) -> str:
    text = unicodedata.normalize("NFD", text)
    folded = unicodedata.normalize("NFD", text.casefold()) if in_any_case else text
    return " ".join(folded.split())
