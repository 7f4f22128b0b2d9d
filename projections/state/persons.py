"""Persons: how their names are compared."""

from __future__ import annotations

import unicodedata


def name_key(person: str) -> str:
    """A name as far as its spelling tells persons apart: not by its case or its blanks."""
    return " ".join(unicodedata.normalize("NFKC", person).casefold().split())
