"""What officials ask, without a terminal: every read of the table, and what it answers."""
