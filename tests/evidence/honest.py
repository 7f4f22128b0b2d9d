"""Honest evidence files, very many: of whatever rally the tests tell, and of drawn ones.

    python -m tests.evidence.honest [PATH ...] [--seeds N] [--keep FOLDER] [--cores C]

A checker that refuses one is wrong. It runs the tests at the paths (those of the scenarios, where
none are given) and keeps each rally that they tell; so many more are drawn as the laws do, of each
kind. Each has one more decision at its end. Of every decision it has the evidence file made, as of
several moments, and checked by both checkers: each
one that is refused, or on which they do not agree, is printed, and the exit code is 1. The rallies
of a folder that was kept are not told again.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import closing, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from cli.evidence.bundle import bundle
from cli.office.view import View
from ledger.errors import LedgerError
from ledger.exhibits import Exhibits
from ledger.log import Ledger, Log
from ledger.vocabulary import CrewEntered, DecisionIssued, OfficialAppointed, StageScheduled, build
from tests.conftest import Ticking
from tests.evidence.javascript import Javascript
from tests.evidence.test_verifier import in_javascript, in_python
from tests.laws.rallies import unique
from tests.spec import Case

KEPT = "KEPT_BY_TESTS"
"""Where a run of the tests keeps what they tell; tests take away what begins with RALLY."""
TOGETHER, FEW = 20, 6


# -- what the tests tell ---------------------------------------------------------------------------


def pytest_collection_finish() -> None:
    """What the timeline says of the scenarios is looked at elsewhere, and takes long."""
    for name, module in list(sys.modules.items()):
        if name.endswith("scenarios.conftest"):
            vars(module)["compare"] = lambda _: None


@pytest.hookimpl(wrapper=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> Generator[None, object, object]:
    """Keep the cases of a test, and the ledgers that it opened, as they are behind it."""
    cases, ledgers = list[Case](), list[str]()
    with pytest.MonkeyPatch.context() as patch:
        begin, opened, closed = Case.__init__, Ledger.__init__, Ledger.close

        def begun(case: Case, *words: Any, **more: Any) -> None:
            begin(case, *words, **more)
            cases.append(case)

        def open_it(ledger: Ledger, url: str, *words: Any, **more: Any) -> None:
            opened(ledger, url, *words, **more)
            ledgers.append(str(Path(url).absolute()))

        def close_it(ledger: Ledger) -> None:
            keep(Path(ledger.url).absolute(), pyfuncitem.nodeid)
            closed(ledger)

        patch.setattr(Case, "__init__", begun)
        patch.setattr(Ledger, "__init__", open_it)
        patch.setattr(Ledger, "close", close_it)
        answer = yield
    for url in dict.fromkeys(ledgers):
        keep(Path(url), pyfuncitem.nodeid)
    for case in cases:
        keep_told([said for _, said in case.records], pyfuncitem.nodeid)
    return answer


def keep_told(told: Sequence[Any], name: str) -> None:
    """Keep a rally that was told, as the log of a new ledger."""
    with tempfile.TemporaryDirectory() as folder:
        ledger = Ledger(f"{folder}/rally.db", Ticking())
        ledger.log(told[0].rally).append(unique(list(told)))
        keep(Path(folder) / "rally.db", name)
        ledger.close()


def keep(file: Path, name: str) -> None:
    """Keep a ledger in a file, and its exhibits, if none like it was kept."""
    with (
        suppress(sqlite3.Error, OSError),
        closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as held,
        tempfile.TemporaryDirectory() as folder,
    ):
        copy = Path(folder) / "rally.db"
        with closing(sqlite3.connect(copy)) as copied:
            held.backup(copied)
        _keep_copy(copy, Path(f"{file}.exhibits"), name)


def _keep_copy(copy: Path, exhibits: Path, name: str) -> None:
    with closing(Ledger(str(copy), Ticking(), new=False)) as ledger:
        roots = [ledger.log(each).head().root().hex() for each in ledger.rallies()]
    kept = Path(os.environ[KEPT]) / hashlib.sha256("".join(sorted(roots)).encode()).hexdigest()
    if roots and not kept.exists():
        with tempfile.TemporaryDirectory(dir=kept.parent) as folder:
            whole = Path(folder) / "whole"
            whole.mkdir()
            shutil.copy(copy, whole / "rally.db")
            (whole / "name").write_text(name, encoding="utf-8")
            if exhibits.is_dir():
                shutil.copytree(exhibits, whole / "rally.db.exhibits")
            with suppress(OSError):
                whole.rename(kept)


# -- what is drawn ---------------------------------------------------------------------------------


def kinds() -> dict[str, st.SearchStrategy[Any]]:
    """The rallies that the laws draw: with a case in it, in offices, with keys."""
    from tests.laws.rallies import cases, rallies
    from tests.laws.test_authority import in_offices
    from tests.laws.test_evidence import judged
    from tests.laws.test_signatures import in_keys

    with_a_case = st.tuples(in_keys(), cases()).map(lambda parts: [*parts[0], *parts[1]])
    return {
        "judged": judged(),
        "with cards": rallies(judged=True, cards=True, timed=True),
        "in offices": in_offices(judged=True),
        "in keys": with_a_case,
        "long cases": st.tuples(rallies(timed=True), cases(20)).map(lambda p: [*p[0], *p[1]]),
    }


def drawn(kind: str, first: int, many: int) -> Iterator[tuple[str, list[Any]]]:
    """So many rallies of a kind, with the words that name each."""
    found: list[list[Any]] = []
    asks = settings(
        max_examples=many,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )

    @seed(first)
    @asks
    @given(kinds()[kind])
    def take(rally: list[Any]) -> None:
        found.append(list(rally))

    take()
    for at, each in enumerate(found, 1):
        yield f"{kind}, seed {first}, {at}", each


def keep_drawn(kind: str, first: int, many: int) -> None:
    """Keep so many of a kind, without what claims digests and roots that no log ever had."""
    from ledger.vocabulary import ClassificationPublished, StartOrderPublished

    claiming = (ClassificationPublished, StartOrderPublished)
    for name, rally in drawn(kind, first, many):
        keep_told([each for each in rally if not isinstance(each, claiming)], name)


# -- what is checked -------------------------------------------------------------------------------


def checked(folders: Sequence[Path], moments: int = 1) -> tuple[Counter[str], list[str]]:
    """Check the evidence of every decision of some ledgers: how many, and what does not fit."""
    count, wrong, javascript = Counter[str](), list[str](), Javascript()
    for folder in folders:
        with _opened(folder) as ledger:
            for code in ledger.rallies():
                count["rallies"] += 1
                for of, data in _files(ledger, code, folder, moments):
                    count["files"] += 1
                    told = _said(javascript, data)
                    count.update(each.partition(":")[0] for each in told[:1])
                    name = (folder / "name").read_text(encoding="utf-8")
                    wrong += [f"{name} {folder.name[:10]} {code} {of}: {e}" for e in told]
    javascript.end()
    return count, wrong


@contextmanager
def _opened(folder: Path) -> Iterator[Ledger]:
    """A copy of a kept ledger, in which one more decision is about the first crew that it has."""
    with tempfile.TemporaryDirectory() as there:
        shutil.copy(folder / "rally.db", there)
        with closing(Ledger(f"{there}/rally.db", Ticking(), new=False)) as ledger:
            for code in ledger.rallies():
                _decide(ledger.log(code))
            yield ledger


def _decide(log: Log) -> None:
    """The stewards give each of a few crews a minute on the last stage, by whoever may do so."""
    said = [each.occurrence() for each in log.read()]
    crews = dict.fromkeys(each.number for each in said if isinstance(each, CrewEntered))
    stages = [each.stage for each in said if isinstance(each, StageScheduled)]
    stewards = [each.official for each in said if isinstance(each, OfficialAppointed)]
    minute = {"amount_ms": 60_000}
    effects = [
        {"act": "PenaltyGiven", "fields": {**minute, "number": each} if at else minute}
        for at, each in enumerate([*crews][:FEW])
    ]
    for by in ("The stewards", *stewards[-1:]) if crews else ():
        fields: dict[str, Any] = {"by": by, "role": "stewards", "rally": log.rally}
        fields |= {"recorded_at": said[-1].recorded_at, "series": "stewards", "decision": "last"}
        fields |= {"number": next(iter(crews)), "stage": stages[-1] if stages else ""}
        log.append([build(DecisionIssued, {**fields, "effects": effects, "immediate": True})])


def _files(ledger: Ledger, code: str, folder: Path, moments: int) -> Iterator[tuple[str, bytes]]:
    """The files of each decision, as of now and of moments before."""
    log, store = ledger.log(code), Exhibits(folder / "rally.db.exhibits")
    size = log.head().size
    for each in log.read(types=["DecisionIssued", "CourtDecisionIssued"]):
        since = each.position
        for known_at in sorted({size - (size - since) * at // moments for at in range(moments)}):
            with suppress(LedgerError):
                yield (
                    f"#{since} as of #{known_at}",
                    bundle(View(log, f"#{known_at}"), f"#{since}", store).data,
                )


def _said(javascript: Javascript, data: bytes) -> list[str]:
    """What one of them refuses, or says otherwise than the other one."""
    known, found = in_python(data), in_javascript(javascript, data)
    refused = [f"in Python: {each}" for each in known["findings"]]
    refused += [f"in JavaScript: {each}" for each in found["findings"]]
    if refused or known == found:
        return refused
    return [
        f"otherwise: {what}: {known.get(what)} | {found.get(what)}"
        for what in {**known, **found}
        if known.get(what) != found.get(what)
    ]


def alike(told: str) -> str:
    """What does not fit, without what is of this file alone."""
    said = told.partition(": ")[2]
    return re.sub(r"[0-9a-f]{64}|\d+(:\d+)*|'[^']*'|\"[^\"]*\"", "…", said)


def main(words: Sequence[str]) -> int:
    """Tell, draw and check as the words of the command line say."""
    asks = argparse.ArgumentParser(prog="python -m tests.evidence.honest", description=__doc__)
    asks.formatter_class = argparse.RawDescriptionHelpFormatter
    asks.add_argument("paths", nargs="*", metavar="PATH", default=["tests/scenarios"])
    asks.add_argument("--seeds", type=int, default=100, help="how many are drawn of each kind")
    asks.add_argument("--first", type=int, default=1, help="the first seed")
    asks.add_argument("--keep", type=Path, help="where the rallies are kept, or were")
    asks.add_argument("--moments", type=int, default=1, help="as of how many each file is made")
    asks.add_argument("--cores", type=int, default=os.cpu_count())
    given = asks.parse_args(words)
    with tempfile.TemporaryDirectory() as folder:
        kept = (given.keep or Path(folder)).absolute()
        if not kept.exists() or kept == Path(folder):
            kept.mkdir(exist_ok=True)
            _tell(given.paths, given.cores, kept)
            _draw(given.seeds, given.first, given.cores, kept)
        return _check(kept, given.moments, given.cores)


def _tell(paths: Sequence[str], cores: int, kept: Path) -> None:
    asked = ("-p", "tests.evidence.honest", "-q", "-n", str(cores), "-m", "slow or not slow")
    env = {**os.environ, KEPT: str(kept)}
    subprocess.run([sys.executable, "-m", "pytest", *asked, *paths], check=False, env=env)


def _draw(many: int, first: int, cores: int, kept: Path) -> None:
    os.environ[KEPT] = str(kept)
    asked = [(k, first + at, TOGETHER) for k in kinds() for at in range(-(-many // TOGETHER))]
    with ProcessPoolExecutor(cores) as pool:
        for each in [pool.submit(keep_drawn, *words) for words in asked]:
            each.result()


def _check(kept: Path, moments: int, cores: int) -> int:
    folders, count, wrong = sorted(kept.glob("*")), Counter[str](), list[str]()
    began = time.monotonic()
    parts = [folders[at : at + TOGETHER] for at in range(0, len(folders), TOGETHER)]
    with ProcessPoolExecutor(cores) as pool:
        for found, said in pool.map(partial(checked, moments=moments), parts):
            count.update(found)
            wrong += said
            print(*said, sep="\n", end="\n" * bool(said), flush=True)
    print("\nKinds:")
    for what, many in Counter(alike(each) for each in wrong).most_common():
        print(f"{many:6} {what}")
    refused = sum(count[each] for each in ("in Python", "in JavaScript", "otherwise"))
    print(
        f"{count['files']:,} files of {count['rallies']:,} rallies, {refused} of them wrong; "
        f"{time.monotonic() - began:.0f} s"
    )
    return int(refused > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
