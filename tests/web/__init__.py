"""The rally in a browser: what is served is what commands answer, at any moment."""
