"""The facts: what happened, who may say so, and the log that never forgets.

No screen and no projection lives here. `vocabulary/` names every occurrence, `commands/` checks
what officials want to record, `intake/` reads foreign formats, `log.py` is the one door to the log
that `store.py` keeps, and `merkle.py` and `verify.py` prove it.
"""
