"""The rows of the matrix: how often each is tried in the short form, and how often in the long."""

from __future__ import annotations

from tests.faults.acts import ACTS
from tests.faults.failover import fail_over
from tests.faults.kills import killed
from tests.faults.table import Row

ROWS = (
    *(Row(f"kills: {act.name}", 2, 60, killed(act)) for act in ACTS),
    Row("fail-overs", 3, 50, fail_over),
)
