"""What the views of invoices and of the invoice cloud share: their scopes."""

from collections.abc import Mapping
from typing import ClassVar

from accounts.models.api_key import Scope
from finance.api.base import KeyedView


class InvoicesView(KeyedView):
    """Behind a key that may see titles, invoices and requests, or ask for invoices."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.INVOICES_READ,
        "POST": Scope.INVOICES_WRITE,
        "PATCH": Scope.INVOICES_WRITE,
        "DELETE": Scope.INVOICES_WRITE,
    }
