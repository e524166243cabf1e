"""What the pages of limits share: the way from one to the other, with what waits behind each."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.http import ConsoleRequest
from config.nav import NavItem
from finance.models import BalanceAlert, PurchaseStop, Suspension


def limit_tabs(request: ConsoleRequest) -> list[NavItem]:
    """Budgets, alerts, stops, suspensions; three queries."""
    account, now = request.account, timezone.now()
    low = BalanceAlert.objects.counting().filter(watcher=account, below_since__isnull=False)
    waiting = PurchaseStop.objects.visible_to(account).waiting(at=now)
    stopped = Suspension.objects.visible_to(account).open()
    tabs = [
        (_("Budgets"), "budget-list", 0),
        (_("Low-balance alerts"), "alert-list", low.count()),
        (_("Stops of purchases"), "stop-list", waiting.count()),
        (_("Services at risk"), "suspension-list", stopped.count()),
    ]
    addresses = {name: reverse(f"finance:{name}") for _label, name, _count in tabs}
    here = max((one for one in addresses.values() if request.path.startswith(one)), key=len, default="")
    return [
        NavItem(label, addresses[name], current=addresses[name] == here, count=count) for label, name, count in tabs
    ]
