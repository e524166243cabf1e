"""The pages of support staff for accounts, one module a topic; importing this package registers them."""

from accounts.admin import certifications, companies, keys, links, news, people

__all__ = ["certifications", "companies", "keys", "links", "news", "people"]
