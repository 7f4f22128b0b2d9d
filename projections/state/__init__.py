"""The state of a rally at a cut: what every answer rests on, from the facts up.

`facts.py` folds records into what stands; `course.py` is the plan and what race direction made of
it; `clocks.py`, `timing.py` and `unfinished.py` make the times that count, `road.py` and
`charges.py` what is added to them, `totals.py` what that comes to, `participation.py` what became
of each crew. `rally.py` joins them.
"""
