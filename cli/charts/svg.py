"""The elements of an SVG, as few as a chart needs; what people called themselves is made safe."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Callable
from contextvars import ContextVar

from ledger.signs import spelled_out

NAMESPACE = "http://www.w3.org/2000/svg"
Element = ET.Element
READ_AS: ContextVar[Callable[[str], str]] = ContextVar("READ_AS", default=spelled_out)
"""How the words of the rally that is drawn are read by people."""
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")


def element(parent: Element, tag: str, /, text: str = "", **attributes: object) -> Element:
    """An element within another; `class_` is the attribute `class`, and `_` stands for `-`."""
    made = ET.SubElement(parent, tag, _named(attributes))
    if text:
        made.text = clean(text)
    return made


def document(width: int, height: int, **attributes: object) -> Element:
    """The outermost element: drawn at its own size, or as large as a page gives it room."""
    box = f"0 0 {width} {height}"
    size = {"xmlns": NAMESPACE, "viewBox": box, "width": str(width), "height": str(height)}
    return Element("svg", size | _named(attributes))


def to_bytes(root: Element) -> bytes:
    """The file: UTF-8, an element a line."""
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{to_text(root)}\n'.encode()


def to_text(root: Element) -> str:
    """The elements, one a line."""
    ET.indent(root, " ")
    return ET.tostring(root, "unicode")


def clean(text: str) -> str:
    """A text without what may not stand in XML; control characters are spelled out."""
    return _NO_CHARACTERS.sub("\ufffd", READ_AS.get()(text))


def _named(attributes: dict[str, object]) -> dict[str, str]:
    return {name.rstrip("_").replace("_", "-"): str(value) for name, value in attributes.items()}
