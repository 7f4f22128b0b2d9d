"""The verifier's modules in node, as the tests ask them: by the requests that the one in Go has."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

PROGRAM = Path(__file__).with_name("asked.mjs")
WIDE = ("size", "at")
"""Numbers that may be larger than those of JavaScript."""


class Javascript:
    """A process of node: asked as often as one likes."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            ["node", PROGRAM],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def ask(self, kind: str, **asked: Any) -> dict[str, Any]:
        """What it says to a request: `ok`, with what it `found`, or `why` not."""
        told = {name: _spelled(name, each) for name, each in asked.items()}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps({"kind": kind, **told}) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        assert answer["ok"] or answer["known"], answer
        return answer

    def end(self) -> None:
        """Let it end."""
        assert self._process.stdin
        self._process.stdin.close()
        assert self._process.wait(30) == 0
        assert self._process.stdout
        self._process.stdout.close()


def answers(requests: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """What one process says to very many requests, without waiting for each."""
    told = ({name: _spelled(name, each) for name, each in asked.items()} for asked in requests)
    text = "".join(json.dumps(each) + "\n" for each in told)
    ran = subprocess.run(
        ["node", PROGRAM], input=text, capture_output=True, text=True, encoding="utf-8", check=True
    )
    found = [json.loads(line) for line in ran.stdout.splitlines()]
    for each in found:
        assert each["ok"] or each["known"], each
    return found


def _spelled(name: str, value: Any) -> Any:
    if name in WIDE:
        return str(value)
    return base64.b64encode(value).decode() if isinstance(value, bytes) else value


@pytest.fixture(scope="session")
def javascript() -> Iterator[Javascript]:
    """The verifier's modules, where node is here."""
    if shutil.which("node") is None:
        pytest.skip("node is not here (nodejs)")
    asked = Javascript()
    yield asked
    asked.end()
