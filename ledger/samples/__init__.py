"""The sample rallies that come with the ledger, as exports of their logs.

`silk-way-2016.jsonl` is the Silk Way Rally 2016, built from published facts. Every record names its
source and whether it is published there, derived from published figures, or assumed; an
instant that no source gives is marked as assumed too.
"""
