"""Filters of the inventory's pages."""
