"""A server of its own for the tests that need one: it tells its address, and is ended."""

from __future__ import annotations

import contextlib
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE_S = 20.0


@contextlib.contextmanager
def serving(ledger: Path, *words: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The address of a ledger that is served, without the last slash, and the process."""
    call = [sys.executable, "-m", "cli", "--ledger", str(ledger), "serve", "--port", "0", *words]
    process = subprocess.Popen(call, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        told = process.stderr.readline()
        assert "http://" in told, told + process.stderr.read()
        yield told.partition("http://")[1] + told.partition("http://")[2].split("/ ")[0], process
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(PATIENCE_S)
        process.kill()
        process.wait()
        for stream in (process.stdout, process.stderr):
            assert stream is not None
            stream.close()


def until_ended(process: subprocess.Popen[str]) -> float:
    """How many seconds it takes to end."""
    begun = time.monotonic()
    process.wait(PATIENCE_S)
    return time.monotonic() - begun


def children(process: int) -> list[str]:
    """The processes that a process has begun and that still run."""
    of = Path(f"/proc/{process}/task/{process}/children")
    return of.read_text(encoding="ascii").split()
