"""Orders and resources: to look at; staff cancel, reprice and refund by the services that customers use."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, StaffAdmin, Text
from accounts.admin.panels import History, Panel, at, history, link, of_subject, pill, table
from config.templatetags.ui import money
from finance.admin.columns import BoundedPaginator, yuan
from finance.breakdown import lines_of, plain
from finance.models import BillLine, Order, Resource
from finance.money import parse_amount
from finance.services.orders import PERMISSION, cancel_order
from finance.services.repricing import reprice_order
from finance.services.returns import refund_order

SOME = 51  # one more than a panel shows
State, Kind = Order.State, Order.Kind
TONES = {State.PENDING: "wait", State.PAID: "ok", State.CANCELLED: "neutral", State.REFUNDED: "info"}
RESOURCE_TONES = {
    Resource.State.RUNNING: "ok",
    Resource.State.SUSPENDED: "warn",
    Resource.State.RELEASED: "neutral",
}


def _cancel(actor: Actor, row: Order, _typed: Mapping[str, str]) -> Text:
    cancel_order(actor=actor, order_id=row.pk)
    return _now("Cancelled.")


def _reprice(actor: Actor, row: Order, typed: Mapping[str, str]) -> Text:
    amount = parse_amount(typed.get("amount", ""))
    reprice_order(actor=actor, order_id=row.pk, amount=amount, reason=typed.get("reason", ""))
    return _now("The new price is set. The account reads the reason in its breakdown.")


def _refund(actor: Actor, row: Order, _typed: Mapping[str, str]) -> Text:
    refund = refund_order(actor=actor, order_id=row.pk, key=f"staff-refund-{row.pk}")
    return _now("Given back: %(amount)s yuan.") % {"amount": -refund.payable}


def _payable(row: Order) -> bool:
    return row.is_payable(at=timezone.now())


@admin.register(Order)
class OrderAdmin(StaffAdmin):
    """All orders, the newest first."""

    paginator = BoundedPaginator
    list_display = [
        "shown_name",
        "shown_state",
        yuan("payable", _("to pay")),
        "owner",
        "payer",
        "product",
        at("created_at", _("made")),
    ]
    list_filter = ["state", "kind"]
    list_select_related = ["owner", "payer", "product"]
    search_fields = ["=id", "owner__name", "=owner__number", "=resource__instance"]
    search_help_text = _("Number of the order, name or number of the account, or the instance")
    ordering = ["-id"]
    fields = [
        "kind",
        "owner_link",
        "payer_link",
        "product_link",
        "resource_link",
        "shown_quantity",
        "months",
        "shown_list",
        "shown_payable",
        "refunds_link",
        "created_by",
        "created_at",
        "paid_at",
        "ended_at",
    ]
    readonly_fields = [
        "owner_link",
        "payer_link",
        "product_link",
        "resource_link",
        "shown_quantity",
        "shown_list",
        "shown_payable",
        "refunds_link",
    ]
    buttons = [
        Button(
            "reprice",
            _("Set another price"),
            _reprice,
            PERMISSION,
            icon="badge-percent",
            ask=Ask("amount", _("New price in yuan, at most the list price"), 20, short=True),
            also=(Ask("reason", _("Reason"), 200, _("The account reads it.")),),
            offered=lambda row: _payable(row) and row.payable >= 0,
        ),
        Button("cancel", _("Cancel"), _cancel, PERMISSION, icon="circle-x", danger=True, offered=_payable),
        Button(
            "refund",
            _("Give it back"),
            _refund,
            PERMISSION,
            icon="undo-2",
            danger=True,
            warning=_("The resource is released at once; what the rest of its time is worth goes to who paid."),
            offered=lambda row: row.state == State.PAID and row.kind != Kind.REFUND,
        ),
    ]

    def title(self, row: Order) -> str:
        """Which."""
        return self.shown_name(row)

    def state(self, row: Order) -> Text:
        """How it stands."""
        return self.shown_state(row)

    def panels(self, request: HttpRequest, row: Order) -> Sequence[Panel | History]:  # noqa: ARG002
        """How the price came about, how it was paid, what happened."""
        steps = [[line.label, line.how, money(line.amount)] for line in lines_of(row.price, unit=row.product.unit)]
        lines = BillLine.objects.filter(order=row)[:SOME]
        paid = [[money(one.voucher), money(one.cash), money(one.credit), money(one.outstanding)] for one in lines]
        return [
            table(_("How the price comes about"), [_("step"), "", _("amount")], steps),
            table(_("Paid with"), [_("vouchers"), _("cash"), _("credit"), _("unpaid when billed")], paid),
            history(of_subject(row)),
        ]

    @admin.display(description=_("order"), ordering="id")
    def shown_name(self, row: Order) -> str:
        """Which."""
        return f"{Kind(row.kind).label} #{row.pk}"

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Order) -> SafeString:
        """As a pill, judged at this moment."""
        state = row.state_at(at=timezone.now())
        return pill(state.label, TONES[state])

    @admin.display(description=_("account"))
    def owner_link(self, row: Order) -> SafeString | str:
        """Its page."""
        return link(row.owner)

    @admin.display(description=_("paid by"))
    def payer_link(self, row: Order) -> SafeString | str:
        """Its page."""
        return link(row.payer)

    @admin.display(description=_("product"))
    def product_link(self, row: Order) -> SafeString | str:
        """Its page."""
        return link(row.product)

    @admin.display(description=_("resource"))
    def resource_link(self, row: Order) -> SafeString | str:
        """Its page."""
        return link(row.resource)

    @admin.display(description=_("gives back"))
    def refunds_link(self, row: Order) -> SafeString | str:
        """Its page."""
        return link(row.refunds)

    @admin.display(description=_("quantity"))
    def shown_quantity(self, row: Order) -> str:
        """With its unit."""
        return f"{plain(row.quantity)} {row.product.unit}"

    @admin.display(description=_("list price"))
    def shown_list(self, row: Order) -> SafeString | str:
        """In yuan."""
        return money(row.list_amount)

    @admin.display(description=_("to pay"))
    def shown_payable(self, row: Order) -> SafeString | str:
        """In yuan."""
        return money(row.payable)


@admin.register(Resource)
class ResourceAdmin(StaffAdmin):
    """What runs, and until when."""

    paginator = BoundedPaginator
    list_display = [
        "instance",
        "shown_state",
        "owner",
        "product",
        at("starts_at", _("begins")),
        at("ends_at", _("ends")),
    ]
    list_filter = ["state"]
    list_select_related = ["owner", "product"]
    search_fields = ["=instance", "owner__name", "=owner__number"]
    search_help_text = _("Instance, name or number of the account")
    ordering = ["-id"]
    fields = ["instance", "owner_link", "product_link", "shown_quantity", "starts_at", "ends_at", "worthless_since"]
    readonly_fields = ["owner_link", "product_link", "shown_quantity"]

    def state(self, row: Resource) -> Text:
        """How it stands."""
        return self.shown_state(row)

    def panels(self, request: HttpRequest, row: Resource) -> Sequence[Panel | History]:  # noqa: ARG002
        """Its orders, and what happened."""
        orders: list[list[Any]] = [
            [link(one), pill(State(one.state).label, TONES[State(one.state)]), money(one.payable)]
            for one in Order.objects.filter(resource=row)[:SOME]
        ]
        return [table(_("Orders"), [_("order"), _("state"), _("amount")], orders), history(of_subject(row))]

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Resource) -> SafeString:
        """As a pill."""
        state = Resource.State(row.state)
        return pill(state.label, RESOURCE_TONES[state])

    @admin.display(description=_("account"))
    def owner_link(self, row: Resource) -> SafeString | str:
        """Its page."""
        return link(row.owner)

    @admin.display(description=_("product"))
    def product_link(self, row: Resource) -> SafeString | str:
        """Its page."""
        return link(row.product)

    @admin.display(description=_("quantity"))
    def shown_quantity(self, row: Resource) -> str:
        """With its unit."""
        return f"{plain(row.quantity)} {row.product.unit}"
