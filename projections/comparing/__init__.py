"""Two states side by side: what changed, because of what, and how it would be otherwise."""
