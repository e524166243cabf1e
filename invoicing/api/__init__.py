"""Invoices for an account's own business systems, below `/api/v1/`."""
