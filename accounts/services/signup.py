"""How logins and accounts come into being, and how a forgotten password is replaced (S2.1, S2.5–S2.7)."""

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import Actor, Door, person_of
from accounts.cleaning import check_password, cleaned
from accounts.email_address import normalise_email
from accounts.events import record
from accounts.mobile import normalise_mobile
from accounts.models import Account, Enterprise, OneTimeCode, Operator, User
from accounts.names import clean_name, normalise_username
from accounts.permissions import Role
from accounts.services.codes import spend_clearance
from config.errors import InputError
from config.transactions import atomic


@atomic
def register(
    *,
    mobile: str,
    username: str,
    password: str,
    name: str,
    email: str = "",
    address: str | None = None,
    now: datetime | None = None,
) -> User:
    """A login with its own account, owned by it. Spends the code that this number passed for registering (S2.5)."""
    number = cleaned("mobile", normalise_mobile, mobile)
    user = create_login(username=username, mobile=number, password=password, name=name, email=email)
    spend_clearance(mobile=number, purpose=OneTimeCode.Purpose.REGISTER, now=now)
    account = create_account(username=user.username, name=user.name, owner=user, email=email)
    actor = Actor(door=Door.CONSOLE, user=user, account=account, address=address)
    record("account.registered", actor=actor, account=account, subject=account, agreement=policy.AGREEMENT_VERSION)
    return user


def create_login(*, username: str, mobile: str, password: str, name: str, email: str = "") -> User:
    """An activated login. Runs in the caller's transaction; raises InputError at the field that is taken or wrong."""
    handle = cleaned("username", normalise_username, username)
    shown = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    number = cleaned("mobile", normalise_mobile, mobile)
    mailbox = cleaned("email", normalise_email, email) if email else None
    check_password(password, username=handle, name=shown, email=mailbox)
    _refuse_taken(handle, number, mailbox)
    user = User(username=handle, mobile=number, email=mailbox, name=shown, activated_at=timezone.now())
    user.set_password(password)
    _insert(user)
    return user


def create_waiting_login(*, mobile: str, name: str) -> User:
    """A login without a password: “forgot password” sets the first (S2.7). Runs in the caller's transaction.

    Its user name is drawn by lot, since a number in it would be shown to others.
    """
    number = cleaned("mobile", normalise_mobile, mobile)
    shown = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    drawn = (f"u{secrets.randbelow(10**9):09d}" for _ in range(20))
    username = next(handle for handle in drawn if not User.objects.filter(username=handle).exists())
    user = User(username=username, mobile=number, name=shown)
    user.set_unusable_password()
    _insert(user)
    return user


def create_account(
    *,
    username: str,
    name: str,
    owner: User | None,
    email: str = "",
    enterprise: Enterprise | None = None,
    kind: str = Account.Kind.REGULAR,
    added_by: User | None = None,
) -> Account:
    """An account with its owner, in the caller's transaction; with an enterprise it is verified as that (K5.6)."""
    handle = cleaned("username", normalise_username, username)
    if Account.objects.filter(username=handle).exists():
        raise InputError("username", _("This user name is taken. Please choose another."))
    account = Account(
        username=handle,
        email=cleaned("email", normalise_email, email) if email else None,
        name=cleaned("name", clean_name, name),
        kind=kind,
        enterprise=enterprise,
        certified=Account.Certified.ENTERPRISE if enterprise else Account.Certified.NO,
    )
    _insert(account)
    if owner is not None:
        Operator.objects.create(account=account, user=owner, role=Role.OWNER, added_by=added_by)
    return account


def check_new_login(*, username: str, mobile: str, password: str, name: str) -> None:
    """Raises InputError where `create_login` would, before a wizard goes on to its next step; writes nothing."""
    check_password(password, username=username, name=name)
    _refuse_taken(username, mobile, None)


def _refuse_taken(username: str, mobile: str, email: str | None) -> None:
    if User.objects.filter(username=username).exists() or Account.objects.filter(username=username).exists():
        raise InputError("username", _("This user name is taken. Please choose another."))
    if User.objects.filter(mobile=mobile).exists():
        raise InputError("mobile", _("This mobile number already has a login."))
    if email and (User.objects.filter(email=email).exists() or Account.objects.filter(email=email).exists()):
        raise InputError("email", _("This e-mail address already has a login."))


def _insert(row: User | Account) -> None:
    """Two people who ask for one name in the same instant: the database lets one in, the other hears why."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError as error:
        raise InputError("username", _("This name, number or e-mail address has just been taken.")) from error


@atomic
def reset_password(*, mobile: str, password: str, address: str | None = None, now: datetime | None = None) -> User:
    """A new password by text code, without the old one; activates a login that others added (S2.6, S2.7).

    Every other log-in of this person ends.
    """
    number = cleaned("mobile", normalise_mobile, mobile)
    spend_clearance(mobile=number, purpose=OneTimeCode.Purpose.RESET_PASSWORD, now=now)
    user = User.objects.select_for_update().filter(mobile=number, is_active=True).first()
    if user is None:
        raise InputError("mobile", _("There is no login with this mobile number. Please register."))
    check_password(password, username=user.username, name=user.name, email=user.email)
    was_active = user.activated_at is not None
    user.set_password(password)
    user.activated_at = user.activated_at or now or timezone.now()
    user.save(update_fields=["password", "activated_at"])
    user.sessions.all().delete()
    actor = Actor(door=Door.CONSOLE, user=user, address=address)
    record("password.reset" if was_active else "login.activated", actor=actor, account=None, subject=user)
    return user


@atomic
def change_password(*, actor: Actor, old: str, new: str, keep_session: str = "") -> User:
    """A new password by the old one; every other log-in of this person ends."""
    user = User.objects.select_for_update().get(pk=person_of(actor).pk)
    if not user.check_password(old):
        raise InputError("old", _("This is not your present password."))
    check_password(new, username=user.username, name=user.name, email=user.email, field="new")
    user.set_password(new)
    user.save(update_fields=["password"])
    user.sessions.exclude(session_key=keep_session).delete()
    record("password.changed", actor=actor, account=None, subject=user)
    return user


def check_own_password(*, actor: Actor, password: str) -> None:
    """Raises InputError unless this is the acting person's own: an unattended browser must not be enough."""
    if actor.user is None or not actor.user.check_password(password):
        raise InputError("password", _("This is not your password."))


@atomic
def edit_profile(*, actor: Actor, name: str) -> User:
    """How this person is shown to others."""
    user = User.objects.select_for_update().get(pk=person_of(actor).pk)
    user.name = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    user.save(update_fields=["name"])
    record("profile.edited", actor=actor, account=None, subject=user)
    return user


@atomic
def change_mobile(*, actor: Actor, mobile: str, now: datetime | None = None) -> User:
    """A new number, proved by the code that it received; codes go there from now on."""
    number = cleaned("mobile", normalise_mobile, mobile)
    user = User.objects.select_for_update().get(pk=person_of(actor).pk)
    spend_clearance(mobile=number, purpose=OneTimeCode.Purpose.CHANGE_CONTACT, binding=f"user:{user.pk}", now=now)
    if User.objects.filter(mobile=number).exclude(pk=user.pk).exists():
        raise InputError("mobile", _("This mobile number already has a login."))
    user.mobile = number
    user.save(update_fields=["mobile"])
    record("mobile.changed", actor=actor, account=None, subject=user)
    return user
