"""Characters without a sign of their own: what would act on a text, or not be seen in it."""

from __future__ import annotations

import re
import unicodedata

ODD = re.compile(r"[^ -~]")
"""What is looked at: every other character has a sign of its own."""


def spelled_out(text: str, but: str = "") -> str:
    """The text with what would act on it, or not be seen, spelled out: "\\x1b", "\\u202e".

    Controls, bidi controls and other characters without a sign of their own, and line separators;
    `but` some of them.
    """
    if all_seen(text):
        return text

    def spelled(odd: re.Match[str]) -> str:
        each = odd[0]
        return by_number(each) if unseen(each) and each not in but else each

    return ODD.sub(spelled, text)


def all_seen(text: str) -> bool:
    """Whether every character surely has a sign of its own: a quick look at all of a text.

    False also of characters that only may have none.
    """
    # What Python does not print is every control, mark of direction and separator but the blank.
    return text.isprintable() and (
        text.isascii() or not any(each in text for each in _WITHOUT_A_SIGN)
    )


def by_number(character: str) -> str:
    """A character by its number: "\\x1b", "\\u202e"."""
    number = ord(character)
    return f"\\x{number:02x}" if number < 0x100 else f"\\u{number:04x}"


def unseen(character: str) -> bool:
    """Whether a character has no sign of its own: a control, one of direction or width.

    The joiners that some scripts need within a name are left in it.
    """
    return character not in _JOINERS and is_invisible(character)


def is_invisible(character: str) -> bool:
    """Whether nobody sees a character, or sees a blank that is not the usual one."""
    if character.isascii():
        return not character.isprintable()
    return (
        unicodedata.category(character) in ("Cc", "Cf", "Cs", "Zl", "Zp")
        or character in _WITHOUT_A_SIGN
    )


_JOINERS = "\u200c\u200d"
_WITHOUT_A_SIGN = "\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0"
"""Letters and marks that are drawn as nothing."""
