"""What people type in KIS cloud."""
