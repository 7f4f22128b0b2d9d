"""The office: what officials ask and do, without a terminal. Faces call it; it prints nothing.

A read is asked of a `View`, a log at a cut, and answered with an `Answer`, which knows how it
stands in JSON and in CSV, and on what it rests. `reads.py` names them all, with their parameters.
"""
