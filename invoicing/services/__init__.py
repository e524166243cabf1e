"""What may be done about invoices and the invoice cloud, one noun a module."""
