"""Charts as SVG: one file that needs nothing else, the same bytes for the same moment.

`drawing.py` draws what `plan.py` places with the help of `layout.py`; `svg.py` writes the elements,
`style.py` says how they look.
"""
