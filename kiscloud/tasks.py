"""What this app does outside requests."""
