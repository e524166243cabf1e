"""What is remembered of a log-in, and how log-ins end (S2.2, S2.4)."""

from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import Actor, person_of, require_staff
from accounts.events import record
from accounts.models import Session, User
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic


@dataclass(frozen=True, slots=True)
class OpenSession:
    """A log-in as its person may see it. `handle` names it; the key itself would be a way in."""

    handle: str
    row: Session
    current: bool


def handle_of(*, session_key: str) -> str:
    """A name for the log-in that opens nothing."""
    return salted_hmac("accounts.logins", session_key, algorithm="sha256").hexdigest()[:24]


def open_sessions(*, user: User, current_key: str | None) -> list[OpenSession]:
    """The person's log-ins that have not run out: this one first, then those seen last."""
    rows = user.sessions.filter(expire_date__gt=timezone.now()).order_by("-seen_at")[: policy.SESSIONS_SHOWN_MAX]
    found = [OpenSession(handle_of(session_key=row.session_key), row, row.session_key == current_key) for row in rows]
    return sorted(found, key=lambda session: not session.current)


@atomic
def note_login(*, actor: Actor, door: str = "", language: str = "") -> User:
    """The person has come in; the door and the language chosen on the way are the remembered ones (S2.2)."""
    user = _own_row(actor)
    user.last_door = door if door in User.Door.values else user.last_door
    user.language = language if _known(language) else user.language
    user.save(update_fields=["last_door", "language"])
    record("login.began", actor=actor, account=None, subject=user)
    return user


@atomic
def choose_door(*, actor: Actor, door: str) -> User:
    """Home, and the next log-in, lead through this door (S2.2, S2.4)."""
    if door not in User.Door.values:
        raise InputError("door", _("Choose the workbench or the management centre."))
    user = _own_row(actor)
    user.last_door = door
    user.save(update_fields=["last_door"])
    return user


@atomic
def choose_language(*, actor: Actor, language: str) -> User:
    """Pages, letters and the next log-in speak this language."""
    if not _known(language):
        raise InputError("language", _("This language is not offered."))
    user = _own_row(actor)
    user.language = language
    user.save(update_fields=["language"])
    return user


@atomic
def end_session(*, actor: Actor, handle: str) -> None:
    """That log-in of the same person is over: its browser has to log in again."""
    user = _own_row(actor)
    keys = user.sessions.values_list("session_key", flat=True)
    key = next((key for key in keys if constant_time_compare(handle_of(session_key=key), handle)), None)
    if key is None:
        raise NotFound()
    user.sessions.filter(session_key=key).delete()
    record("session.ended", actor=actor, account=None, subject=user)


@atomic
def end_other_sessions(*, actor: Actor, keep: str) -> int:
    """Every log-in of this person but the one that asks is over; how many were."""
    user = _own_row(actor)
    ended, _by_model = user.sessions.exclude(session_key=keep).delete()
    if ended:
        record("sessions.ended", actor=actor, account=None, subject=user, count=ended)
    return ended


@atomic
def disable_login(*, actor: Actor, user_id: int) -> User:
    """The person is out at once, everywhere, and cannot come in again. Locks the person; staff only."""
    staff = require_staff(actor, "accounts.change_user")
    if staff.pk == user_id:
        raise DomainError(_("Nobody can disable the login they are using."))
    user = _locked(user_id)
    user.is_active = False
    user.save(update_fields=["is_active"])
    user.sessions.all().delete()
    record("login.disabled", actor=actor, account=None, subject=user)
    return user


@atomic
def enable_login(*, actor: Actor, user_id: int) -> User:
    """The person can log in again, with the old password. Locks the person; staff only."""
    require_staff(actor, "accounts.change_user")
    user = _locked(user_id)
    user.is_active = True
    user.save(update_fields=["is_active"])
    record("login.enabled", actor=actor, account=None, subject=user)
    return user


def _own_row(actor: Actor) -> User:
    return _locked(person_of(actor).pk)


def _locked(user_id: int) -> User:
    user = User.objects.select_for_update().filter(pk=user_id).first()
    if user is None:
        raise NotFound()
    return user


def _known(language: str) -> bool:
    return language in dict(settings.LANGUAGES)
