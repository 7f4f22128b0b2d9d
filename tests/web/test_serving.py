"""The server: its address, following as others write, and its end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any, cast

import pytest

from cli.main import run
from tests.conftest import Rally
from tests.web.conftest import settings
from tests.web.serving import children, serving, until_ended

SILK_WAY = "silk-way-2016"


def opened(url: str, **headers: str) -> IO[bytes]:
    """What an address answers, as it comes."""
    asked = urllib.request.Request(url, headers=headers)
    return cast(IO[bytes], urllib.request.urlopen(asked, timeout=20))


def events(stream: IO[bytes]) -> Iterator[tuple[int, dict[str, Any]]]:
    """The position and the news of each event."""
    position = 0
    for line in stream:
        name, _, value = line.decode().rstrip("\n").partition(": ")
        if name == "id":
            position = int(value)
        elif name == "data":
            yield position, json.loads(value)


def penalty(number: str, minutes: int) -> list[str]:
    """What is typed to give a penalty in the sample."""
    given = (f"number={number}", "stage=SS13", f"amount_ms=0:{minutes:02}:00")
    sign = ("--by", "Race direction", "--role", "clerk-of-the-course", "--reason", "speeding")
    at = ("--at", "2016-07-22T20:00+08:00", "--clock-is-right")
    return ["--rally", SILK_WAY, "record", "PenaltyGiven", *given, *sign, *at]


def penalise(ledger: Path, number: str, minutes: int) -> None:
    """Another process appends a penalty."""
    call = [sys.executable, "-m", "cli", "--ledger", str(ledger), *penalty(number, minutes)]
    done = subprocess.run(call, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_a_record_of_another_process_is_told_within_a_second(own: Path) -> None:
    """With what it moved; its id is the position, and who was away gets what was missed."""
    with serving(own) as (address, _):
        stream = opened(f"{address}/{SILK_WAY}/follow")
        assert b"retry" in stream.readline()
        penalise(own, "104", 59)
        appended = time.monotonic()
        position, news = next(events(stream))
        assert time.monotonic() - appended < 1
        assert (193, 193) == (position, news["position"])
        moved = {each["number"]: each["place"] for each in news["changed"]}
        assert [1, 3] == moved["104"]
        stream.close()
        for minutes in (1, 2):
            assert run(["--ledger", str(own), *penalty("103", minutes)], settings()) == 0
        again = opened(f"{address}/{SILK_WAY}/follow", **{"Last-Event-ID": "193"})
        found = events(again)
        assert [194, 195] == [next(found)[0], next(found)[0]]
        again.close()


def test_an_event_is_what_follow_prints(own: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Byte for byte, whatever it told before."""
    capsys.readouterr()
    run(["--ledger", str(own), "follow", "--since", "#185", "--once", "--json"], settings())
    lines = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    lines = [{name: v for name, v in each.items() if name != "standings"} for each in lines]
    with serving(own) as (address, _):
        found = events(opened(f"{address}/{SILK_WAY}/follow?since=185"))
        assert lines == [next(found)[1] for _ in lines]
    assert 7 == len(lines)


@pytest.mark.parametrize(
    "how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.slow)]
)
def test_it_ends_when_it_is_told_to(own: Path, how: int) -> None:
    """Within two seconds, though somebody follows it."""
    with serving(own) as (address, process):
        streams = [opened(f"{address}/{SILK_WAY}/follow") for _ in range(3)]
        assert [b"retry: 1000\n"] * 3 == [each.readline() for each in streams]
        process.send_signal(how)
        assert until_ended(process) < 2
        assert 0 == process.returncode
        for each in streams:
            each.close()


def test_what_keeps_it_from_serving(rally: Rally, tmp_path: Path) -> None:
    """Each is a clear line with what to do, and nothing is served."""
    missing = rally("--ledger", tmp_path / "none.db", "serve", "--port", 0)
    assert (5, 2) == (missing.code, len(missing.err.splitlines()))
    assert "There is no ledger" in missing.err
    rally("demo")
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = rally("serve", "--port", other.getsockname()[1])
    assert (5, "") == (taken.code, taken.out)
    assert "is taken by another program" in taken.err
    assert "--port 0" in taken.err
    nowhere = rally("serve", "--host", "no.such.host.invalid", "--port", 0)
    assert 2 == nowhere.code


def test_without_the_extra(own: Path) -> None:
    """It says how it is installed."""
    lacking = "import sys; sys.modules.update(jinja2=None, uvicorn=None)"
    call = [sys.executable, "-c", f"{lacking}; from cli.main import main; main()"]
    said = subprocess.run(
        [*call, "--ledger", str(own), "serve"], check=False, capture_output=True, text=True
    )
    assert (5, "") == (said.returncode, said.stdout)
    assert "Traceback" not in said.stderr
    assert "pip install '.[web]'" in said.stderr


def test_one_address_without_a_server(rally: Rally) -> None:
    """For a script that needs one page; what goes wrong is an exit code."""
    rally("demo")
    found = rally("serve", "--get", f"/{SILK_WAY}/standings.json?at=148")
    assert 148 == json.loads(found.out)["basis"]["head"]
    assert 2 == rally("serve", "--get", f"/{SILK_WAY}/crew/999.json").code


@pytest.mark.slow
def test_what_needs_a_replay_is_done_apart(long: Path) -> None:
    """Opening its page says how long it takes; done, it is what the command answers."""
    with serving(long) as (address, process):
        (rally,) = json.load(opened(f"{address}/healthz"))["rallies"]
        assert until(lambda: is_ready(f"{address}/{rally}/standings.json"), 60)
        offered = opened(f"{address}/{rally}/anomalies", Accept="text/html").read().decode()
        assert "Look now" in offered
        assert "takes about" in offered
        done = opened(f"{address}/{rally}/anomalies?now=1", Accept="text/html").read().decode()
        assert "Look now" not in done
        twin = opened(f"{address}/{rally}/anomalies.json").read()
        call = [sys.executable, "-m", "cli", "--ledger", str(long), "anomalies", "--json"]
        assert subprocess.run(call, check=True, capture_output=True).stdout == twin
        with pytest.raises(urllib.error.HTTPError) as refused:
            opened(f"{address}/{rally}/diff/1..99999999.json")
        assert 404 == refused.value.code
        assert "error" in json.load(refused.value)
        # Whoever asks and goes away leaves nothing behind that computes on.
        asked = socket.create_connection(
            (address.split("/")[2].split(":")[0], int(address.rpartition(":")[2]))
        )
        asked.sendall(f"GET /{rally}/check.json HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert until(lambda: bool(children(process.pid)))
        asked.close()
        assert until(lambda: not children(process.pid))


def is_ready(url: str) -> bool:
    """Whether an address is answered: not while the timeline of its log is being made."""
    try:
        opened(url).close()
    except urllib.error.HTTPError as not_yet:
        if not_yet.code != 503:
            raise
        return False
    return True


def until(there: Callable[[], bool], seconds: float = 10) -> bool:
    """Whether something comes about."""
    deadline = time.monotonic() + seconds
    while not there() and time.monotonic() < deadline:
        time.sleep(0.02)
    return there()
