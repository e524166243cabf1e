"""What people type about invoices."""
