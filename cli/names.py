"""Words name decisions, documents, handles and positions, where they would hold digits of an id.

The words of an occurrence stand alone: they know the ids of what they are about, and no log. In a
log each of them has a name that people use, and it is put in wherever the words are given out: on a
terminal, on a sheet, in JSON and CSV. What is an id there, and what was recorded, stays.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import msgspec

from cli.office.forms import RECORDED, json_bytes, plain
from cli.office.handles import handle_of, kind_with_handle
from ledger.errors import LedgerError
from ledger.log import Log
from ledger.vocabulary import CourtDecisionIssued, DecisionIssued, Occurrence
from projections.state.facts import Facts
from projections.state.rally import EDITION

_DIGITS = re.compile(r"(?<![0-9a-zA-Z/…])[0-9a-f]{10}(?![0-9a-zA-Z])")
_BEHIND_ITS_POSITION = re.compile(r"#\d+ +$")
_FEWEST = 10
Naming = Callable[[str], str]
"""A text with ids in it, as people read it."""
AS_RECORDED = frozenset({RECORDED, "fields", "changes", "private"})
"""What holds in JSON what was recorded, and no words about it."""


_NUMBERS = frozenset({int, float, bool, type(None)})


class Named(NamedTuple):
    """A record that words are about: where it stands, what it says, and its handle."""

    position: int
    said: Occurrence
    handle: str


def naming_of(log: Callable[[], Log], until: int | None = None) -> Naming:
    """How records of a log are named; the log is opened when a text holds an id.

    Up to a position, if one is given: what came later had no name there.
    """
    opened = functools.cache(log)

    def find(digits: str) -> Named | None:
        try:
            record = opened().find(digits)
        except LedgerError:
            return None
        if not record.id.startswith(digits) or record.position > (until or record.position):
            return None
        return Named(record.position, record.occurrence(), handle_of(opened(), record))

    return _naming(find)


def naming_in(facts: Facts) -> Naming:
    """How records are named by what is known at a cut."""

    @functools.cache
    def by_digits() -> dict[str, str]:
        return {identity[:10]: identity for identity in facts.told}

    def find(digits: str) -> Named | None:
        identity = by_digits().get(digits)
        if identity is None:
            return None
        said, position = facts.told[identity], facts.positions[identity]
        word = kind_with_handle(said)
        same = (i for i, each in facts.told.items() if type(each) is type(said)) if word else ()
        count = sum(facts.positions[each] <= position for each in same)
        return Named(position, said, f"{word}-{count}" if word else "")

    return _naming(find)


def with_names(answer: Any, named: Naming) -> Any:
    """An answer in which the words name records as people do."""
    if isinstance(answer, str):
        return named(answer)
    if isinstance(answer, dict):
        return {
            name: each
            if (kind := type(each)) in _NUMBERS
            or (kind is str and len(each) < _FEWEST)  # as most are
            or name in AS_RECORDED
            else with_names(each, named)
            for name, each in answer.items()
        }
    if isinstance(answer, (list, tuple)):
        return [
            each
            if (kind := type(each)) in _NUMBERS or (kind is dict and _names_none(each))
            else with_names(each, named)
            for each in answer
        ]
    return answer


def _names_none(row: dict[str, Any]) -> bool:
    """Whether no text in a row can hold digits of an id, as in most."""
    return bool(text := json_bytes(row)) and not _may_name_any(text)


def for_programs(
    document: Mapping[str, Any], naming: Callable[[int | None], Naming]
) -> dict[str, Any]:
    """A document as JSON has it, with the names of records in its words, as known at its basis.

    An answer of an earlier edition is given again to the letter. `naming` tells the names that
    records had up to a position.
    """
    text = json_bytes(document)
    told: dict[str, Any] = msgspec.json.decode(text) if text else plain(document)
    if _stays(document, text):
        return told
    names: dict[str, Any] = with_names(told, naming((told.get("basis") or {}).get("position")))
    return names | {"basis": told["basis"]} if "basis" in told else names


def in_json(
    document: Mapping[str, Any], naming: Callable[[int | None], Naming]
) -> Mapping[str, Any]:
    """The same to be written as JSON: where no name is to be put in, the document as it is."""
    stays = _stays(document, json_bytes(document))
    return document if stays else for_programs(document, naming)


def _stays(document: Mapping[str, Any], text: bytes) -> bool:
    """Whether a document, with its text as JSON, is given out to the letter."""
    edition = (document.get("basis") or {}).get("edition", EDITION)
    return edition < EDITION or (bool(text) and not _may_name_any(text))


_SIGNS = bytes(
    ord("h" if chr(each) in "0123456789abcdef" else "x" if chr(each).isalnum() else ".")
    if each < 0x80
    else ord(".")
    for each in range(0x100)
)
"""What stands for each byte of a text: a digit of an id, another letter, or neither."""


def _may_name_any(text: bytes) -> bool:
    """Whether any text in a document may hold digits of an id: a quick look at all of it."""
    return b"\\" in text or b".hhhhhhhhhh." in text.translate(_SIGNS)


def may_name(text: str) -> bool:
    """Whether a text may hold digits of an id."""
    return bool(_DIGITS.search(text))


def _naming(find: Callable[[str], Named | None]) -> Naming:
    found = functools.cache(find)

    def named(text: str) -> str:
        if len(text) < _FEWEST:
            return text
        if _DIGITS.fullmatch(text):
            return text  # a column of ids
        return _DIGITS.sub(lambda each: _name(each, found), text)

    return named


def _name(digits: re.Match[str], found: Callable[[str], Named | None]) -> str:
    before = digits.string[: digits.start()]
    if _BEHIND_ITS_POSITION.search(before) or (record := found(digits[0])) is None:
        return digits[0]
    if before.count("`") % 2:  # to be typed, where a bare # would begin a comment
        return str(record.position)
    said = record.said
    if isinstance(said, (DecisionIssued, CourtDecisionIssued)):
        return f"{said.name} (#{record.position})"
    if document := getattr(said, "document", ""):
        return str(document) if before.endswith("document ") else f"document {document}"
    return f"#{record.position} ({record.handle})" if record.handle else f"#{record.position}"
