"""The stewards' desk and the notice board: decisions, what is open, what was posted."""
