"""The rally in a browser: what is served is what the commands answer, at any moment, for anybody."""
