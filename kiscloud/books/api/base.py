"""What the views of books share: who acts, and in which set."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from accounts.actors import Actor
from accounts.api.base import AccountView
from accounts.models.api_key import Scope
from config.errors import NotFound
from kiscloud.books.rights import Right
from kiscloud.books.services.people import Place, place_of

TAGS = ["books"]


class BooksView(AccountView):
    """Behind a key of a company's account. In the books it is the person who made the key, with that person's rights.

    So every voucher names somebody, and nobody audits by a key what they made by it.
    """

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.BOOKS_READ,
        **dict.fromkeys(("POST", "PATCH", "DELETE"), Scope.BOOKS_WRITE),
    }

    @property
    def actor(self) -> Actor:
        """The key, and the person whose place it takes."""
        return replace(super().actor, user=self.key.created_by)

    def place(self, number: str, right: Right = Right.VIEW) -> Place:
        """The person's place in a set of the key's company. Raises NotFound for any other set, NotGranted."""
        found = place_of(actor=self.actor, number=number)
        if found.account_set.subscription.company.account_id != self.account.pk:
            raise NotFound()
        found.require(right)
        return found
