"""What support staff do to logins and keys beside the acts that have a service of their own."""

from datetime import datetime

from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext_lazy as _
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.actors import Actor, StaffOnly, require_staff
from accounts.events import record
from accounts.models import ApiKey, Relationship, User, WithheldPoint
from accounts.permissions import Point
from accounts.services.logins import handle_of
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic


@atomic
def end_sessions_of(*, actor: Actor, user_id: int) -> int:
    """Every log-in of this person is over; how many were. Staff only."""
    require_staff(actor, "accounts.change_user")
    user = _locked(user_id)
    ended = user.sessions.all().delete()[1].get("accounts.Session", 0)
    if ended:
        record("sessions.closed", actor=actor, account=None, subject=user, count=ended)
    return ended


@atomic
def end_session_of(*, actor: Actor, user_id: int, handle: str) -> None:
    """One log-in of this person is over. Staff only."""
    require_staff(actor, "accounts.change_user")
    user = _locked(user_id)
    keys = user.sessions.values_list("session_key", flat=True)
    key = next((key for key in keys if constant_time_compare(handle_of(session_key=key), handle)), None)
    if key is None:
        raise DomainError(_("This log-in is over already."))
    user.sessions.filter(session_key=key).delete()
    record("sessions.closed", actor=actor, account=None, subject=user, count=1)


@atomic
def grant_staff(*, actor: Actor, user_id: int) -> User:
    """The person may enter the admin, once they have a second factor; groups say what they may do there."""
    _require_superuser(actor)
    user = _locked(user_id)
    user.is_staff = True
    user.save(update_fields=["is_staff"])
    record("staff.granted", actor=actor, account=None, subject=user)
    return user


@atomic
def revoke_staff(*, actor: Actor, user_id: int) -> User:
    """The person is no longer staff: without second factor, groups and rights, and out of every log-in."""
    superuser = _require_superuser(actor)
    if superuser.pk == user_id:
        raise DomainError(_("Nobody takes the staff rights from themselves. Ask a colleague."))
    user = _locked(user_id)
    user.is_staff = user.is_superuser = False
    user.save(update_fields=["is_staff", "is_superuser"])
    user.groups.clear()
    user.user_permissions.clear()
    TOTPDevice.objects.filter(user=user).delete()
    user.sessions.all().delete()
    record("staff.revoked", actor=actor, account=None, subject=user)
    return user


@atomic
def set_rights(*, actor: Actor, user_id: int, groups: list[int], permissions: list[int]) -> User:
    """The member of staff has exactly these groups and single rights."""
    _require_superuser(actor)
    user = _locked(user_id)
    if not user.is_staff:
        raise DomainError(_("Only support staff have rights here. Make this person support staff first."))
    user.groups.set(groups)
    user.user_permissions.set(permissions)
    record("staff.rights_set", actor=actor, account=None, subject=user, groups=groups, permissions=permissions)
    return user


@atomic
def revoke_key_for(*, actor: Actor, key_id: int, now: datetime | None = None) -> ApiKey:
    """An account's key stops working at once; the account sees it in its log. Locks the key."""
    require_staff(actor, "accounts.change_apikey")
    key = ApiKey.objects.select_for_update(of=("self",)).select_related("account").filter(pk=key_id).first()
    if key is None:
        raise NotFound()
    if key.revoked_at is None:
        key.revoked_at = now or timezone.now()
        key.save(update_fields=["revoked_at"])
        record("api_key.revoked", actor=actor, account=key.account, subject=key, name=key.name)
    return key


@atomic
def withhold_point(*, actor: Actor, kind: str, point: str) -> WithheldPoint:
    """The permission is no longer offered in this kind of relationship; what was granted stays (Q-3)."""
    require_staff(actor, "accounts.add_withheldpoint")
    if kind not in Relationship.Kind.values or point not in Point.values:
        raise InputError("point", _("Choose a kind and a permission from the lists."))
    row, created = WithheldPoint.objects.get_or_create(kind=kind, point=point)
    if not created:
        raise InputError("point", _("This permission is already withheld in this kind of relationship."))
    record("point.withheld", actor=actor, account=None, subject=row, kind=kind, points=[point])
    return row


@atomic
def offer_point(*, actor: Actor, withheld_id: int) -> None:
    """The permission is offered again in this kind of relationship."""
    require_staff(actor, "accounts.delete_withheldpoint")
    row = WithheldPoint.objects.select_for_update().filter(pk=withheld_id).first()
    if row is None:
        raise NotFound()
    kind, point = row.kind, row.point
    row.delete()
    record("point.offered", actor=actor, account=None, kind=kind, points=[point])


def _require_superuser(actor: Actor) -> User:
    staff = require_staff(actor, "accounts.change_user")
    if not staff.is_superuser:
        raise StaffOnly()
    return staff


def _locked(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound()
    return user
