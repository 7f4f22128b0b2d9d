"""Eight writers on one ledger: of whom some are killed, or whose server is."""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.faults.clients import RALLY, look, writers
from tests.faults.ledgers import opened, whole
from tests.faults.table import Counts, Skipped
from tests.store.servers import NoServer, a_server

WRITERS = 8
DATABASE = "ledger"


def on_a_file(seed: int, tries: int, folder: Path) -> Counts:
    """Eight writers on SQLite; so many of them are killed, each in the place of one before."""
    counts, chance = Counts(), random.Random(seed)
    kept = 0
    for number in range(tries):
        url = str(folder / f"crowd-{number}.db")
        with writers(url, WRITERS) as team:
            time.sleep(chance.uniform(0.1, 0.4))
            team.kill(chance.randrange(WRITERS))
            time.sleep(chance.uniform(0.1, 0.4))
            team.finish()
        counts.tried += 1
        kept += len(team.kept)
        with opened(url, RALLY) as log:
            whole(counts, log, url)
            look(counts, log, team.kept, url)
    counts.note = f"{kept:,} acknowledged"
    return counts


def on_a_server(seed: int, tries: int, folder: Path) -> Counts:
    """Eight writers on PostgreSQL; so many times the server is killed and started again."""
    chance = random.Random(seed)
    try:
        with a_server() as server:
            counts = Counts(tries)
            server.ask(f"CREATE DATABASE {DATABASE}")
            url = f"{server.address}/{DATABASE}"
            with writers(url, WRITERS) as team:
                for _ in range(tries):
                    time.sleep(chance.uniform(0.1, 0.5))
                    server.stop(chance.choice(("fast", "immediate")))
                    server.start()
                time.sleep(0.3)
                team.finish()
            counts.note = f"{len(team.kept):,} acknowledged, {len(team.broken)} broken off"
            with opened(url, RALLY) as log:
                whole(counts, log, url)
                look(counts, log, team.kept, url)
            return counts
    except NoServer as why:
        raise Skipped(str(why)) from None
