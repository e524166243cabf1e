"""What support staff see of books; each module registers its own."""

from kiscloud.books.admin import books

__all__ = ["books"]
