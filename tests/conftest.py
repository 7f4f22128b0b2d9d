"""What all tests share: clocks that stand still, ledgers in temporary folders, the command line."""

from __future__ import annotations

import copy
import gc
import os
import re
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from cli.context import Settings
from cli.main import MANY_THINGS, run
from ledger.log import Ledger
from tests.examples import load_profiles
from tests.looked import forget, never_reached
from tests.scratch import put_in_memory

# A run begins hundreds of processes: what they import, and each worker, is compiled only once.
sys.dont_write_bytecode = False
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
NOW = 1_469_000_000_000  # 20 July 2016, 07:33:20 UTC
BEGUN_IN = Path.cwd()
load_profiles()
put_in_memory()
gc.set_threshold(MANY_THINGS)  # as the command does
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell has what runs in its background ignore Ctrl-C, and so would every child of a test.
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is tried on examples is a law, wherever it stands: the gate tries it on more of them."""
    for each in items:
        if isinstance(each, pytest.Function) and _tries_examples(each.function):
            each.add_marker("law")


def pytest_collection_finish() -> None:
    """Thousands of tests and all that they import stay: nobody looks through them for what can go.

    It took a tenth of the time.
    """
    gc.collect()
    gc.freeze()


def _tries_examples(test: Any) -> bool:
    """Whether it is a test of Hypothesis, or has one within."""
    return hasattr(test, "hypothesis") or "given" in test.__code__.co_names


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """A test that asserts only in loops and on conditions proves that it reached each of them."""
    forget()
    called = yield
    if unreached := never_reached(pyfuncitem.function):
        pytest.fail(f"Nothing was looked at by {', '.join(unreached)}.", pytrace=False)
    return called


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, object, object]:
    """A test that leaves the process in a folder of its own would spoil all that come after it."""
    done = yield
    try:
        left_in = Path.cwd()
    except FileNotFoundError:
        left_in = Path("a folder that is gone")
    if left_in != BEGUN_IN:
        os.chdir(BEGUN_IN)
        pytest.fail(f"It left the tests in {left_in}.", pytrace=False)
    return done


class Ticking:
    """A clock that moves on by one millisecond each time it is asked."""

    def __init__(self, start: int = NOW) -> None:
        self.now = start

    def __call__(self) -> int:
        self.now += 1
        return self.now


class Said(NamedTuple):
    """What a command line answered: exit code, standard output, standard error."""

    code: int
    out: str
    err: str


Rally = Callable[..., Said]
_KEY = re.compile(r"^If no answer comes, repeat it with --key ([0-9a-f]{16})\.\n", re.MULTILINE)


def without_made_keys(heard: str) -> str:
    """What a command says on standard error, apart from the keys that it makes."""
    return _KEY.sub("", heard)


@pytest.fixture
def clock() -> Ticking:
    """A clock that no test has to wait for."""
    return Ticking()


@pytest.fixture
def ledger(tmp_path: Path, clock: Ticking) -> Iterator[Ledger]:
    """A new SQLite ledger."""
    opened = Ledger(str(tmp_path / "rally.db"), clock)
    yield opened
    opened.close()


@pytest.fixture
def rally(
    tmp_path: Path,
    clock: Ticking,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Rally:
    """The command `rally` in an empty folder, with a clock that ticks and the offset +08:00."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("RALLY_")]:
        monkeypatch.delenv(name)

    def call(*words: object) -> Said:
        capsys.readouterr()
        code = run([str(word) for word in words], Settings(clock, lambda _: 480))
        heard = capsys.readouterr()
        assert "Traceback" not in heard.err
        return Said(code, heard.out, without_made_keys(heard.err))

    return call


def data_folder() -> Path | None:
    """Where the real rallies lie, if they are here."""
    beside = Path(__file__).resolve().parents[2] / "shared" / "data"
    folder = Path(os.environ.get("RALLY_DATA", beside))
    return folder if folder.is_dir() else None


Filling = Callable[[str, Callable[[], Any]], Any]


class Kept(NamedTuple):
    """A folder that was filled once, the time by its clock, and what whoever filled it answered."""

    folder: Path
    now: int
    answer: Any


@pytest.fixture(scope="session")
def copies(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Kept]]:
    """Where copies of filled folders lie, and which there are."""
    return tmp_path_factory.mktemp("kept"), {}


@pytest.fixture
def filled(copies: tuple[Path, dict[str, Kept]], tmp_path: Path, clock: Ticking) -> Filling:
    """Fill the folder of a test: the first time by doing so, and with a copy from then on."""
    where, made = copies

    def fill(name: str, do: Callable[[], Any]) -> Any:
        if name in made:
            shutil.copytree(made[name].folder, tmp_path, dirs_exist_ok=True)
            clock.now = made[name].now
        else:
            answer = do()
            with sqlite3.connect(tmp_path / "rally.db") as whole:
                whole.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            whole.close()
            shutil.copytree(tmp_path, where / name)
            made[name] = Kept(where / name, clock.now, answer)
        return copy.deepcopy(made[name].answer)

    return fill
