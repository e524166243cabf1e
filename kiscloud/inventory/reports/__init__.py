"""The inventory's reports, read from the lines of confirmed documents."""
