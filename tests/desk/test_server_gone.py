"""Two desks on one server, which goes away in the midst of an evening and comes back."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import Rally
from tests.desk.screen import Sitting, sitting
from tests.store.servers import NoServer, Server, a_server

pytestmark = pytest.mark.slow


@pytest.fixture
def server() -> Iterator[Server]:
    """A server that a test may stop."""
    try:
        with a_server() as running:
            running.ask("CREATE DATABASE loop")
            yield running
    except NoServer as error:
        pytest.skip(str(error))


def test_an_evening_with_a_server_that_goes_away(
    loop: Rally, tmp_path: Path, server: Server
) -> None:
    """What was typed meanwhile is kept, sent again, and there once; both desks see each other."""
    url = f"{server.address}/loop"
    assert 0 == loop("export", "jsonl", "loop.jsonl").code
    assert 0 == loop("--ledger", url, "import", "jsonl", "loop.jsonl").code
    words = ("--ledger", url, "--clock-is-right", "--at-place", "SS1 start")
    with sitting(*words, folder=tmp_path) as ann, sitting(*words, folder=tmp_path) as bob:
        _evening(ann, bob, server)
        assert 0 == ann.end()
        assert "4 lines recorded" in ann.text
        assert "Not recorded" not in ann.text


def _evening(ann: Sitting, bob: Sitting, server: Server) -> None:
    ann.see("Enter starts 101 Driver 1 at 06:00:00.")
    bob.see("Enter starts 101 Driver 1 at 06:00:00.")
    ann.enter()
    ann.see("Enter starts 102")
    bob.see("Due, not seen: 11")
    server.stop()
    ann.enter("102 6:03")
    ann.see("is kept: Enter", "The ledger does not answer.", "WAITS: 102 6:03")
    ann.type("103 6:")
    server.start()
    ann.until(lambda: "does not answer" not in ann.text, "an answer")
    assert "\n> 103 6:\n" in ann.text
    ann.enter("06")
    ann.see("WAITS: 102 6:03", "Due, not seen: 10")
    ann.enter()
    ann.until(lambda: "WAITS" not in ann.text, "102 on record")
    bob.see("Due, not seen: 9")
    bob.enter("at SS1 finish")
    ann.enter("at SS1 finish")
    bob.see("On the stage: 3")
    ann.see("On the stage: 3")
    ann.enter("101 7:31:12")
    bob.see("On the stage: 2")
    bob.enter("101 7:31:40")
    bob.see("Warning: ", "WAITS: 101 7:31:40")
    bob.enter()
    ann.see("CONFLICT with your #")
    ann.enter("q")
