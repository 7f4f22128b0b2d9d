"""Short lines of an entry desk: what an official types while the cars come in.

A line is taken apart (`typed.py`, `line.py`) and read in its context (`context.py`: "at SS3 finish
clock") by one table of forms (`forms.py`: what was seen, what befell a crew, any type in full), by
the plan as it stands (`plan.py`). It asks for an act of the office's table, or for several as one
(`asks.py`, `together.py`): what it puts on record is what `rally record` would have. It is read
back in full (`read_back.py`, `twice.py`), and many lines are one batch (`batch.py`). Nothing here
knows a terminal.
"""
