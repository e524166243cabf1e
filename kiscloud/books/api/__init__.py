"""The API of books, below `/api/v1/sets/<number>/`."""
