"""The evidence file of a decision: everything that a court needs, and a checker of one file."""
