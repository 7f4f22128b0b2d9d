"""The rows of the matrix: how often each is tried in the short form, and how often in the long."""

from __future__ import annotations

from tests.faults.acts import ACTS
from tests.faults.bombs import BOMBS, bombs
from tests.faults.clocks import WRONG, clocks
from tests.faults.crowds import on_a_file, on_a_server
from tests.faults.disks import failing, full, full_for_exports
from tests.faults.failover import fail_over
from tests.faults.flips import evidence, exports, pages
from tests.faults.fuzz import fuzz
from tests.faults.interrupts import interrupts
from tests.faults.kills import killed
from tests.faults.merges import HOSTILE, merges
from tests.faults.readers import CASES, readers
from tests.faults.schedules import schedules
from tests.faults.table import Row

ROWS = (
    *(Row(f"kills: {act.name}", 2, 60, killed(act)) for act in ACTS),
    Row("a write fails", 16, 400, failing("writes")),
    Row("an fsync fails", 16, 200, failing("fsyncs")),
    Row("a full disk", 8, 200, full),
    Row("a full disk, exports", 6, 60, full_for_exports),
    Row("flips: every kind of page", 60, 3000, pages),
    Row("flips: exported logs", 15, 500, exports),
    Row("flips: evidence files", 15, 500, evidence),
    Row("Ctrl-C at a step", 12, 1_000, interrupts),
    Row("eight writers on SQLite, one killed", 2, 60, on_a_file),
    Row("eight writers on PostgreSQL, server killed", 3, 60, on_a_server),
    Row("mutated inputs", 210, 20_000, fuzz),
    Row("wrong clocks", len(WRONG), 120, clocks),
    Row("hostile merges", len(HOSTILE), 10 * len(HOSTILE), merges),
    Row("bombs", 5, len(BOMBS), bombs),
    Row("readers who may not write", 6, len(CASES), readers),
    Row("seeded schedules", 500, 100_000, schedules),
    Row("fail-overs", 3, 50, fail_over),
)
