"""Documents for the notice board: what the log says, as PDF.

Each kind has a module that makes its data, a pure function of the record and of the log up to a
position, and a Typst template that lays them out. The same data give the same bytes for ever.
"""
