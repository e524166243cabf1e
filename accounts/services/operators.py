"""Who acts in an account, in which role."""

from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import Actor, require
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.locks import lock_accounts, lock_name
from accounts.mobile import normalise_mobile
from accounts.models import Account, Operator, User
from accounts.permissions import CONSOLE_ROLES, Right, Role
from accounts.services.signup import create_waiting_login
from config.errors import DomainError, InputError, NotAllowed, NotFound
from config.transactions import atomic


class LastOwner(DomainError):
    """An account must stay in somebody's hands."""

    code = "last_owner"
    sentence = _("This is the only owner of the account. Make somebody else an owner first.")


class OwnersOnly(NotAllowed):
    """What an administrator gave itself through a member's console would outlast the link (K13.4)."""

    code = "owners_only"
    rule = "K13.4"
    sentence = _(
        "You are in this member's console as its system administrator. You can add and remove viewers who do not work "
        "in your own account; every other role is for the member's owners to give."
    )


@atomic
def add_operator(*, actor: Actor, account: Account, mobile: str, name: str, role: str) -> Operator:
    """The person with this number has the role. Somebody unknown gets a login that waits for its first password,
    which “forgot password” sets (S2.7). Locks the account."""
    require(actor, Right.MANAGE_OPERATORS, account)
    number = cleaned("mobile", normalise_mobile, mobile)
    _check_role(role)
    lock_name(f"login:{number}")  # two accounts may add the same stranger at once
    account = lock_accounts(account.pk)[account.pk]
    if account.operators.count() >= policy.OPERATORS_MAX:
        raise DomainError(_("An account has at most %(limit)s operators."), limit=policy.OPERATORS_MAX)
    known = User.objects.filter(mobile=number).first()
    _refuse_reaching_through(actor, role, known)
    user = known or create_waiting_login(mobile=number, name=name)
    if Operator.objects.filter(account=account, user=user).exists():
        raise InputError("mobile", _("This person is already an operator of the account."))
    operator = Operator.objects.create(account=account, user=user, role=role, added_by=actor.user)
    record("operator.added", actor=actor, account=account, subject=operator, person=str(user), role=role)
    return operator


@atomic
def change_role(*, actor: Actor, operator_id: int, role: str) -> Operator:
    """The operator has the new role; the last owner stays one. Locks the account."""
    operator = _locked(actor, operator_id)
    _check_role(role)
    _refuse_reaching_through(actor, operator.role, operator.user)
    _refuse_reaching_through(actor, role, operator.user)
    if role != Role.OWNER:
        _keep_an_owner(operator)
    operator.role = role
    operator.save(update_fields=["role"])
    record(
        "operator.role_changed",
        actor=actor,
        account=operator.account,
        subject=operator,
        person=str(operator.user),
        role=role,
    )
    return operator


@atomic
def remove_operator(*, actor: Actor, operator_id: int) -> None:
    """The person can no longer act in this account; the last owner stays. Locks the account."""
    operator = _locked(actor, operator_id)
    _refuse_reaching_through(actor, operator.role)
    _keep_an_owner(operator)
    person, account = str(operator.user), operator.account
    operator.delete()
    record("operator.removed", actor=actor, account=account, person=person)


def _locked(actor: Actor, operator_id: int) -> Operator:
    account_id = Operator.objects.filter(pk=operator_id).values_list("account_id", flat=True).first()
    if account_id is None:
        raise NotFound()
    account = lock_accounts(account_id)[account_id]
    require(actor, Right.MANAGE_OPERATORS, account)
    operator = Operator.objects.select_related("user").filter(pk=operator_id).first()
    if operator is None:
        raise NotFound()
    operator.account = account
    return operator


def _check_role(role: str) -> None:
    if role not in Role.values:
        raise InputError("role", _("Please choose a role."))


def _refuse_reaching_through(actor: Actor, role: str, user: User | None = None) -> None:
    """In a member's console, roles with a say are out of reach, and so is any role for people of the manager."""
    if actor.through is None:
        return
    ours = user is not None and Operator.objects.filter(account_id=actor.through.manager_id, user=user).exists()
    if role not in CONSOLE_ROLES or ours:
        raise OwnersOnly()


def _keep_an_owner(operator: Operator) -> None:
    others = Operator.objects.filter(account_id=operator.account_id, role=Role.OWNER).exclude(pk=operator.pk)
    if operator.role == Role.OWNER and not others.exists():
        raise LastOwner()
