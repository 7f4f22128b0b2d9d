"""Rendering: the data of a sheet as PDF, the same data as the same bytes wherever and whenever.

The date in the file is the one in the data, never that of a clock; the fonts are those that come
with Typst, never those of the machine. What no font of these can print is shown as a box and named
at the end of the sheet. The data are attached to it as they are, as JSON.
"""

from __future__ import annotations

import functools
import importlib.metadata
import importlib.util
import io
import json
import re
import unicodedata
from collections.abc import Callable, Container, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ledger.errors import LedgerError, Unavailable, how_to_install
from ledger.signs import by_number, unseen

if TYPE_CHECKING:
    import typst

TEMPLATE = 1
"""The number of the templates and of what is put into them. Whoever changes either raises it."""
TEMPLATES = Path(__file__).with_name("templates")
HINT = how_to_install("pdf")
CHECKPOINT = "checkpoint"
"""Under this name a sheet bears the checkpoint of what it rests on."""
BOX = "\N{WHITE SQUARE}"
_FORMAT = {"format": "pdf", "pdf_standards": ["a-3b"]}
_MISSING = re.compile(r'the text `"(.+?)"` could not be displayed')
_ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
_PROOF = re.compile(r"[0-9a-f]{64}")
_LONG_WORD = re.compile(r"\S{30,}")
_LONG_TEXT = 500
"""A text of more characters may not fit on a page as one row of a table; it may be torn apart."""
_WORD = 12
"""After so many characters a word that is too long for a column may be broken."""


class Sheet(NamedTuple):
    """A document before it is drawn: its kind, which names the template, and its data."""

    kind: str
    data: dict[str, Any]


def is_available() -> bool:
    """Whether this machine can draw documents."""
    return importlib.util.find_spec("typst") is not None


def made_with(of: Container[str] = ()) -> str:
    """What draws a document here: "typst 0.15.2, template 1". Another one may give other bytes.

    `of` is its data: one that bears a checkpoint is drawn by what makes the code, too.
    """
    drawn = f"typst {importlib.metadata.version('typst')}, template {TEMPLATE}"
    return f"{drawn}, segno {_version_of_the_code()}" if CHECKPOINT in of else drawn


def render(sheet: Sheet) -> bytes:
    """The sheet as PDF/A, with its data attached.

    Raises:
        Unavailable: Typst is not installed.
    """
    if not is_available():
        raise Unavailable("Documents are drawn by Typst, which is not installed.", hint=HINT)
    import typst

    data = {**sheet.data, "made_with": made_with(sheet.data)}
    checkpoint = str(data.get(CHECKPOINT, ""))
    bears = {"checkpoint": checkpoint, "code": code(checkpoint)} if checkpoint else {}
    attached = json.dumps(data, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    missing: set[str] = set()
    while True:
        shown = json.dumps(printable(data, missing), ensure_ascii=False)
        try:
            return _compile(sheet.kind, {"data": attached, "shown": shown, **bears})
        except typst.TypstError as error:
            more = _characters(error) - missing
            if not more:
                raise LedgerError(
                    f"The document could not be drawn: {error.message}",
                    hint="Report it with the output of --json.",
                ) from error
            missing |= more


def _compile(kind: str, inputs: dict[str, str]) -> bytes:
    import typst

    compiled: Callable[..., bytes] = typst.compile
    return compiled(
        str(TEMPLATES / f"{kind}.typ"),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        sys_inputs=inputs,
        **_FORMAT,
    )


@functools.cache
def _fonts() -> typst.Fonts:
    """The fonts that come with Typst: they are the same on every machine."""
    import typst

    return typst.Fonts(include_system_fonts=False)


# -- the checkpoint as a code ----------------------------------------------------------------------


def code(text: str) -> str:
    """A text as a QR code, in SVG: the same text is the same code.

    Raises:
        Unavailable: what makes it is not installed.
    """
    _version_of_the_code()
    import segno

    drawn = io.BytesIO()
    made = segno.make_qr(text.encode(), error="m", boost_error=False)
    made.save(drawn, kind="svg", xmldecl=False)
    return drawn.getvalue().decode()


def _version_of_the_code() -> str:
    try:
        return importlib.metadata.version("segno")
    except importlib.metadata.PackageNotFoundError:
        what = "The code of a checkpoint is drawn by segno, which is not installed."
        raise Unavailable(what, hint=HINT) from None


# -- what can't be printed -------------------------------------------------------------------------


def _characters(error: typst.TypstError) -> set[str]:
    """The characters for which no font has a sign, as a failure names them."""
    named = _MISSING.findall(f"{error.message}\n{error.diagnostic}")
    return {each for text in named for each in _ESCAPED.sub(_unescaped, text)}


def _unescaped(found: re.Match[str]) -> str:
    return chr(int(found[1], 16))


def printable(data: dict[str, Any], missing: set[str]) -> dict[str, Any]:
    """The data as they are printed, with what could not be printed under `unprintable`.

    A character without a sign is a box; one that would act on the text instead of standing in it is
    spelled out.
    """
    found = dict.fromkeys(
        (whose, _shown(text, missing), _spelled(text, missing))
        for whose, text in _texts(data)
        if any(each in missing or _is_control(each) for each in text)
    )
    shown: dict[str, Any] = _mapped(data, lambda text: _shown(text, missing))
    names = ("number", "shown", "is")
    told = [dict(zip(names, each, strict=True)) for each in found]
    long_texts = any(len(text) > _LONG_TEXT for _, text in _texts(data))
    return {**shown, "unprintable": told, "long_texts": long_texts}


def _texts(value: Any, whose: str = "") -> Iterator[tuple[str, str]]:
    """Every text with the number of the crew that it is about, where it is about one."""
    if isinstance(value, str):
        yield whose, value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each, str(value.get("number", whose)))
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _texts(each, whose)


def _mapped(value: Any, change: Callable[[str], str]) -> Any:
    if isinstance(value, str):
        return change(value)
    if isinstance(value, dict):
        return {name: _mapped(each, change) for name, each in value.items()}
    if isinstance(value, (list, tuple)):
        return [_mapped(each, change) for each in value]
    return value


def _is_control(character: str) -> bool:
    return character != "\n" and (unseen(character) or unicodedata.category(character) == "Co")


def _shown(text: str, missing: set[str]) -> str:
    if text.isascii() and text.isprintable() and len(text) < _WORD:
        return text
    signs = (_sign(each, missing) for each in text)
    return _LONG_WORD.sub(_breakable, "".join(signs))


def _sign(character: str, missing: set[str]) -> str:
    if character in missing:
        return BOX
    return by_number(character) if _is_control(character) else character


def _breakable(found: re.Match[str]) -> str:
    """A long word with places where it may be broken, so that no column cuts it off."""
    word = found[0]
    if _PROOF.fullmatch(word):
        return word
    parts = [word[start : start + _WORD] for start in range(0, len(word), _WORD)]
    return "\N{ZERO WIDTH SPACE}".join(parts)


def _spelled(text: str, missing: set[str]) -> str:
    """The characters that could not be printed by their numbers: "U+674E U+5A1C"."""
    return " ".join(f"U+{ord(e):04X}" for e in text if e in missing or _is_control(e))
