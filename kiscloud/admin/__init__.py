"""The pages of support staff about KIS cloud; each module registers its own."""

from kiscloud.admin import account_sets, clients, companies, products, releases

__all__ = ["account_sets", "clients", "companies", "products", "releases"]
