"""The pages of support staff about KIS cloud; each module registers its own."""

from kiscloud.admin import account_sets

__all__ = ["account_sets"]
