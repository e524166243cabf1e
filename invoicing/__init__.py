"""Invoices: for cloud spending, on behalf of members, and the invoice cloud with its open API."""
