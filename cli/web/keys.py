"""The keys by which one steps along a log, and the signs of what is marked: everywhere the same."""

from __future__ import annotations

KEYS = {
    "record": (",", "."),
    "decision": ("[", "]"),
    "stage": ("{", "}"),
    "publication": ("(", ")"),
    "cancellation": ("<", ">"),
    "retirement": ("-", "+"),
}
"""The keys of each step, back and forth; a page and the replay list them by `?`."""
SIGNS = {
    "record": "•",
    "decision": "⚖",
    "stage": "⚑",
    "publication": "▤",
    "cancellation": "✕",
    "retirement": "⊘",
}
