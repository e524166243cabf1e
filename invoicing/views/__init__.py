"""Pages of invoices (`/invoices/`) and of the invoice cloud (`/invoice-cloud/`)."""
