"""Foreign formats become occurrences: sheets, live timing, the log itself as JSON Lines.

A reader gives lines, and what it could not read; `batch.py` puts them into a log, each once.
"""
