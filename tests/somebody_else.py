"""Commands that somebody carries out who may read the files of others, and not write them.

Root may do everything, so a child that root starts becomes nobody first: after it has loaded what
it needs, which nobody may be unable to read.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

NOBODY = 65534
_CHILD = """
import importlib, json, os, pkgutil, sys
for name in ("ledger", "projections", "cli"):
    package = importlib.import_module(name)
    for each in pkgutil.walk_packages(package.__path__, f"{name}."):
        if not each.name.endswith("__main__"):
            importlib.import_module(each.name)
import sqlalchemy.dialects.sqlite.pysqlite, encodings.idna, importlib.readers, rich.cells
from cli.main import run
from projections.rules.recording import limits
limits()
if os.getuid() == 0:
    os.setgroups([])
    os.setgid({nobody})
    os.setuid({nobody})
os.chdir(sys.argv[1])
print("ready", flush=True)
sys.exit(run(json.loads(sys.argv[2])))
"""


def needs_permissions() -> None:
    """Skip where nobody else can be had."""
    if os.name != "posix":
        pytest.skip("permissions of files are those of POSIX here")


@contextmanager
def shared_folder() -> Iterator[Path]:
    """A folder of ours that others may look into; they may write there if it is opened to them."""
    needs_permissions()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o755)
        yield folder


def starting(folder: Path, *words: object) -> subprocess.Popen[str]:
    """A command of somebody else in a folder, once it begins."""
    root = Path(__file__).resolve().parents[1]
    script = _CHILD.replace("{nobody}", str(NOBODY))
    child = subprocess.Popen(
        [sys.executable, "-c", script, str(folder), json.dumps([str(each) for each in words])],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(root), "PYTHONUNBUFFERED": "1"},
    )
    assert child.stdout
    assert "ready\n" == child.stdout.readline(), child.communicate()[1]
    return child


def said(folder: Path, *words: object) -> tuple[int, str, str]:
    """What a command of somebody else answers: exit code, standard output, standard error."""
    child = starting(folder, *words)
    out, err = child.communicate(timeout=60)
    assert "Traceback" not in err
    return child.returncode, out, err
