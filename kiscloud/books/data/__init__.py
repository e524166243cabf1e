"""Charts of subjects as data."""
