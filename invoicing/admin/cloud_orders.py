"""Orders of the invoice cloud: the queue to deliver, and letters sent again."""

from collections.abc import Mapping, Sequence

from django.contrib import admin
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, Text
from accounts.admin.panels import ROWS_MAX, History, Notice, Panel, at, history, link, of_subject, pill, table, when
from accounts.admin.queues import QueueAdmin, QueueFilter
from accounts.email_address import mask_email
from invoicing import policy
from invoicing.models import CloudOrder
from invoicing.services.cloud_orders import (
    PERMISSION,
    NoSuchOrder,
    company_of,
    deliver_order,
    find_order,
    resend_letter,
)
from invoicing.services.entitlements import room_of

State = CloudOrder.State
TONES = {State.PAID: "wait", State.DELIVERED: "warn", State.ACTIVATED: "ok", State.REFUNDED: "neutral"}


def _deliver(actor: Actor, row: CloudOrder, _typed: Mapping[str, str]) -> Text:
    deliver_order(actor=actor, order_id=row.pk)
    return _now("Delivered: the activation letter is on its way.")


def _resend(actor: Actor, row: CloudOrder, typed: Mapping[str, str]) -> Text:
    company, number = typed.get("company", ""), typed.get("number", "")
    if find_order(company=company, number=number).pk != row.pk:
        raise NoSuchOrder()
    resend_letter(actor=actor, company=company, number=number)
    return _now("A new letter is on its way. Link and key of the former one do not work any more.")


@admin.register(CloudOrder)
class CloudOrderAdmin(QueueAdmin):
    """The queue, oldest first among those that wait."""

    list_display = [
        "shown_name",
        "shown_state",
        "shown_company",
        "shown_product",
        "tax_numbers",
        at("created_at", _("paid")),
    ]
    list_filter = [QueueFilter, "state", "package__service"]
    queues = {"delivering": (_("To deliver"), lambda rows: rows.filter(state=State.PAID))}
    list_select_related = ["account__enterprise", "package__product"]
    search_fields = ["=order__id", "account__enterprise__name", "account__name", "=account__number"]
    search_help_text = _("Order number, full name of the ordering enterprise, name or number of the account")
    fieldsets = [
        (_("Order"), {"fields": ["order_link", "account_link", "shown_company", "package_link", "tax_numbers"]}),
        (_("Letter"), {"fields": ["shown_email", "letter_sent_at", "key_tries"]}),
        (_("Course"), {"fields": ["created_at", "delivered_at", "activated_at", "tenant_link"]}),
    ]
    readonly_fields = ["order_link", "account_link", "shown_company", "package_link", "shown_email", "tenant_link"]
    buttons = [
        Button(
            "deliver",
            _("Deliver"),
            _deliver,
            PERMISSION,
            icon="package-check",
            warning=_("The activation letter goes to the contact at once."),
            offered=lambda row: row.state == State.PAID,
        ),
        Button(
            "resend",
            _("Send the activation letter again"),
            _resend,
            PERMISSION,
            icon="send",
            warning=_("Type what the customer told you. Both must fit, so that nobody gets a foreign letter."),
            ask=Ask("company", _("Full name of the ordering enterprise"), 120, short=True),
            also=(Ask("number", _("Order number"), 20, short=True),),
            offered=lambda row: row.state == State.DELIVERED,
        ),
    ]

    def title(self, row: CloudOrder) -> str:
        """Which."""
        return self.shown_name(row)

    def state(self, row: CloudOrder) -> Text:
        """How it stands."""
        return self.shown_state(row)

    def notices(self, request: HttpRequest, row: CloudOrder) -> Sequence[Notice]:  # noqa: ARG002
        """What stands in the way of its activation."""
        if row.state == State.PAID and not row.email:
            return [Notice(_now("No contact is known. The account names one on the page of the order."))]
        if row.state == State.DELIVERED and row.key_tries >= policy.OPERATION_KEY_TRIES:
            return [Notice(_now("The key was tried too often and is locked. A new letter has a new key."))]
        return []

    def panels(self, request: HttpRequest, row: CloudOrder) -> Sequence[Panel | History]:  # noqa: ARG002
        """Which tax numbers have it, and what happened."""
        held = row.entitlements.select_related("taxpayer")[: ROWS_MAX + 1]
        rows = [
            [link(one, one.taxpayer.name), one.taxpayer.tax_number, f"{one.used} / {one.granted}", when(one.ended_at)]
            for one in held
        ]
        room = room_of(order=row)
        note = _now("%(assigned)s of %(ordered)s assigned") % {"assigned": room.assigned, "ordered": room.ordered}
        columns = [_("enterprise"), _("tax number"), _("used"), _("ended")]
        return [
            table(_("Entitlements"), columns, rows, empty=_("Nothing assigned yet"), note=note),
            history(of_subject(row)),
        ]

    @admin.display(description=_("order"), ordering="order")
    def shown_name(self, row: CloudOrder) -> str:
        """Which."""
        return _now("Order #%(number)s") % {"number": row.order_id}

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: CloudOrder) -> SafeString:
        """As a pill."""
        return pill(State(row.state).label, TONES[State(row.state)])

    @admin.display(description=_("ordered by"))
    def shown_company(self, row: CloudOrder) -> str:
        """The full name, as the customer knows it."""
        return company_of(account=row.account)

    @admin.display(description=_("product"))
    def shown_product(self, row: CloudOrder) -> str:
        """Its name."""
        return row.package.product.name

    @admin.display(description=_("order"))
    def order_link(self, row: CloudOrder) -> SafeString | str:
        """The page of its price and payment."""
        return link(row.order)

    @admin.display(description=_("account"))
    def account_link(self, row: CloudOrder) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("package"))
    def package_link(self, row: CloudOrder) -> SafeString | str:
        """Its page."""
        return link(row.package, row.package.product.name)

    @admin.display(description=_("contact"))
    def shown_email(self, row: CloudOrder) -> str:
        """As staff may see it."""
        return mask_email(row.email) if row.email else "—"

    @admin.display(description=_("tenant"))
    def tenant_link(self, row: CloudOrder) -> SafeString | str:
        """Its page."""
        return link(row.tenant)
