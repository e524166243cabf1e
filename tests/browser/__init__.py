"""The stories in a real browser."""
