"""The tables of finance, one noun a module."""

from finance.models.book import Book
from finance.models.transfer import Entry, Transfer

__all__ = ["Book", "Entry", "Transfer"]
