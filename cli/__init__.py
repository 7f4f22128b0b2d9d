"""The faces: everything that people and programs see of the ledger.

`main.py` is the command `rally` and its table of commands, one module each in `commands/`;
`options.py`, `reading.py`, `acting.py` and `output.py` are what they share.
"""
