"""Letters about products: the key of an order, what comes near its end, what was archived."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from accounts.events import subscribe
from accounts.letters.base import Drawn, Fact, Letter, fact, facts, letter
from accounts.letters.news import News
from accounts.models import Event, User
from accounts.notifications import CENTRE, MAIL_AND_CENTRE, Audience, Notice, Way, owners_of, tell
from finance.models import Order
from kiscloud import policy
from kiscloud.models import ActivationKey, Offering, Subscription
from kiscloud.services import activation
from kiscloud.services.activation import draw_cd_key

LETTERED = ("activation_key.made", "activation_key.sent_again")


def owners(news: News) -> Audience:
    """The owners of the account that ordered."""
    account = news.event.account
    return Audience(owners_of(account), account) if account is not None else Audience(())


def administrators(news: News) -> Audience:
    """The company's administrators, its founder among them."""
    product: Subscription = news.subject
    company = product.company
    people = User.objects.filter(memberships__company=company, memberships__left_at=None, is_active=True)
    admins = people.filter(memberships__is_admin=True).distinct().order_by("pk")
    return Audience(tuple(admins), company.account)


def register() -> None:
    """Orders make and revoke keys, and people are told, from now on."""
    subscribe("order.paid", activation.MAKE_JOB)
    subscribe("order.refunded", activation.REVOKE_JOB)
    tell(
        Notice("activation_key.made", "kis_key", owners, Way.MAIL),
        Notice("activation_key.sent_again", "kis_key", owners, Way.MAIL),
        Notice("activation_key.made", "kis_key_waits", owners, CENTRE),
        Notice("subscription.ending", "kis_ending", administrators, MAIL_AND_CENTRE),
        Notice("subscription.purged", "kis_purged", administrators, MAIL_AND_CENTRE),
    )


def _key(news: News) -> ActivationKey:
    found = news.subject
    assert isinstance(found, ActivationKey)  # noqa: S101
    return found


def _about(key: ActivationKey) -> tuple[Fact, ...]:
    bought = _("%(users)s users, %(sets)s account sets, %(months)s months")
    return facts(
        fact(_("Product"), key.get_edition_display()),
        fact(_("Serial number"), key.serial),
        fact(_("Gives"), bought % {"users": key.users, "sets": key.sets, "months": key.months}),
    )


def _is_renewal(key: ActivationKey) -> bool:
    return key.order is not None and key.order.kind == Order.Kind.RENEW


def _page_of(key: ActivationKey) -> str:
    company = getattr(key.account, "company", None)
    return reverse("kiscloud:company-detail", args=[company.pk]) if company else reverse("kiscloud:company-list")


def _overtaken(news: News) -> bool:
    """Used or given back meanwhile, or a newer letter has another CD-Key."""
    key = _key(news)
    rows = Event.objects.filter(subject_type=key._meta.label_lower, subject_id=key.pk, kind__in=LETTERED)
    return key.used_at is not None or key.revoked_at is not None or rows.filter(pk__gt=news.event.pk).exists()


@letter
def kis_key(news: News) -> Letter:
    """Serial number and CD-Key; the latter is drawn when the mail leaves (S8.1)."""
    key = _key(news)

    def draws(reference: str) -> Drawn:
        return Drawn(_page_of(key), facts(fact(_("CD-Key"), draw_cd_key(key_id=key.pk, reference=reference))))

    typed = key.kind == Offering.Kind.LICENCE
    says = (
        _("Open the management centre, add the product to your company and activate it with the two numbers below.")
        if typed and not _is_renewal(key)
        else _("Open the management centre and press “Update the service”: the new period counts from then on.")
        if typed
        else _("Open the management centre and press “Add the module”.")
    )
    return Letter(
        subject=_("Your serial number for %(product)s") % {"product": key.get_edition_display()},
        says=(says, _("Keep this letter to yourself: whoever has both numbers can activate the product.")),
        facts=_about(key),
        button=_("Open the management centre"),
        page=_page_of(key),
        draws=draws if typed else None,
        void=_overtaken(news),
    )


@letter
def kis_key_waits(news: News) -> Letter:
    """For the message centre: where the numbers are."""
    key = _key(news)
    return Letter(
        subject=_("%(product)s is paid and waits to be used") % {"product": key.get_edition_display()},
        says=(_("Serial number and CD-Key were sent by mail."),),
        facts=_about(key),
        button=_("Open the management centre"),
        page=_page_of(key),
    )


@letter
def kis_ending(news: News) -> Letter:
    """On fixed days before and after the end: what follows, and what to do."""
    product: Subscription = news.subject
    day, end = int(news.event.facts["day"]), parse_datetime(str(news.event.facts["until"]))
    assert end is not None  # noqa: S101
    words = {"product": product.get_edition_display(), "company": product.company.name, "days": abs(day)}
    dates = {"end": _day(end), "closes": _day(end + policy.GRACE), "goes": _day(end + policy.KEPT)}
    subject = (
        _("%(product)s of %(company)s ends in %(days)s days")
        if day < 0
        else _("%(product)s of %(company)s has ended")
        if day < policy.GRACE.days
        else _("The data of %(product)s of %(company)s will be deleted")
    )
    return Letter(
        subject=subject % words,
        says=(
            _("Renew it, then press “Update the service” in the management centre: the new period counts from then.")
            if product.activated_at is not None
            else _("It is a trial: order the product and activate it, and everything stays as it is."),
            _("If you do not need it any more, back up what you want to keep while that is possible."),
        ),
        facts=facts(
            fact(_("Ends"), dates["end"]),
            fact(_("Account sets can be used until"), dates["closes"]),
            fact(_("Data is archived and deleted on"), dates["goes"]),
        ),
        button=_("See the product"),
        page=reverse("kiscloud:product-detail", args=[product.pk]),
        void=product.expires_at != end or product.purged_at is not None,
    )


@letter
def kis_purged(news: News) -> Letter:
    """The data is gone; the archive can be fetched (C9)."""
    product: Subscription = news.subject
    archived = int(news.event.facts.get("sets") or 0)
    kept = _("Before that, %(count)s account sets were put into an archive, which you can still fetch.")
    words = {"product": product.get_edition_display(), "company": product.company.name}
    return Letter(
        subject=_("The data of %(product)s of %(company)s was deleted") % words,
        says=(
            _("Its period ended 30 days ago and it was not renewed."),
            kept % {"count": archived} if archived else _("It had no account sets with data."),
        ),
        button=_("Fetch the archive") if archived else _("See the product"),
        page=reverse("kiscloud:product-archive" if archived else "kiscloud:product-detail", args=[product.pk]),
    )


def _day(at: datetime) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d}"
