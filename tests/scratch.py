"""Where the tests put their files: in memory, where there is room for them.

Ledgers are durable, and most of what a small one takes on a disk is waiting for it. Nothing here
cuts the power; what is killed are processes, and those leave in memory what they would on a disk.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path

MEMORY = Path("/dev/shm")
ROOM = 4 << 30
"""Bytes; a run takes a tenth of it, and its failures are kept."""


def put_in_memory() -> None:
    """Let temporary files lie in memory, unless somebody said where they shall."""
    if "TMPDIR" not in os.environ and _has_room(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None


def _has_room(folder: Path) -> bool:
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    runs_programs = not os.statvfs(folder).f_flag & os.ST_NOEXEC
    return runs_programs and shutil.disk_usage(folder).free >= ROOM
