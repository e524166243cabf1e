"""Backups, restores and purges while their processes are killed: `script/chaos_sets` runs it."""
