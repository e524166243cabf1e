"""Filters of the books' pages."""
