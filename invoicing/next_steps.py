"""What an account has to do next in the invoice cloud, most urgent first: the top of its home page."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, F, OuterRef, Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.email_address import mask_email
from accounts.models import Account
from invoicing.entitlement_reports import SOON, Standing, seen_by, standing_of
from invoicing.models import CloudOrder, Credential, Taxpayer

State = CloudOrder.State
MOST = 6  # tenants whose keys nobody fetched
ORDERS_MOST = 30


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do, and where."""

    title: str
    text: str
    icon: str
    url: str = ""
    label: str = ""
    tone: str = "info"


def next_steps(account: Account, at: datetime) -> list[Step]:
    """Orders that wait for somebody, keys that nobody fetched, rights that come to their end; by three queries."""
    return [*_of_orders(account), *_of_keys(account), *_of_ends(account, at)]


def open_orders(account: Account) -> Sequence[CloudOrder]:
    """Those with something to do, each with `assigned`, how many tax numbers have it, and `enterprises` or none."""
    bound = Taxpayer.objects.bound().filter(tenant=OuterRef("tenant"))
    rows = CloudOrder.objects.filter(account=account).exclude(state=State.REFUNDED)
    waiting = rows.annotate(
        assigned=Count("entitlements", filter=Q(entitlements__ended_at=None)), enterprises=Exists(bound)
    ).exclude(state=State.ACTIVATED, assigned__gte=F("tax_numbers"))
    return list(waiting.select_related("package__product", "tenant").order_by("pk")[:ORDERS_MOST])


def _of_orders(account: Account) -> Iterator[Step]:
    for order in open_orders(account):
        if (step := _of_order(order)) is not None:
            yield step


def _of_order(order: CloudOrder) -> Step | None:
    words = {"product": order.package.product.name, "number": order.order_id, "email": mask_email(order.email)}
    page = reverse("invoicing:cloud-order-detail", args=[order.pk])
    if order.state == State.PAID and not order.email:
        return Step(
            _("Name a contact for order #%(number)s") % words,
            _("No e-mail address is known, so the activation letter of %(product)s waits.") % words,
            "at-sign",
            reverse("invoicing:cloud-order-contact", args=[order.pk]),
            _("Name the contact"),
            "warn",
        )
    if order.state == State.PAID:
        text = _("Support delivers %(product)s. Then the activation letter goes to %(email)s.") % words
        return Step(
            _("Order #%(number)s is being delivered") % words, text, "package", page, _("See the order"), "wait"
        )
    if order.state == State.DELIVERED:
        text = _("The letter went to %(email)s. Open its link and enter its operation key.") % words
        return Step(_("Activate order #%(number)s") % words, text, "mail-open", page, _("See the order"), "warn")
    return _to_assign(order, words)


def _to_assign(order: CloudOrder, words: dict[str, object]) -> Step | None:
    left = order.tax_numbers - order.assigned  # type: ignore[attr-defined]
    if left <= 0 or order.tenant is None:
        return None
    if not order.enterprises:  # type: ignore[attr-defined]
        url = f"{reverse('invoicing:taxpayer-add', args=[order.tenant_id])}?order={order.pk}"
        text = _("%(product)s can be assigned as soon as the tenant has an enterprise.") % words
        return Step(_("Add the enterprises that will use it"), text, "building-2", url, _("Add an enterprise"))
    title = ngettext("Assign %(product)s to %(left)s tax number", "Assign %(product)s to %(left)s tax numbers", left)
    text = _("Until then no tax number can use what is left of order #%(number)s.") % words
    url = reverse("invoicing:entitlement-assign", args=[order.pk])
    return Step(title % {**words, "left": left}, text, "ticket-check", url, _("Assign"))


def _of_keys(account: Account) -> Iterator[Step]:
    unseen = Credential.objects.filter(tenant__account=account, tenant__merged_into=None, shown_at=None)
    for credential in unseen.select_related("tenant").order_by("pk")[:MOST]:
        yield Step(
            _("Get the keys of %(tenant)s") % {"tenant": credential.tenant.name},
            _("Your business system needs client id, client secret and encryption key. They are shown once."),
            "key-round",
            reverse("invoicing:credential-detail", args=[credential.tenant_id]),
            _("Get the keys"),
        )


def _of_ends(account: Account, at: datetime) -> Iterator[Step]:
    held = seen_by(account).filter(ended_at=None, expires_at__gt=at, taxpayer__released_at=None)
    for one in held.order_by("expires_at", "pk")[:200]:
        how = standing_of(one, at)
        words = {"name": one.taxpayer.name, "product": one.order.package.product.name, "left": one.left}
        url = reverse("invoicing:entitlement-detail", args=[one.pk])
        if how in {Standing.LOW, Standing.USED_UP}:
            title = _("%(name)s has %(left)s uses of %(product)s left") % words
            yield Step(title, _("Order another package before it is used up."), "gauge", url, _("See it"), "warn")
        elif one.expires_at <= at + SOON and one.starts_at <= at:
            title = _("%(product)s of %(name)s runs out soon") % words
            yield Step(title, _("Renew the order, and it goes on without a break."), "clock", url, _("See it"), "warn")
