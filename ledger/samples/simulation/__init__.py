"""Synthetic rallies of any size, each from a seed: believable, late, contradicted and corrected.

For benchmarks, for tests of properties, and for trying things out: `simulate` gives the records of
a whole rally as they reach the log, the same for the same plan on every machine. Nothing is read or
written here, and no clock is asked. The first record of such a rally says that it is synthetic.
"""

from __future__ import annotations

from ledger.samples.simulation.plan import NOTHING, Amendment, Plan, Regulations
from ledger.samples.simulation.rules import rules_of
from ledger.samples.simulation.run import Simulated, simulate

__all__ = ["NOTHING", "Amendment", "Plan", "Regulations", "Simulated", "rules_of", "simulate"]
