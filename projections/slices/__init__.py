"""Slices: a classification with a few records undone, without replaying the whole log.

The total of a crew rests on its own records and on those that bear on everybody. Of the other crews
it matters only which stages were run, and when stages began. So a slice of the log, one crew's
records and the frame, is replayed with these two things told, and only where something is undone.
"""
