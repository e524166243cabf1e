"""The invoice cloud's API for business systems, below `/open/`: token, sealed bodies, its own envelope."""
