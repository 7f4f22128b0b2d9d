"""On what was measured: the machine, its load, and how fast its disk keeps something for good."""

from __future__ import annotations

import os
import platform
import sqlite3
import statistics
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

from tests.bench.rounds import timed

PACKAGES = ("SQLAlchemy", "msgspec", "eventsourcing", "eventsourcing-sqlalchemy")
PAGE = 4096


def machine(folder: Path) -> dict[str, Any]:
    """What the figures depend on."""
    return {
        "python": platform.python_version(),
        "sqlite": sqlite3.sqlite_version,
        **{name: _installed(name) for name in PACKAGES},
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count(),
        "load": load(),
        "durable_page_ms": _durable_page_ms(folder),
    }


def load() -> float:
    """How many processes wanted to run, on average over the last minute."""
    return round(os.getloadavg()[0], 2)


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _durable_page_ms(folder: Path) -> float:
    """How long it takes to write one page to a file so that it stays (median, ms)."""
    taken = []
    with (folder / "page").open("wb", buffering=0) as file:
        for _ in range(30):
            with timed() as watch:
                file.write(b"\0" * PAGE)
                os.fsync(file.fileno())
            taken.append(watch.ms)
    return round(statistics.median(taken), 3)
