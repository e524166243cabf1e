"""What is done in books. Everything that writes locks the set's `Books` row first."""
