"""Answers, documents and evidence of earlier editions: they hold, or are refused by name."""
