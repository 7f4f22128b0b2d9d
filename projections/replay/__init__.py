"""The replay: every classification at every position of a log, as versions of its lines.

What a list showed is kept as what became another from a position on, in tiles of fixed ranges of
positions of which only the last is open. Whoever has a tile looks a moment up and computes nothing:
`lookup` needs neither a ledger nor the rules, and is all that a reader of tiles has.
"""
