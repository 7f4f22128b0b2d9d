"""Reading what a document says: the text of its pages, and the data attached to it."""

from __future__ import annotations

import json
import re
import zlib
from typing import Any

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_SHOWN = re.compile(rb"/(f\d+) [\d.]+ Tf|\(|\bET\b")
_IN_A_STRING = re.compile(rb"\\.|[()]", re.DOTALL)
_ESCAPED = re.compile(rb"\\([0-7]{3}|.)", re.DOTALL)
_NAMED = {b"n": b"\n", b"r": b"\r", b"t": b"\t", b"b": b"\b", b"f": b"\f"}


def pages(pdf: bytes) -> list[str]:
    """The text of each page, a line for each piece of text that was set at one go."""
    objects = _objects(pdf)
    found = []
    for body in objects.values():
        if b"/Type/Page/" not in body:
            continue
        (content,) = re.findall(rb"/Contents (\d+) 0 R", body)
        (resources,) = re.findall(rb"/Resources (\d+) 0 R", body)
        fonts = dict(re.findall(rb"/(f\d+) (\d+) 0 R", objects[int(resources)]))
        signs = {name: _signs(objects, int(font)) for name, font in fonts.items()}
        found.append(_text(_stream(objects[int(content)]), signs))
    return found


def text(pdf: bytes) -> str:
    """The text of all pages, without line breaks: as somebody reads it who knows no layout."""
    return re.sub(r"\s+", " ", " ".join(pages(pdf)))


def attached(pdf: bytes) -> dict[str, Any]:
    """The data that are attached to a document as JSON."""
    (file,) = [body for body in _objects(pdf).values() if b"/Type/EmbeddedFile" in body]
    assert b"(data.json)" in pdf
    found: dict[str, Any] = json.loads(_stream(file))
    return found


def _objects(pdf: bytes) -> dict[int, bytes]:
    return {int(number): body for number, body in _OBJECT.findall(pdf)}


def _stream(body: bytes) -> bytes:
    data = body.partition(b"stream\n")[2].rpartition(b"\nendstream")[0]
    return zlib.decompress(data) if b"/FlateDecode" in body.partition(b"stream")[0] else data


def _signs(objects: dict[int, bytes], font: int) -> dict[int, str]:
    """What each glyph of a font stands for."""
    (number,) = re.findall(rb"/ToUnicode (\d+) 0 R", objects[font])
    table = _stream(objects[int(number)])
    pairs = re.findall(rb"<([0-9A-F]{4})> <((?:[0-9A-F]{4})+)>\n", table)
    return {
        int(glyph, 16): bytes.fromhex(sign.decode()).decode("utf-16-be") for glyph, sign in pairs
    }


def _text(content: bytes, signs: dict[bytes, dict[int, str]]) -> str:
    found, font, at = [], b"", 0
    while each := _SHOWN.search(content, at):
        at = each.end()
        if each[1]:
            font = each[1]
        elif each[0] == b"ET":
            found.append("\n")
        else:
            at = _end_of_string(content, at)
            data = _ESCAPED.sub(_unescaped, content[each.end() : at - 1])
            glyphs = (int.from_bytes(data[at : at + 2]) for at in range(0, len(data), 2))
            found.append("".join(signs[font].get(glyph, "") for glyph in glyphs))
    return "".join(found)


def _end_of_string(content: bytes, at: int) -> int:
    """Where a string ends: parentheses in it that match need not be escaped."""
    depth = 1
    while depth:
        each = _IN_A_STRING.search(content, at)
        assert each is not None
        depth += {b"(": 1, b")": -1}.get(each[0], 0)
        at = each.end()
    return at


def _unescaped(found: re.Match[bytes]) -> bytes:
    named = found[1]
    return bytes([int(named, 8)]) if len(named) == 3 else _NAMED.get(named, named)
