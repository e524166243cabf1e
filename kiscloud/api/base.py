"""What the views of account sets share: their scopes, and what of it belongs to the key's company."""

from collections.abc import Mapping
from typing import ClassVar

from accounts.api.base import AccountView
from accounts.models.api_key import Scope
from config.errors import NotFound
from kiscloud.models import AccountSet, Company
from kiscloud.models.account_set import AccountSetQuerySet
from kiscloud.services.account_sets import listed_sets


class SetsView(AccountView):
    """Behind a key of a company's account that may see its sets, or create them and manage their users."""

    scopes: ClassVar[Mapping[str, Scope]] = {
        "GET": Scope.SETS_READ,
        "POST": Scope.SETS_WRITE,
        "PATCH": Scope.SETS_WRITE,
        "DELETE": Scope.SETS_WRITE,
    }

    @property
    def company(self) -> Company:
        """The company of the key's account; an account without one has no sets."""
        found = Company.objects.standing().filter(account=self.account).first()
        if found is None:
            raise NotFound()
        return found

    def sets(self) -> AccountSetQuerySet:
        """Every set of the company."""
        return listed_sets(company=self.company)

    def account_set(self, pk: int) -> AccountSet:
        """One of them; any other does not exist."""
        found = self.sets().filter(pk=pk).first()
        if found is None:
            raise NotFound()
        return found
