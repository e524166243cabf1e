"""What is done in the inventory. Everything that writes locks the set's `Books` row first."""
