"""What templates of invoicing draw."""
