"""Change requests: asked for by an account, and withdrawn by it (I7.2–I7.4).

Who answers them stands in `invoicing.services.change_answers`, what they move in `moving`, what they cost in
`change_fees`. Everything here locks accounts first, then the request.
"""

from copy import copy
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import SYSTEM, Actor, require
from accounts.cleaning import at_field, cleaned
from accounts.credit_code import parse
from accounts.events import record
from accounts.locks import lock_accounts
from accounts.models import Account
from accounts.names import clean_name, clean_remark
from accounts.permissions import Right
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic
from invoicing.look_alikes import alike
from invoicing.models import ChangeRequest, Taxpayer, Tenant
from invoicing.services.change_checks import check_change
from invoicing.services.change_fees import cancel_fee, order_fee, return_fee
from invoicing.services.moving import concerned
from invoicing.services.taxpayers import LooksAlike, in_register, known_enterprises

Kind, State, Why = ChangeRequest.Kind, ChangeRequest.State, ChangeRequest.Why


class AlreadyAsked(DomainError):
    """One open request of a form about one enterprise."""

    code = "change_already_asked"
    sentence = _("There is an open request of this kind about %(name)s already.")
    hint = _("It stands in the list of change requests. Withdraw it first to ask for something else.")


def ask_replacement(
    *,
    actor: Actor,
    account: Account,
    kind: str,
    taxpayer_id: int,
    why: str,
    reason: str,
    new_tax_number: str = "",
    new_name: str = "",
    new_device: str = "",
    compared: bool = False,
    now: datetime | None = None,
) -> ChangeRequest:
    """Another number, name or device is asked for, by the form for issuing or the one for receiving (I7.2, I7.3).

    Another number for issuing costs money: then its order waits to be paid (I1.2). `compared` says that a person has
    compared the new number with what looks alike; the register is asked before anything is locked. Locks the account.
    Raises LooksAlike, NumberTaken, UnderWay, AlreadyAsked, InputError, and what ordering the fee raises.
    """
    require(actor, Right.MANAGE_INVOICES, account)
    rows = Taxpayer.objects.bound().filter(tenant__account=account).select_related("tenant__account")
    if (taxpayer := rows.filter(pk=taxpayer_id).first()) is None:
        raise NotFound()
    change = ChangeRequest(kind=kind, account=account, tenant=taxpayer.tenant, taxpayer=taxpayer)
    change.new_tax_number = _number("new_tax_number", new_tax_number) if new_tax_number.strip() else ""
    change.new_name = _name("new_name", new_name, 120)
    change.new_device = _name("new_device", new_device, 40)
    change.reason, change.why = _reason(reason), why
    _refuse_senseless(change)
    if change.replaces_number and not compared:
        _refuse_alike(change, taxpayer)
    return _ask_replacement(actor=actor, change=change, at=now or timezone.now())


@atomic
def _ask_replacement(*, actor: Actor, change: ChangeRequest, at: datetime) -> ChangeRequest:
    lock_accounts(change.account.pk)
    change = copy(change)  # a deadlock runs this anew
    _write(change, actor, at)
    if change.kind == Kind.ISSUING and change.replaces_number:
        change.fee_order = order_fee(actor=actor, change=change, at=at)
        if change.fee_order is not None:
            change.ask_fee()
            change.save(update_fields=["state", "fee_order"])
    note_change(what="asked", actor=actor, change=change, at=at, purpose=change.kind)
    return change


def _refuse_alike(change: ChangeRequest, old: Taxpayer) -> None:
    """Raises LooksAlike where name or number are known otherwise; the number that is given up is no doubt."""
    name = change.new_name or old.name
    known = [*in_register(text=name), *known_enterprises(account=change.account)]
    others = [each for each in known if each.tax_number != old.tax_number]
    if found := alike(name, change.new_tax_number, others):
        raise LooksAlike(found)


@atomic
def ask_move(
    *, actor: Actor, account: Account, tax_number: str, to_tenant: str, reason: str, now: datetime | None = None
) -> ChangeRequest:
    """The enterprise with this number shall belong to the tenant with that number (I7.4).

    One of both tenants is the account's own; the other's account agrees first. Locks both accounts.
    Raises UnderWay, AlreadyAsked, InputError.
    """
    number = _number("tax_number", tax_number)
    found = Taxpayer.objects.bound().filter(tax_number=number).select_related("tenant__account").first()
    if found is None:
        raise InputError("tax_number", _("No enterprise in the invoice cloud has this tax number. Add it instead."))
    change = ChangeRequest(kind=Kind.MOVE, account=account, tenant=found.tenant, taxpayer=found, why=Why.OTHER)
    change.to_tenant = tenant_by_number(field="to_tenant", number=to_tenant)
    return _ask_between(change, actor, reason, "tax_number", now)


@atomic
def ask_merge(
    *, actor: Actor, account: Account, tenant: str, to_tenant: str, reason: str, now: datetime | None = None
) -> ChangeRequest:
    """The first tenant shall become part of the second (I7.4). Locks and raises as `ask_move`."""
    ends = tenant_by_number(field="tenant", number=tenant)
    change = ChangeRequest(kind=Kind.MERGE, account=account, tenant=ends, why=Why.OTHER)
    change.to_tenant = tenant_by_number(field="to_tenant", number=to_tenant)
    return _ask_between(change, actor, reason, "tenant", now)


def tenant_by_number(*, field: str, number: str) -> Tenant:
    """The tenant that is not part of another one. Raises InputError."""
    rows = Tenant.objects.select_related("account").filter(merged_into=None, number=number.strip().upper())
    if (tenant := rows.first()) is None:
        raise InputError(field, _("There is no tenant with this number. It stands on the page of each tenant."))
    return tenant


def _ask_between(change: ChangeRequest, actor: Actor, reason: str, field: str, now: datetime | None) -> ChangeRequest:
    account, at = change.account, now or timezone.now()
    require(actor, Right.MANAGE_INVOICES, account)
    assert change.to_tenant is not None  # noqa: S101
    if account not in (change.tenant.account, change.to_tenant.account):
        raise InputError(field, _("One of the two tenants must be your own."))
    lock_accounts(change.tenant.account_id, change.to_tenant.account_id)
    change.reason = _reason(reason)
    _write(change, actor, at)
    if change.other_account is not None:
        change.ask_other()
        change.save(update_fields=["state"])
    note_change(what="asked", actor=actor, change=change, at=at, purpose=change.kind)
    return change


def _refuse_senseless(change: ChangeRequest) -> None:
    why = change.why
    if change.kind not in ChangeRequest.FORMS:
        raise InputError("kind", _("Choose one of the forms."))
    if why not in Why.values:
        raise InputError("why", _("Choose a reason."))
    if change.taxpayer is not None and change.new_tax_number == change.taxpayer.tax_number:
        raise InputError("new_tax_number", _("This is the number that it has now."))
    if not change.new_tax_number and (change.kind == Kind.RECEIVING or why in (Why.WRONG, Why.GONE)):
        raise InputError("new_tax_number", _("Enter the tax number that shall have the entitlements."))
    if not (change.new_tax_number or change.new_name or change.new_device):
        raise InputError("new_name", _("Enter what shall be different: the name, the tax number or the tax device."))
    if why == Why.GONE and not change.new_name:
        raise InputError("new_name", _("Enter the name of the enterprise that takes over."))


def _reason(text: str) -> str:
    if not (reason := cleaned("reason", clean_remark, text)):
        raise InputError("reason", _("Explain the request: whoever reviews it reads this."))
    return reason


def _write(change: ChangeRequest, actor: Actor, at: datetime) -> None:
    check_change(change=change, taxpayers=concerned(change=change))
    change.created_by, change.created_at = actor.user, at
    _close_lapsed(change, at)
    try:
        with transaction.atomic():
            change.save(force_insert=True)
    except IntegrityError as error:
        raise AlreadyAsked(name=change.subject_name) from error


def _close_lapsed(change: ChangeRequest, at: datetime) -> None:
    """One that nobody answered in time stands in no other's way, though its job has not come yet."""
    same = ChangeRequest.objects.lapsed(at=at).filter(kind=change.kind, tenant=change.tenant, taxpayer=change.taxpayer)
    for old in same.select_for_update():
        end_unmade(change=old, at=at)
        note_change(what="lapsed", actor=SYSTEM, change=old, at=at)


@atomic
def withdraw_change(*, actor: Actor, change_id: int, now: datetime | None = None) -> ChangeRequest:
    """It is over and nothing has moved; a fee need not be paid any more, or goes back whole. By who asked.

    Locks the accounts, the request, the order of the fee.
    """
    at = now or timezone.now()
    change = locked_change(change_id=change_id)
    require(actor, Right.MANAGE_INVOICES, change.account)
    end_unmade(change=change, at=at)
    note_change(what="withdrawn", actor=actor, change=change, at=at)
    return change


def end_unmade(*, change: ChangeRequest, at: datetime) -> None:
    """Withdrawn, its fee cancelled or given back. Part of the caller's transaction, which has locked it."""
    change.withdraw(at=at)
    change.save(update_fields=["state", "ended_at"])
    settle_fee(change=change, at=at)


def settle_fee(*, change: ChangeRequest, at: datetime) -> None:
    """Nothing was or will be paid for a change that is not made."""
    order = change.fee_order
    if order is not None and order.state == order.State.PENDING:
        cancel_fee(order=order, at=at)
    elif order is not None:
        return_fee(order=order, at=at)


def locked_change(*, change_id: int) -> ChangeRequest:
    """The request, freshly read; locks the accounts on both sides, then it. Raises NotFound."""
    sides = ChangeRequest.objects.filter(pk=change_id).values_list(
        "account_id", "tenant__account_id", "to_tenant__account_id"
    )
    if (found := sides.first()) is None:
        raise NotFound()
    lock_accounts(*filter(None, found))  # a new tenant is not part of every form
    rows = ChangeRequest.objects.select_for_update(of=("self",), no_key=True)
    related = ("account", "tenant__account", "to_tenant__account", "taxpayer__tenant", "fee_order__payer")
    return rows.select_related(*related).get(pk=change_id)


def note_change(*, what: str, actor: Actor, change: ChangeRequest, at: datetime, **more: object) -> None:
    """The event of a request that was just written, for the log of both sides."""
    facts = {"number": str(change), "name": change.subject_name, "state": change.state, **more}
    other = change.other_account
    is_other = actor.account is not None and actor.account == other
    account, counterpart = (other, change.account) if is_other else (change.account, other)
    record(
        f"change_request.{what}", actor=actor, account=account, counterpart=counterpart, subject=change, at=at, **facts
    )


def _number(field: str, text: str) -> str:
    with at_field(field):
        return parse(text).code


def _name(field: str, text: str, length: int) -> str:
    return cleaned(field, lambda value: clean_name(value, max_length=length), text) if text.strip() else ""
