"""Proofs, checkpoints and witnesses: what is signed, and what a stranger finds of it."""
