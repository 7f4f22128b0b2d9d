"""Nothing lost, nothing doubled, nothing unseen: what the ledger survives, and the command for it.

    python -m tests.faults                 # the short form, as in the gate
    python -m tests.faults --long          # the long one
    python -m tests.faults --row kills     # the rows whose names hold that, again and again

Every row does harm so many times and counts: acknowledged records that are no longer there, acts
that stand twice, damage that nobody is told of while an answer is another, and tracebacks. A seed
repeats what chance decided.
"""
