"""The verifier of one HTML file: its modules and its style joined, perhaps around an evidence file.

The page asks nobody for anything, and its policy lets only its own script run. The modules lie in
`verifier/` as they are tested; each becomes a function here that keeps its private names to itself.
"""

from __future__ import annotations

import base64
import hashlib
import re
from importlib import resources
from string import Template

MODULES = (
    *("bytes", "zip", "tree", "notes", "labels", "log", "complete", "desk", "looked"),
    *("addends", "figures", "office", "signed", "check", "page"),
)
"""In an order in which each stands behind what it takes from others."""
SPECIFICATION = "specification.md"
_IMPORT = re.compile(r'^import (\{[^}]*\}) from "\./(\w+)\.mjs";$', re.MULTILINE)
_EXPORT = re.compile(r"^export (?=(?:async )?(?:function\*?|class|const) (\w+))", re.MULTILINE)


def page(evidence: bytes | None = None) -> bytes:
    """The verifier as one page, with an evidence file in it or none; the same bytes each time."""
    script, style = "\n" + "\n".join(map(_module, MODULES)), "\n" + _source("page.css")
    held = ""
    if evidence is not None:
        text = base64.b64encode(evidence).decode()
        held = f'<script type="text/plain" id="evidence">{text}</script>\n'
    made = Template(_source("page.html")).substitute(
        script=script,
        script_digest=_digest(script),
        style=style,
        style_digest=_digest(style),
        evidence=held,
    )
    return made.encode()


def specification() -> bytes:
    """What a verifier is written from: of the evidence file, and that nothing was left out."""
    here = resources.files(__package__ or "").joinpath(SPECIFICATION)
    whole = resources.files("ledger.proofs").joinpath("complete.md")
    return here.read_bytes() + b"\n" + whole.read_bytes()


def _source(name: str) -> str:
    return resources.files(__package__ or "").joinpath("verifier", name).read_text("utf-8")


def _module(name: str) -> str:
    """A module as a function that is called once, and what others take from it."""
    source = _source(f"{name}.mjs")
    body = _IMPORT.sub(lambda found: f"const {_renamed(found[1])} = $${found[2]};", source)
    taken = ", ".join(_EXPORT.findall(source))
    return f"const $${name} = (() => {{\n{_EXPORT.sub('', body)}return {{ {taken} }};\n}})();"


def _renamed(names: str) -> str:
    return names.replace(" as ", ": ")


def _digest(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
