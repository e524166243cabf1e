"""The pages of support staff about invoices; each module registers its own."""

from invoicing.admin import (
    changes,
    cloud_orders,
    entitlements,
    invoices,
    issue_orders,
    packages,
    received,
    red_letters,
    requests,
    tax_items,
    tenants,
    titles,
)

__all__ = [
    "changes",
    "cloud_orders",
    "entitlements",
    "invoices",
    "issue_orders",
    "packages",
    "received",
    "red_letters",
    "requests",
    "tax_items",
    "tenants",
    "titles",
]
