"""The pages of support staff about invoices; each module registers its own."""
