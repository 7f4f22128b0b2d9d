"""What the gate installs besides Python, on machines that are made up of a few programs."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / ".ci" / "machine"
NEEDED = ("bash", "cut", "grep", "mktemp", "rm", "tail", "timeout", "tr")
pytestmark = pytest.mark.skipif(not SCRIPT.exists(), reason="the gate is not in this copy")
INSTALLS = """for each in "$@"; do
  case $each in
    chromium) printf '#!/bin/sh' > {0}/chromium; chmod +x {0}/chromium ;;
    poppler-utils) printf '#!/bin/sh' > {0}/pdftotext; chmod +x {0}/pdftotext ;;
  esac
done"""


def said(machine: Path, *, user: str = "0", apt: str | None = None) -> str:
    """What it says on a machine that has little, as a user, with an `apt-get` that does this."""
    for name in NEEDED:
        found = shutil.which(name)
        assert found is not None
        (machine / name).symlink_to(found)
    programs = {"id": f"echo {user}", "ssh-keygen": "", "go": ""}
    if apt is not None:
        programs["apt-get"] = apt.replace("{0}", str(machine))
    for name, does in programs.items():
        (machine / name).write_text(f"#!{shutil.which('bash')}\n{does}\n")
        (machine / name).chmod(0o755)
    done = subprocess.run(
        ["bash", SCRIPT],
        env={"PATH": str(machine), "TMPDIR": os.environ.get("TMPDIR", "/tmp")},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "" == done.stderr
    return done.stdout


def test_what_is_missing_is_installed(tmp_path: Path) -> None:
    """By its package, and said; what is there already is not touched."""
    told = said(tmp_path, apt=INSTALLS)
    assert "chromium: installed (chromium fonts-noto-core), for the browser tests\n" in told
    assert "pdftotext: installed (poppler-utils), for what a page prints\n" in told
    assert "ssh-keygen" not in told
    assert "MISSING" not in told


@pytest.mark.parametrize(
    ("user", "apt", "why"),
    [
        ("1000", INSTALLS, "only root may install it"),
        ("0", None, "there is no apt-get"),
        ("0", "echo 'E: Unable to locate package chromium' >&2; exit 100", "apt-get says: E: Una"),
        ("0", "exit 124", "it takes more than 600 s"),
        ("0", "exit 0", "its package does not have it"),
    ],
)
def test_where_nothing_can_be_installed_it_goes_on(
    tmp_path: Path, user: str, apt: str | None, why: str
) -> None:
    """It says what is missing, what for, and why it is not there."""
    told = said(tmp_path, user=user, apt=apt)
    assert f"chromium: MISSING, for the browser tests: {why}" in told
