"""Tags for templates of KIS cloud."""
