"""What the views of funds and bills share: their scopes, and under which key the ledger knows a request."""

import hashlib
from collections.abc import Mapping
from typing import ClassVar

from accounts.api.base import AccountView
from accounts.guards import managed
from accounts.models import Account
from accounts.models.api_key import Scope
from accounts.permissions import Point
from accounts.services.looks import note_look
from config.api.view import KEY_HEADER


class KeyedView(AccountView):
    """Writes under a key that is kept longer than the answer is remembered."""

    @property
    def ledger_key(self) -> str:
        """The request's idempotency key as the ledger keeps it: for ever, longer than its answer is remembered."""
        sent = f"{self.memory}\n{self.request.headers.get(KEY_HEADER, '')}"
        return f"api-{hashlib.sha256(sent.encode()).hexdigest()[:56]}"


class FundsView(KeyedView):
    """Behind a key that may see funds, or move them."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.FUNDS_READ,
        "POST": Scope.FUNDS_WRITE,
        "DELETE": Scope.FUNDS_WRITE,
    }


class BillsView(KeyedView):
    """Behind a key that may see orders, bills and statements, or order, confirm and repay."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.BILLS_READ,
        "POST": Scope.BILLS_WRITE,
        "PATCH": Scope.BILLS_WRITE,
        "DELETE": Scope.BILLS_WRITE,
    }

    def whose(self, relationship_id: int | None, point: Point, *, page: str) -> Account:
        """This account, or the member of one of its relationships that grants the point; that reads who looked."""
        if relationship_id is None:
            return self.account
        link = managed(self.account, relationship_id, point)
        note_look(actor=self.actor, relationship=link, page=page, point=point)
        return link.member
