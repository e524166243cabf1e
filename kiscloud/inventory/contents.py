"""The inventory as a part of a set, and as where some of its vouchers come from."""

from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from kiscloud.books.models import UserGroup, Voucher
from kiscloud.books.origins import Origin, add_origin
from kiscloud.books.rights import Right
from kiscloud.editions import App
from kiscloud.inventory.models import Document, DocumentLine, Good, Partner, Stock
from kiscloud.inventory.services.demo_stock import fill_demo
from kiscloud.models import AccountSet, SetUser
from kiscloud.set_contents import add_part
from kiscloud.set_moments import Moment, add_grants, during

PARTS = (Partner, Good, Stock, Document, DocumentLine)
APPS = (App.INVENTORY, App.PURCHASE, App.SALES, App.STOCK)
WAY: Final = _("Take it back in the inventory, on the page of its document; or enter a return there.")


def register() -> None:
    """From now on sets are made of these tables, too. Sets were backed up before there were any."""
    for model in PARTS:
        add_part(model, later=True)
    during(Moment.DEMO, _fill)
    add_grants(apps_granted)
    add_origin(Voucher.Kind.STOCK, Origin(_("Stock documents"), WAY, _documents_of))


def _fill(account_set: AccountSet) -> None:
    fill_demo(account_set=account_set)


def apps_granted(set_user: SetUser) -> list[App]:
    """The apps of whoever may see stock (S14.12)."""
    groups = UserGroup.objects.filter(memberships__user__set_user=set_user, rights__contains=[Right.STOCK_VIEW])
    return list(APPS) if groups.exists() else []


def _documents_of(voucher: Voucher) -> str:
    if not Document.objects.filter(voucher=voucher).exists():
        return ""
    number = voucher.account_set.number
    return f"{reverse('inventory:document-list', kwargs={'number': number})}?voucher={voucher.pk}"
