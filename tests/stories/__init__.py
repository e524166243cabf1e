"""Worked examples from end to end, with their sums."""
