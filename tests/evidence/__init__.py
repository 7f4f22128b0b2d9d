"""Tests of evidence files: the checker accepts what holds together, and says where it does not."""
