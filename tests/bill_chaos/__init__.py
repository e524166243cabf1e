"""Billing while its processes are killed: `script/chaos_bills` runs it."""
