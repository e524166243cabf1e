"""Races between real connections."""
