"""Short ways to payments: announced, confirmed, opened at the gateway and reported by it."""

from decimal import Decimal
from typing import Any

from django.test import Client

from accounts.models import Account, Event
from finance.models import Entry, TopUp
from finance.services import payments, top_ups
from tests.factories import acting
from tests.finance.funds import fresh_key, funds, staff
from tests.servers.gateway import signed

D = Decimal
CALLBACK = "/finance/callbacks/gateway/"


def announce(account: Account, amount: Any = "100.00", **more: Any) -> TopUp:
    """By bank transfer unless told otherwise, by the owner."""
    more = {"actor": None, "key": fresh_key(), "channel": "bank", **more}
    more["actor"] = more["actor"] or acting(account)
    return top_ups.start_top_up(account=account, amount=D(amount), **more)


def announce_online(account: Account, amount: Any = "100.00", **more: Any) -> TopUp:
    """To be paid through the gateway."""
    return announce(account, amount, channel="gateway", **more)


def confirm(top_up: TopUp, by: Any = None, arrived: Any = None, number: str = "", **more: Any) -> TopUp:
    """By a fresh member of staff, who saw what was announced."""
    return top_ups.confirm_top_up(
        actor=by or staff(),
        top_up_id=top_up.pk,
        arrived=top_up.amount if arrived is None else D(arrived),
        bank_reference=number or f"BK-{top_up.pk:06d}",
        **more,
    )


def open_it(top_up: TopUp, **more: Any) -> TopUp:
    """The owner asks for the pay address."""
    actor = more.pop("actor", None) or acting(top_up.account)
    return payments.open_payment(actor=actor, top_up_id=top_up.pk, return_url="https://t.example/back/", **more)


def report(body: bytes, headers: dict[str, str] | None = None, **signing: Any) -> Any:
    """What the gateway is answered when it sends this message; signed now unless headers are given."""
    client = Client(enforce_csrf_checks=True)
    sent = signed(body, **signing) if headers is None else headers
    return client.post(CALLBACK, body, content_type="application/json", headers=sent)


def kinds(row: Any) -> list[str]:
    """What was recorded about it, in order."""
    found = Event.objects.filter(subject_type=row._meta.label_lower, subject_id=row.pk)
    return list(found.order_by("pk").values_list("kind", flat=True))


def fresh(top_up: TopUp) -> TopUp:
    """As it stands now."""
    return TopUp.objects.get(pk=top_up.pk)


def nothing_moved(account: Account) -> bool:
    """No money, and no entry anywhere."""
    return funds(account).balance == 0 and not Entry.objects.exists()
