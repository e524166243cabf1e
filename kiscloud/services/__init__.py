"""What may be done in KIS cloud, one noun a module."""
