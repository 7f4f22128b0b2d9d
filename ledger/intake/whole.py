"""Which saved answers are whole: present, a list, and with rows in it."""

from __future__ import annotations

import json
from pathlib import Path

from ledger.files import bytes_of
from ledger.intake.lines import Whole


def whole_answer(path: Path, source: str, keys: tuple[str, ...], stage: str = "") -> Whole:
    """What an answer of a service covers, and what it lacks to say that something was withdrawn.

    That each of its rows can be read is not asked here: a row that can't be is a line of its own.
    """
    whole = Whole(str(path), source, keys, stage)
    try:
        text = bytes_of(path).decode("utf-8-sig")
        rows = json.loads(text) if text.strip() else ...
    except FileNotFoundError:
        return whole._replace(lacking="It is missing")
    except (OSError, ValueError, RecursionError):
        return whole._replace(lacking="It can't be read")
    if rows is ...:
        return whole._replace(lacking="It is empty")
    if rows is None:
        return whole._replace(lacking="It says null")
    if not isinstance(rows, list):
        return whole._replace(lacking="It is no list")
    return whole if rows else whole._replace(lacking="It says []", no_rows=True)
