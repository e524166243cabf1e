"""What stands in the way of a change request, when it is asked for and again when it is approved (I3.4, I7)."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from config.errors import DomainError, InputError
from invoicing.models import ChangeRequest, IssueOrder, RedLetter, Taxpayer

NAMED_MOST = 5


class Outdated(DomainError):
    """Something else was changed in between."""

    code = "change_outdated"
    rule = "I7.4"
    sentence = _("%(name)s does not belong to the tenant “%(tenant)s” any more.")
    hint = _("This request cannot be carried out. Ask for a new one that begins where things stand now.")


class NumberTaken(DomainError):
    """The new number is bound to another tenant."""

    code = "number_taken"
    rule = "I3.4"
    sentence = _(
        "The tax number %(tax_number)s is bound to the tenant “%(there)s”, and this enterprise belongs to the tenant "
        "“%(here)s”. An enterprise can be bound to one tenant only."
    )
    hint = _("Ask for its change of tenant first, or check the number.")


class UnderWay(DomainError):
    """Invoices of the enterprise are being issued: under the old number, for the old tenant."""

    code = "invoices_under_way"
    rule = "I7.4"
    sentence = _("Invoices of %(name)s are still under way, so nothing can be moved now: %(which)s.")
    hint = _("Wait until they are issued or have failed; that takes minutes as a rule. Then try again.")


class RedUnderWay(UnderWay):
    """A red letter waits for the other side."""

    code = "red_letters_under_way"
    sentence = _("Red letters of %(name)s are still under way, so nothing can be moved now: %(which)s.")
    hint = _("Wait until they are answered, at most 72 hours, or withdraw them. Then try again.")


def check_change(*, change: ChangeRequest, taxpayers: Sequence[Taxpayer]) -> None:
    """Nothing stands in the way. Raises Outdated, NumberTaken, UnderWay, RedUnderWay, InputError."""
    for tenant in filter(None, (change.tenant, change.to_tenant)):
        if tenant.merged_into_id is not None:
            raise Outdated(name=tenant.number, tenant=tenant.name)
    for taxpayer in taxpayers:
        if taxpayer.released_at is not None or taxpayer.tenant_id != change.tenant_id:
            raise Outdated(name=taxpayer.name, tenant=change.tenant.name)
    if change.to_tenant_id == change.tenant_id:
        raise InputError("to_tenant", _("Choose another tenant: this is the one where it is now."))
    if change.replaces_number:
        _refuse_taken(change)
    if change.kind not in ChangeRequest.FORMS or change.replaces_number:
        _refuse_under_way(taxpayers)


def _refuse_taken(change: ChangeRequest) -> None:
    there = Taxpayer.objects.bound().filter(tax_number=change.new_tax_number).select_related("tenant").first()
    if there is not None and there.tenant_id != change.tenant_id:
        raise NumberTaken(tax_number=there.tax_number, there=there.tenant.name, here=change.tenant.name)


def _refuse_under_way(taxpayers: Sequence[Taxpayer]) -> None:
    names = {one.tax_number: one.name for one in taxpayers}
    orders = IssueOrder.objects.under_way().filter(seller_tax_number__in=names).order_by("pk")
    _refuse(UnderWay, names, orders.values_list("seller_tax_number", "serial"))
    reds = RedLetter.objects.counting().filter(state__in=RedLetter.WAITS, invoice__seller_tax_number__in=names)
    _refuse(RedUnderWay, names, reds.order_by("pk").values_list("invoice__seller_tax_number", "number"))


def _refuse(error: type[DomainError], names: Mapping[str, str], found: QuerySet[Any, tuple[str, str]]) -> None:
    if not (listed := list(found[: NAMED_MOST + 1])):
        return
    which = ", ".join(serial for _number, serial in listed[:NAMED_MOST])
    raise error(name=names[listed[0][0]], which=which + (" …" if len(listed) > NAMED_MOST else ""))
