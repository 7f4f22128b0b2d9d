"""Rules of a rally: what each parameter moves, and its worked cases."""
