"""The verifier in Go, as the tests ask it; it is built when it is first asked."""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

SOURCE = Path(__file__).with_name("main.go")
PACKAGES = Path("/usr/share/gocode")
NEEDED = PACKAGES / "src/golang.org/x/mod/sumdb/tlog"


def why_not() -> str:
    """Why it can't be built here; "" where it can."""
    if shutil.which("go") is None:
        return "Go is not here (golang-go)"
    if not NEEDED.is_dir():
        return "Go's sumdb is not here (golang-golang-x-mod-dev)"
    return ""


class Verifier:
    """A process of the verifier: asked as often as one likes."""

    def __init__(self, program: Path) -> None:
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def ask(self, kind: str, **asked: Any) -> dict[str, Any]:
        """What it says to a request: `ok`, with what it `found`, or `why` not."""
        told = {n: _spelled(each) for n, each in asked.items()}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"kind": kind, **told}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert "PANIC" not in answer.get("why", ""), answer
        return answer

    def end(self) -> None:
        """Let it end."""
        assert self._process.stdin
        self._process.stdin.close()
        assert self._process.wait(10) == 0
        assert self._process.stdout
        self._process.stdout.close()


def _spelled(value: Any) -> Any:
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


def built(folder: Path) -> Path:
    """The program, built without a network from Debian's packages."""
    program = folder / "verifier"
    surroundings = {
        **os.environ,
        "GO111MODULE": "off",
        "GOPATH": str(PACKAGES),
        "GOFLAGS": "",
        "GOCACHE": str(folder / "cache"),
    }
    words = ["go", "build", "-o", str(program), str(SOURCE)]
    subprocess.run(words, env=surroundings, check=True, capture_output=True, timeout=300)
    return program


@pytest.fixture(scope="session")
def verifier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Verifier]:
    """The verifier, where Go is here."""
    if reason := why_not():
        pytest.skip(reason)
    asked = Verifier(built(tmp_path_factory.mktemp("verifier")))
    yield asked
    asked.end()
