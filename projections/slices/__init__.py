"""Slices: a classification with a few records undone, without replaying the whole log.

The total of a crew rests on its own records and on those that bear on everybody. Of the other crews
it matters only which stages were run, when stages began, and where they end if only times show it.
So a slice of the log, one crew's records and the frame, is replayed with these things told, and
only where something is undone.
"""
