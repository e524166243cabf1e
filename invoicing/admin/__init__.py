"""The pages of support staff about invoices; each module registers its own."""

from invoicing.admin import changes, cloud_orders, entitlements, packages, tenants

__all__ = ["changes", "cloud_orders", "entitlements", "packages", "tenants"]
