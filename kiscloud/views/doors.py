"""Who may come in, and what stands around every page of a company.

    company = company_of(request, pk)
    return page(request, "kiscloud/products/list.html", {**frame(company, here="products"), "rows": …})

Its template extends `kiscloud/company.html`.
"""

from dataclasses import dataclass
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.http import ConsoleRequest
from config.errors import NotFound
from config.nav import NavItem
from kiscloud.models import Company, Subscription
from kiscloud.services.companies import company_for
from kiscloud.services.limits import verification_of


@dataclass(frozen=True, slots=True)
class Tab:
    """A page that every company has, at an address with the company's number."""

    key: str
    label: str | Promise
    url_name: str


TABS: Final = (
    Tab("products", _("Products"), "kiscloud:company-detail"),
    Tab("keys", _("Serial numbers"), "kiscloud:key-list"),
    Tab("sets", _("Account sets"), "kiscloud:set-list"),
    Tab("online", _("Online users"), "kiscloud:company-online"),
    Tab("private", _("Private clouds"), "kiscloud:private-server-list"),
    Tab("people", _("People"), "kiscloud:member-list"),
    Tab("about", _("Company"), "kiscloud:company-about"),
    Tab("deletions", _("Deletions"), "kiscloud:deletion-list"),
)


def company_of(request: ConsoleRequest, pk: int) -> Company:
    """The company, for one of its administrators: 404 outside, 403 for its other members."""
    return company_for(user=request.user, company_id=pk)


def subscription_of(request: ConsoleRequest, pk: int) -> Subscription:
    """The product of a company, for one of the company's administrators: 404 outside, 403 for its other members."""
    product = Subscription.objects.listed().select_related("key").filter(pk=pk).first()
    if product is None:
        raise NotFound()
    product.company = company_of(request, product.company_id)
    return product


def frame(company: Company, *, here: str) -> dict[str, Any]:
    """What `kiscloud/company.html` draws around a page; `here` is the key of its tab."""
    tabs = [NavItem(str(tab.label), reverse(tab.url_name, args=[company.pk]), current=tab.key == here) for tab in TABS]
    return {"company": company, "verification": verification_of(company=company), "tabs": tabs}
