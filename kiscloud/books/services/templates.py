"""Voucher templates: made of a voucher, renamed, deleted. Whoever enters vouchers keeps them."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.cleaning import cleaned
from accounts.names import clean_name
from config.errors import InputError, NotFound
from config.transactions import atomic
from kiscloud.books import policy
from kiscloud.books.entries import ZERO
from kiscloud.books.models import Line, TemplateLine, Voucher, VoucherTemplate
from kiscloud.books.rights import Right
from kiscloud.books.services.people import locked_place, note
from kiscloud.models import AccountSet


@atomic
def make_template(
    *,
    actor: Actor,
    account_set: AccountSet,
    voucher_id: int,
    name: str,
    with_amounts: bool = True,
    now: datetime | None = None,
) -> VoucherTemplate:
    """A template of this name begins as the voucher stands now, whatever its state. Locks the books.

    Without amounts it says the subjects, items and summaries only. Raises InputError, NotFound, NotGranted.
    """
    locked_place(actor=actor, account_set=account_set, right=Right.ENTER)
    voucher = Voucher.objects.of(account_set).filter(pk=voucher_id).first()
    if voucher is None:
        raise NotFound()
    if VoucherTemplate.objects.filter(account_set=account_set).count() >= policy.TEMPLATES_MAX:
        raise InputError("name", _("A set has at most %(most)s voucher templates."), most=policy.TEMPLATES_MAX)
    shown = _free_name(account_set, name)
    made = VoucherTemplate.objects.create(account_set=account_set, name=shown, word=voucher.word)
    lines = Line.objects.filter(voucher=voucher).select_related("subject", "item").order_by("place")
    TemplateLine.objects.bulk_create(_line(made, line, with_amounts=with_amounts) for line in lines)
    note(what="book_template.made", actor=actor, account_set=account_set, at=now, chosen=shown)
    return made


def _line(template: VoucherTemplate, line: Line, *, with_amounts: bool) -> TemplateLine:
    return TemplateLine(
        account_set_id=line.account_set_id,
        template=template,
        place=line.place,
        summary=line.summary,
        subject=line.subject.code,
        item=line.item.code if line.item else "",
        debit=line.debit if with_amounts else ZERO,
        credit=line.credit if with_amounts else ZERO,
        quantity=line.quantity if with_amounts else None,
    )


@atomic
def rename_template(
    *, actor: Actor, account_set: AccountSet, template_id: int, name: str, now: datetime | None = None
) -> VoucherTemplate:
    """It has this name. Locks the books. Raises InputError, NotFound, NotGranted."""
    template = _locked(actor, account_set, template_id)
    template.name = _free_name(account_set, name, template)
    template.save(update_fields=["name"])
    note(what="book_template.renamed", actor=actor, account_set=account_set, at=now, chosen=template.name)
    return template


@atomic
def delete_template(*, actor: Actor, account_set: AccountSet, template_id: int, now: datetime | None = None) -> None:
    """It is gone; vouchers that began with it stay as they are. Locks the books. Raises NotFound, NotGranted."""
    template = _locked(actor, account_set, template_id)
    template.delete()
    note(what="book_template.deleted", actor=actor, account_set=account_set, at=now, chosen=template.name)


def _locked(actor: Actor, account_set: AccountSet, template_id: int) -> VoucherTemplate:
    locked_place(actor=actor, account_set=account_set, right=Right.ENTER)
    found = VoucherTemplate.objects.select_for_update().filter(account_set=account_set, pk=template_id).first()
    if found is None:
        raise NotFound()
    return found


def _free_name(account_set: AccountSet, name: str, template: VoucherTemplate | None = None) -> str:
    """The name as it is shown, which no other template has."""
    shown = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    others = VoucherTemplate.objects.filter(account_set=account_set, name=shown)
    if (others.exclude(pk=template.pk) if template else others).exists():
        raise InputError("name", _("There is a template with this name."))
    return shown
