"""The answers: pure functions of the log. Delete them all and nothing is lost.

`state/` makes of records what stands at a cut, `rules/` holds the rules as data, and every module
beside them is one answer; `registry.py` lists them and `reads.py` says what each of them reads.
"""
