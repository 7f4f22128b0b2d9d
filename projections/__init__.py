"""The answers: pure functions of the log. Delete them all and nothing is lost.

`facts.py` folds records into what stands at a cut, `rulebook.py` holds the rules as data,
`state.py` joins both, and every other module is one answer; `registry.py` lists them.
"""
