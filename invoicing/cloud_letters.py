"""Letters about orders of the invoice cloud; they go to the order's own contact (I5.1)."""

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.events import subscribe
from accounts.letters.base import Drawn, Letter, fact, facts, letter, shown
from accounts.letters.news import News
from accounts.models import Event
from accounts.notifications import CENTRE, Audience, Notice, Registered, Way, owners_of, tell
from invoicing.models import CloudOrder, Credential
from invoicing.services import cloud_orders
from invoicing.services.activations import draw_secrets
from invoicing.services.cloud_orders import company_of

LETTERED = ("cloud_order.delivered", "cloud_order.letter_resent")


def contact(news: News) -> Audience:
    """The order's contact, and nobody else."""
    order: CloudOrder = news.subject
    return Audience((), order.account, Registered.FIRST, box=order.email)


def owners(news: News) -> Audience:
    """The owners of the ordering account, or of the tenant's."""
    account = news.event.account
    return Audience(owners_of(account) if account else (), account)


def register() -> None:
    """Orders are taken and ended with finance's, and people are told, from now on."""
    subscribe("order.paid", cloud_orders.TAKE_JOB)
    subscribe("order.refunded", cloud_orders.END_JOB)
    tell(
        Notice("cloud_order.delivered", "cloud_order_delivered", contact, Way.MAIL),
        Notice("cloud_order.letter_resent", "cloud_order_delivered", contact, Way.MAIL),
        Notice("cloud_order.delivered", "cloud_order_on_its_way", owners, CENTRE),
        Notice("cloud_order.refunded", "cloud_order_ended", owners, CENTRE),
        Notice("entitlement.assigned", "entitlement_assigned", contact, Way.MAIL),
        Notice("entitlement.assigned", "entitlement_assigned", owners, CENTRE),
        Notice("credential.renewed", "credential_renewed", owners, Way.MAIL | Way.CENTRE),
        Notice("credential.shown", "credential_seen", owners, CENTRE),
        Notice("credential.blocked", "credential_blocked", owners, Way.MAIL | Way.CENTRE),
    )


def _about(order: CloudOrder) -> tuple[object, ...]:
    return (
        fact(_("Ordered by"), company_of(account=order.account)),
        fact(_("Order number"), order.order_id),
        fact(_("Product"), order.package.product),
        fact(_("For"), _("%(count)s tax numbers") % {"count": order.tax_numbers}),
    )


def _overtaken(news: News) -> bool:
    """Activated or given back meanwhile, or a newer letter was asked for: this one would open nothing."""
    order: CloudOrder = news.subject
    newer = Event.objects.filter(
        subject_type=order._meta.label_lower, subject_id=order.pk, kind__in=LETTERED, pk__gt=news.event.pk
    )
    return order.state != CloudOrder.State.DELIVERED or newer.exists()


@letter
def cloud_order_delivered(news: News) -> Letter:
    """Link and operation key; both are drawn when the mail leaves (I1.1, I2.1)."""
    order: CloudOrder = news.subject

    def draws(reference: str) -> Drawn:
        secrets = draw_secrets(order_id=order.pk, reference=reference)
        page = reverse("invoicing:activation", args=[secrets.token])
        return Drawn(page, facts(fact(_("Operation key"), secrets.key)))

    return Letter(
        subject=_("Activate your order of the invoice cloud"),
        says=(
            _(
                "Your order has been delivered. Open the link, enter the operation key below and choose the business "
                "system that you connect. Then add your enterprises and assign the rights to their tax numbers."
            ),
            _(
                "Take care with the tax numbers: a wrong one can be corrected by a change request only, and for "
                "issuing products that costs money."
            ),
            _("If you got an earlier letter about this order, its link and key do not work any more."),
        ),
        facts=facts(*_about(order)),  # type: ignore[arg-type]
        button=_("Activate the order"),
        page=reverse("invoicing:cloud-order-detail", args=[order.pk]),
        idle=_("Until it is activated, no tax number has any rights. The time you paid for runs meanwhile."),
        draws=draws,
        void=_overtaken(news),
    )


@letter
def cloud_order_on_its_way(news: News) -> Letter:
    """For the owners: where the letter went."""
    order: CloudOrder = news.subject
    return Letter(
        subject=_("The activation letter of your order is on its way"),
        says=(_("It went to the contact of the order. Whoever reads it there opens its link and enters its key."),),
        facts=facts(*_about(order)),  # type: ignore[arg-type]
        button=_("See the order"),
        page=reverse("invoicing:cloud-order-detail", args=[order.pk]),
    )


@letter
def cloud_order_ended(news: News) -> Letter:
    """The refund took its rights along."""
    order: CloudOrder = news.subject
    return Letter(
        subject=_("The rights of your invoice cloud order have ended"),
        says=(_("The order was given back, so no tax number can use it any more. What was issued stays."),),
        facts=facts(*_about(order)),  # type: ignore[arg-type]
        button=_("See the order"),
        page=reverse("invoicing:cloud-order-detail", args=[order.pk]),
    )


@letter
def entitlement_assigned(news: News) -> Letter:
    """The authorisation letter (I5.1): who has what, and where the keys are; they stand in no letter (Q-28)."""
    order: CloudOrder = news.subject
    pairs = zip(news.event.facts["names"], news.event.facts["tax_numbers"], strict=True)
    client = Credential.objects.filter(tenant=order.tenant_id).first()
    return Letter(
        subject=_("Your tax numbers are authorised for the invoice cloud"),
        says=(
            _("Please keep this letter: you need it when you set up your business system."),
            _(
                "Client secret and encryption key stand in no letter. An operator of your account opens the page "
                "below, confirms with a code by text message and copies them from there."
            ),
        ),
        facts=facts(
            *_about(order),  # type: ignore[arg-type]
            fact(_("Tenant"), order.tenant or "—"),
            fact(_("Client id"), client.client_id) if client else None,
            fact(_("Authorised"), *(f"{name} ({number})" for name, number in pairs)),
        ),
        button=_("Get the keys"),
        page=reverse("invoicing:credential-detail", args=[order.tenant_id]),
    )


def _credential(news: News, subject: str, *says: str) -> Letter:
    credential: Credential = news.subject
    tenant = credential.tenant
    return Letter(
        subject=subject % {"tenant": tenant.name},
        says=says,
        facts=facts(
            fact(_("Account"), shown(tenant.account)),
            fact(_("Tenant"), tenant.name),
            fact(_("Client id"), credential.client_id),
            fact(_("By"), news.event.actor_name),
        ),
        button=_("See the keys' page"),
        page=reverse("invoicing:credential-detail", args=[tenant.pk]),
    )


@letter
def credential_renewed(news: News) -> Letter:
    """There are new secrets."""
    says = _("The old keys still work for 24 hours. Put the new ones into your business system before that.")
    warns = _("If nobody of you did this, renew them again and remove whoever did.")
    return _credential(news, _("The keys of the tenant %(tenant)s were renewed"), says, warns)


@letter
def credential_seen(news: News) -> Letter:
    """Somebody read the secrets."""
    says = _("They are shown once. If nobody of you looked, renew them at once: the page shows how.")
    return _credential(news, _("The keys of the tenant %(tenant)s were looked at"), says)


@letter
def credential_blocked(news: News) -> Letter:
    """Staff stopped them."""
    says = _("Your business systems cannot reach the invoice cloud meanwhile. Please contact support.")
    return _credential(news, _("Support has blocked the keys of the tenant %(tenant)s"), says)
