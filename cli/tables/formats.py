"""The formats in which tables are written; each is a module of its own here, loaded when asked."""

from __future__ import annotations

FORMATS = ("sqlite", "parquet")
