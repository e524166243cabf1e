"""The tables of a set's inventory, one noun a module."""

from kiscloud.inventory.models.document import Document, DocumentLine, Kind
from kiscloud.inventory.models.good import Good, Stock
from kiscloud.inventory.models.partner import Partner

__all__ = ["Document", "DocumentLine", "Good", "Kind", "Partner", "Stock"]
