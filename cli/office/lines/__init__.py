"""Short lines of an entry desk: what an official types while the cars come in.

A line is read in its context (`context.py`: "at SS3 finish clock") by one table of forms
(`forms.py`), and asks for an act of the office's table (`asks.py`): what it puts on record is what
`rally record` would have. Nothing here knows a terminal.
"""
