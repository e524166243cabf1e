"""Tests of invoices and the invoice cloud."""
