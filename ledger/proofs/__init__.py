"""Proofs that a stranger checks: of a record in a log, and of a log that only ever grew.

What is here knows no ledger: bytes and texts in, bytes and texts out. The tree whose proofs these
are is in `ledger.merkle`, and the log reads it from its tiles.
"""
