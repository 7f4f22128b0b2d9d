"""Read tables for other tools: what is in them, and how they are written and described.

Every figure is that of a read of the office or of a projection; nothing is computed here.
"""
