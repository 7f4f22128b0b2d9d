"""Fail-overs: the primary of a pair dies with commits in flight, and its standby takes over.

The primary is stopped as if it crashed, or by its own shutdown, or all its clients are cut off
first. The standby is promoted and writes alone; the old primary is rewound and is synchronous
again before the next one. A fail-over without a commit in flight does not count.
"""

from __future__ import annotations

import os
import random
import signal
import statistics
import time
from pathlib import Path
from typing import NamedTuple

from tests.faults.clients import RALLY, Broken, Writers, look, writers
from tests.faults.ledgers import opened, whole
from tests.faults.table import Counts, Skipped
from tests.store.pair import Pair, a_pair
from tests.store.servers import NoServer

CLIENTS = 8
DATABASE = "ledger"
LONGEST_SECONDS = 10.0
KILLS = ("immediate", "fast", "terminate")
HELD = ("sent", "received")


class Drill(NamedTuple):
    """One fail-over: when the primary was killed, and until when the next one counts."""

    killed: float
    dead: float
    until: float

    def broke(self, each: Broken) -> bool:
        """Whether it broke an append off in its commit."""
        return each.committing and each.begun < self.dead and self.killed < each.heard < self.until


def fail_over(seed: int, tries: int, folder: Path) -> Counts:
    """The row: so many fail-overs with a commit in flight."""
    try:
        with a_pair() as pair:
            return _drilled(pair, random.Random(seed), tries)
    except NoServer as why:
        raise Skipped(str(why)) from None


def _drilled(pair: Pair, chance: random.Random, tries: int) -> Counts:
    drills, without = list[Drill](), 0
    pair.primary.ask(f"CREATE DATABASE {DATABASE}")
    with writers(pair.url(DATABASE), CLIENTS) as team:
        while len(drills) < tries:
            time.sleep(chance.uniform(0.2, 0.6))
            killed, dead = _kill(pair, KILLS[len(drills) % len(KILLS)], chance.choice(HELD))
            pair.promote()
            time.sleep(chance.uniform(0.2, 0.6))
            pair.follow_again()
            drill = Drill(killed, dead, time.monotonic())
            team.hear()
            if any(map(drill.broke, team.broken)):
                drills.append(drill)
            else:
                without += 1
        team.finish()
    counts = Counts(len(drills))
    again = [min(each.at for each in team.kept if drill.dead < each.at) for drill in drills]
    median = statistics.median(at - drill.killed for at, drill in zip(again, drills, strict=True))
    counts.note = (
        f"{len(team.kept):,} acknowledged; writes again after {median:.1f} s (median); "
        f"{without} more without a commit in flight"
    )
    if median > LONGEST_SECONDS:
        counts.find("lost", f"writes again after {median:.1f} s only")
    _look(counts, pair, team)
    return counts


def _kill(pair: Pair, how: str, held: str) -> tuple[float, float]:
    """Kill the primary while a commit waits for the standby; answers when, and when it was dead.

    What sends commits to the standby is held until a commit waits, or what receives them: so that
    one is not on the standby, or it is, and in neither case was it acknowledged.
    """
    process = _sender(pair) if held == "sent" else _receiver(pair)
    os.kill(process, signal.SIGSTOP)
    try:
        while not pair.primary.ask(_WAITING):
            time.sleep(0.01)
        killed = time.monotonic()
        if how == "terminate":
            pair.primary.ask(_CUT_OFF)
            time.sleep(0.05)
        pair.primary.signal("fast" if how == "fast" else "immediate")
        time.sleep(0.05)  # otherwise it may be acknowledged at the last moment
    finally:
        os.kill(process, signal.SIGCONT)
    pair.primary.stop("fast" if how == "fast" else "immediate")
    return killed, time.monotonic()


_WAITING = "SELECT count(*) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
_CUT_OFF = (
    f"SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = '{DATABASE}'"
)


def _sender(pair: Pair) -> int:
    return int(pair.primary.ask("SELECT pid FROM pg_stat_replication"))


def _receiver(pair: Pair) -> int:
    return int(pair.standby.ask("SELECT pid FROM pg_stat_wal_receiver"))


def _look(counts: Counts, pair: Pair, team: Writers) -> None:
    """What both servers hold in the end."""
    pair.caught_up()
    roots = []
    for server in (pair.primary, pair.standby):
        with opened(f"{server.address}/{DATABASE}", RALLY) as log:
            whole(counts, log, server.name)
            look(counts, log, team.kept, server.name)
            roots.append((log.head().size, log.head().root()))
    if roots[0] != roots[1]:
        counts.find("lost", "the roots of the two servers differ")
