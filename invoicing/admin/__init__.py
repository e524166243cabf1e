"""The pages of support staff about invoices; each module registers its own."""

from invoicing.admin import changes

__all__ = ["changes"]
