"""One scene on which every address is tried, and the people who try it."""

from dataclasses import dataclass, field
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from accounts.links import draw_link
from accounts.models import Account, Message, Relationship, User
from accounts.permissions import P1, P2, Role
from accounts.services.api_keys import create_key
from accounts.services.certifications import submit_enterprise
from accounts.services.directory import create_folder, open_directory
from finance.models import BillLine, Book, Commitment
from finance.services.batches import start_batch
from finance.services.exports import request_export
from finance.services.purchase_stops import impose_stops
from finance.services.top_ups import start_top_up
from finance.services.withdrawals import request_withdrawal
from invoicing.invoice_links import draw_link as draw_invoice_link
from invoicing.services.activations import draw_secrets
from tests.factories import (
    acting,
    clear,
    credit_code,
    make_account,
    make_invitation,
    make_operator,
    make_relationship,
    owner_of,
)
from tests.finance.billing import confirmed, issued, make_line
from tests.finance.buying import DAY, buy, order, prepaid, voucher
from tests.finance.disputing import doubt
from tests.finance.funds import D, allot, mover, top_up
from tests.finance.limiting import budget
from tests.finance.planning import plan_for
from tests.finance.trusting import trust_row
from tests.invoicing.changing import ask, ask_to_move
from tests.invoicing.clouding import assigned, delivered
from tests.invoicing.facing import make_invoice, make_letter
from tests.invoicing.opening import make_tenant
from tests.invoicing.receiving import receive
from tests.invoicing.reddening import use
from tests.invoicing.requesting import propose, request_row, title
from tests.kiscloud.kis import set_kis

PEOPLE = ("owner", "finance", "viewer", "member", "stranger", "anonymous")


@dataclass
class Scene:
    """The people, and what the placeholders in addresses stand for."""

    people: dict[str, User]
    values: dict[str, Any]
    cookies: dict[str, SimpleCookie] = field(default_factory=dict)  # of those who are logged in

    def __post_init__(self) -> None:
        for person, user in self.people.items():
            client = Client()
            client.force_login(user)
            self.cookies[person] = client.cookies

    def ask(self, person: str, method: str, url: str) -> HttpResponse:
        """What this person gets in a fresh browser; whatever it changed is undone."""
        client, before = Client(), transaction.savepoint()
        client.cookies.update(self.cookies.get(person, {}))
        response: HttpResponse = getattr(client, method)(url)
        transaction.savepoint_rollback(before)
        return response


def set_scene() -> Scene:
    """A manager with members by P1 and P2, a waiting invitation, a directory, keys, messages."""
    manager = make_account(username="manager")
    member = make_account(username="member")
    stranger = make_account(username="stranger")
    owner = acting(manager)
    p2 = make_relationship(manager, member, points=P2)
    p1 = make_relationship(manager, make_account(username="second"), points=P1)
    waiting = make_invitation(make_account(username="inviter"), member, kind="partner")
    sent = make_invitation(manager, make_account(username="invited"), kind="partner")
    root = open_directory(actor=owner, account=manager)
    folder = create_folder(actor=owner, account=manager, parent_id=root.pk, name="北方")
    clear(owner_of(manager), "create_key", f"account:{manager.pk}")
    key, _secret = create_key(actor=owner, account=manager, name="ERP", scopes=["relationships:read"])
    newcomer = make_account(username="newcomer", certified="no")
    submit_enterprise(actor=acting(newcomer), account=newcomer, name="新公司", credit_code=credit_code(900_000))
    message = Message.objects.create(kind=Message.Kind.PERSONAL, user=owner_of(manager), title="t", body="b")
    months = set_statements(p2)
    money = set_funds(manager, p2)
    people = {
        "owner": owner_of(manager),
        "finance": make_operator(manager, Role.FINANCE),
        "viewer": make_operator(manager, Role.VIEWER),
        "member": owner_of(member),
        "stranger": owner_of(stranger),
    }
    values = {
        "relationship": p2.pk,
        "relationship_p1": p1.pk,
        "invitation": sent.pk,
        "received": waiting.pk,
        "folder": folder.pk,
        "operator": manager.operators.get(user=people["viewer"]).pk,
        "key": key.pk,
        "message": message.pk,
        "token": draw_link(waiting, "mail").rstrip("/").rpartition("/")[2],
        "member_number": member.number,
        "trust": trust_row(p2, state="proposed", starts_at=None, expires_at=timezone.now() + timedelta(days=1)).pk,
        **money,
        **months,
        **set_orders(manager),
        **set_limits(manager, p2),
        **set_cloud(manager),
        **set_invoices(manager),
        **set_requests(p2),
        **set_kis(people["owner"], people["viewer"]),
    }
    assert Relationship.objects.in_force().count() == 2
    return Scene(people, values)


def set_funds(manager: Account, relationship: Relationship) -> dict[str, int]:
    """Own cash, an allotment with its receipt, and one of everything else that a page about money is about."""
    top_up(manager, "1000.00")
    done = allot(relationship, "10.00")
    actor = mover(manager)
    announced = start_top_up(actor=actor, account=manager, amount=D("5.00"), channel="bank", key="scene")
    wanted = request_withdrawal(
        actor=actor, account=manager, amount=D("5.00"), bank_name="招商银行", bank_account="62258801", key="scene"
    )
    lines = [{"relationship": relationship.pk, "amount": "5.00"}]
    return {
        "allotment": done.pk,
        "transfer": done.transfer_id,
        "book": Book.objects.get(account=manager, kind="cash").pk,
        "batch": start_batch(actor=actor, account=manager, direction="allot", lines=lines).pk,
        "export": request_export(actor=actor, account=manager, file_format="csv", asked={}).pk,
        "top_up": announced.pk,
        "withdrawal": wanted.pk,
    }


def set_limits(manager: Account, relationship: Relationship) -> dict[str, int]:
    """A budget, and a stop that it asks for."""
    now = timezone.now()
    one = budget(manager, relationship_id=relationship.pk, now=now)
    [stop] = impose_stops(budget=one, links=[relationship], ask=True, at=now)
    return {"budget": one.pk, "stop": stop.pk}


def set_requests(relationship: Relationship) -> dict[str, Any]:
    """A request of the manager that waits for staff, its title, and a proposal that waits for the member."""
    manager = relationship.manager
    control = propose(relationship)
    return {"invoice_request": request_row(manager).pk, "title": title(manager).pk, "control": control.pk}


def set_invoices(manager: Account) -> dict[str, Any]:
    """For the manager: an invoice and the token of a letter's link to it; a red letter to be answered."""
    invoice, used = make_invoice(manager), make_invoice(manager)
    use(used)
    letter = make_letter(used, {1: D("40.00")}, state="02")
    token = draw_invoice_link(invoice).split("/")[2]
    return {"invoice": invoice.pk, "invoice_token": token, "red_letter": letter.pk}


def set_statements(relationship: Relationship) -> dict[str, int]:
    """A confirmed month of the member with a disputed line, and a plan of the manager that waits for cash."""
    line, _other = make_line(relationship.member, "30.00"), make_line(relationship.member, "70.00")
    issued(relationship.member)
    dispute = doubt(line, "20.00")
    statement = confirmed(relationship.member)
    return {
        "statement": statement.pk,
        "line": line.pk,
        "dispute": dispute.pk,
        "plan": plan_for([relationship]).pk,
    }


def set_orders(manager: Account) -> dict[str, int | None]:
    """Something on sale, an order that waits, a resource that runs, and what makes things cheaper."""
    now = timezone.now()
    product = prepaid("1.00")
    saving = Commitment.objects.create(account=manager, kind="savings", per_cycle=D(1), valid_until=now + 9 * DAY)
    return {
        "product": product.pk,
        "order": order(manager, product, at=now).pk,
        "resource": buy(manager, product, at=now).resource_id,
        "voucher": voucher(manager, "5.00", product=prepaid()).pk,
        "commitment": saving.pk,
        "bill_line": BillLine.objects.filter(payer=manager).latest("pk").pk,
    }


def set_cloud(manager: Account) -> dict[str, Any]:
    """In the invoice cloud: an order that waits for its activation, and one whose right a tax number has, with a change
    that its owner asked for and one that another account asks for."""
    waiting = delivered(manager)
    right = assigned(manager)
    return {
        "cloud_waiting": waiting.pk,
        "cloud_order": right.order_id,
        "activation": draw_secrets(order_id=waiting.pk, reference="scene").token,
        "tenant": right.taxpayer.tenant_id,
        "entitlement": right.pk,
        "received_invoice": receive(right.taxpayer).pk,
        "change": ask(right.taxpayer, "", why="renamed", new_device="UKey").pk,
        "change_asked": ask_to_move(right.taxpayer, make_tenant()).pk,
    }


def every_address() -> dict[str, str]:
    """Every name of an address with its route; the admin's are tried on their own."""
    return dict(_walk(get_resolver(), "", ""))


def _walk(resolver: URLResolver, space: str, before: str) -> Any:
    for pattern in resolver.url_patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = ":".join(filter(None, (space, pattern.namespace)))
            if pattern.namespace != "admin":
                yield from _walk(pattern, inner, route)
        elif isinstance(pattern, URLPattern):
            yield ":".join(filter(None, (space, pattern.name or ""))), route
