"""What happened, in words: one sentence for each kind of event, told from the side of the account that reads it.

    lines(events, viewer=account) -> [Line(at=…, who="何静澜", text="邀请了晨曦供应链…"), …]

The acting side reads `own`, the other side `theirs`. A higher app adds the kinds that it records with `add_texts`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.actors import Door
from accounts.models import Account, Event, User
from accounts.models.api_key import Scope
from accounts.permissions import ConsoleRole, Inherit, Point, Right, Role
from accounts.wording import mask_middle, strangers

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Words:
    """The sentence for the acting side, the one for the other side, and what stands beside it in a timeline."""

    own: Text
    theirs: Text = ""
    icon: str = "circle-dot"
    tone: str = "neutral"


@dataclass(frozen=True, slots=True)
class Group:
    """What people filter by: the kinds that begin with one of these. Without the right, none of them is shown."""

    key: str
    label: Text
    prefixes: tuple[str, ...]
    right: Right = Right.SEE_FINANCE


@dataclass(frozen=True, slots=True)
class Line:
    """One event, ready to print."""

    at: datetime
    who: str
    text: str
    icon: str
    tone: str
    door: str
    address: str


GROUPS: list[Group] = [
    Group("links", _("Links and invitations"), ("invitation.", "change.", "relationship.", "member.")),
    Group("people", _("Operators"), ("operator.",), Right.VIEW),
    Group("account", _("Account and verification"), ("account.", "certification."), Right.VIEW),
    Group("keys", _("API keys"), ("api_key.",), Right.VIEW),
    Group("directory", _("Resource directory"), ("directory.", "folder."), Right.VIEW),
]

TEXTS: dict[str, Words] = {
    "account.registered": Words(_("Opened this account"), icon="sparkles", tone="ok"),
    "certification.submitted": Words(_("Applied for verification"), icon="file-check", tone="info"),
    "certification.approved": Words(_("Approved the verification"), icon="badge-check", tone="ok"),
    "certification.rejected": Words(_("Rejected the verification"), icon="file-x", tone="stop"),
    "operator.added": Words(_("Added %(person)s as %(role)s"), icon="user-plus", tone="ok"),
    "operator.role_changed": Words(_("Made %(person)s %(role)s"), icon="user-cog", tone="info"),
    "operator.removed": Words(_("Removed the operator %(person)s"), icon="user-minus", tone="warn"),
    "api_key.created": Words(_("Created the API key “%(name)s” (%(scopes)s)"), icon="key-round", tone="ok"),
    "api_key.revoked": Words(_("Revoked the API key “%(name)s”"), icon="key-round", tone="warn"),
    "invitation.sent": Words(
        _("Invited %(other)s to be linked"), _("Invited this account to be linked"), icon="send", tone="info"
    ),
    "invitation.resent": Words(
        _("Sent the request to %(other)s once more"), _("Sent the request once more"), icon="send", tone="info"
    ),
    "invitation.accepted": Words(
        _("Accepted the invitation of %(other)s"), _("Accepted the invitation"), icon="link", tone="ok"
    ),
    "invitation.accepted/change": Words(
        _("Accepted the changed permissions of %(other)s"), _("Accepted the changed permissions"), "link", "ok"
    ),
    "invitation.refused": Words(
        _("Refused the invitation of %(other)s"), _("Refused the invitation"), icon="link-2-off", tone="stop"
    ),
    "invitation.refused/change": Words(
        _("Refused the changed permissions of %(other)s; the old ones stay"),
        _("Refused the changed permissions; the old ones stay"),
        icon="link-2-off",
        tone="stop",
    ),
    "invitation.withdrawn": Words(
        _("Withdrew the request to %(other)s"), _("Withdrew the request to this account"), icon="undo-2", tone="warn"
    ),
    "invitation.expired": Words(
        _("The invitation to %(other)s ran out after 48 hours"),
        _("The invitation to this account ran out after 48 hours"),
        icon="clock",
        tone="warn",
    ),
    "invitation.expired/change": Words(
        _("The permission change for %(other)s ran out after 48 hours; the old permissions stay"),
        _("The permission change ran out after 48 hours; the old permissions stay"),
        icon="clock",
        tone="warn",
    ),
    "invitation.asked_again": Words(
        _("Asked %(other)s for a new invitation"), _("Asked for a new invitation"), icon="message-circle", tone="info"
    ),
    "invitation.unopened": Words(
        _("The invitation to %(other)s has not been opened yet"),
        _("The invitation to this account has not been opened yet"),
        icon="clock",
        tone="warn",
    ),
    "change.sent": Words(
        _("Asked %(other)s to agree to changed permissions"),
        _("Asked this account to agree to changed permissions"),
        icon="sliders-horizontal",
        tone="info",
    ),
    "relationship.changed": Words(
        _("Changed the permissions on %(other)s"),
        _("Changed the permissions on this account"),
        icon="sliders-horizontal",
        tone="info",
    ),
    "relationship.dissolved": Words(
        _("Dissolved the link with %(other)s"), _("Dissolved the link with this account"), icon="unlink", tone="stop"
    ),
    "relationship.remarked": Words(_("Changed the remark on a linked account"), icon="pencil"),
    "member.registered": Words(
        _("Created the linked account %(other)s"), _("Created this account"), icon="building-2", tone="ok"
    ),
    "member.migrated": Words(
        _("%(other)s was taken over from the former account group"),
        _("This account was taken over from the former account group"),
        icon="arrow-right-left",
    ),
    "member.viewed": Words(
        _("Looked at %(other)s: %(seen)s"), _("Looked at this account: %(seen)s"), icon="eye", tone="neutral"
    ),
    "member.entered": Words(
        _("Entered the console of %(other)s"), _("Entered the console of this account"), icon="log-in", tone="warn"
    ),
    "member.placed": Words(_("Moved a linked account to the folder “%(folder)s”"), icon="folder-input"),
    "directory.opened": Words(_("Opened the resource directory"), icon="folder-tree", tone="ok"),
    "folder.created": Words(_("Created the folder “%(name)s”"), icon="folder-plus"),
    "folder.renamed": Words(_("Renamed a folder to “%(name)s”"), icon="folder-pen"),
    "folder.moved": Words(_("Moved a folder below “%(to)s”"), icon="folder-input"),
    "folder.deleted": Words(_("Deleted the folder “%(name)s”"), icon="folder-x", tone="warn"),
    "login.began": Words(_("Logged in"), icon="log-in"),
    "login.activated": Words(_("Set the first password"), icon="user-check", tone="ok"),
    "login.disabled": Words(_("Disabled the login"), icon="user-x", tone="stop"),
    "login.enabled": Words(_("Enabled the login again"), icon="user-check", tone="ok"),
    "password.reset": Words(_("Set a new password by text code"), icon="lock-keyhole", tone="warn"),
    "password.changed": Words(_("Changed the password"), icon="lock-keyhole", tone="info"),
    "profile.edited": Words(_("Changed the name"), icon="pencil"),
    "mobile.changed": Words(_("Changed the mobile number"), icon="smartphone", tone="warn"),
    "session.ended": Words(_("Ended a log-in"), icon="log-out", tone="info"),
    "sessions.ended": Words(_("Ended all other log-ins (%(count)s)"), icon="log-out", tone="info"),
    "sessions.closed": Words(_("Ended all log-ins (%(count)s)"), icon="log-out", tone="warn"),
    "second_factor.set_up": Words(_("Set up the second factor"), icon="shield-check", tone="ok"),
    "second_factor.removed": Words(_("Removed the second factor"), icon="shield-off", tone="warn"),
    "staff.granted": Words(_("Made the person a member of staff"), icon="shield", tone="info"),
    "staff.revoked": Words(_("Ended the work as a member of staff"), icon="shield-off", tone="warn"),
    "staff.rights_set": Words(_("Changed the rights as a member of staff"), icon="shield", tone="info"),
    "point.withheld": Words(_("Withdrew a permission from what is offered: %(points)s"), icon="sliders-horizontal"),
    "point.offered": Words(_("Offered a permission again: %(points)s"), icon="sliders-horizontal"),
    "delivery.resent": Words(_("Sent a letter or text once more"), icon="send", tone="info"),
    "message.published": Words(_("Published the message “%(title)s”"), icon="megaphone", tone="info"),
}

# Facts that are stored as codes, by the list that has words for them.
_CODED: Final[Mapping[str, Mapping[str, Any]]] = {
    "role": dict(Role.choices),
    "scopes": dict(Scope.choices),
    "points": dict(Point.choices),
    "inherits": dict(Inherit.choices),
    "console_role": dict(ConsoleRole.choices),
}
_PAGES: dict[str, Text] = {"members": _("linked accounts"), "member": _("overview"), "detail": _("overview")}


def add_texts(
    texts: Mapping[str, Words], *, group: Group | None = None, pages: Mapping[str, Text] | None = None
) -> None:
    """From now on these kinds have words; `group` makes them a choice of the filter, `pages` names what was seen."""
    TEXTS.update(texts)
    _PAGES.update(pages or {})
    if group is not None and group not in GROUPS:
        GROUPS.append(group)


def closed_to(rights: Collection[str]) -> list[str]:
    """The beginnings of the kinds that these rights do not let one read."""
    return [prefix for group in GROUPS if group.right not in rights for prefix in group.prefixes]


def words_of(event: Event) -> Words:
    """The words for its kind; a kind without any shows its own name, so that nothing is ever missing from a log."""
    purpose = event.facts.get("purpose", "")
    return TEXTS.get(f"{event.kind}/{purpose}") or TEXTS.get(event.kind) or Words(event.kind.replace("%", "%%"))


def sentence(event: Event, viewer: Account | None, *, masked: Collection[int] = ()) -> str:
    """What happened, without who did it, as the viewing account reads it. Asks nothing if both sides are loaded.

    Accounts whose id is in `masked` are not named whole.
    """
    words, theirs = words_of(event), _is_other_side(event, viewer)
    other = event.account if theirs else event.counterpart
    facts = _Facts({name: _shown(name, value) for name, value in event.facts.items()})
    facts |= {"other": _name(other, masked), "seen": _seen(event)}
    return str(words.theirs if theirs and words.theirs else words.own) % facts


def lines(events: Iterable[Event], *, viewer: Account | None) -> list[Line]:
    """The events in words, by two queries more: who acted from another account's console, and who never agreed."""
    listed = list(events)
    wanted = {event.facts["through"] for event in listed if event.facts.get("through")}
    managers = dict(Account.objects.filter(pk__in=wanted).values_list("pk", "name")) if wanted else {}
    sides = {pk for event in listed for pk in (event.account_id, event.counterpart_id) if pk is not None}
    masked = strangers(viewer, sides) if viewer is not None else frozenset[int]()
    return [_line(event, viewer, managers, masked) for event in listed]


def personal_lines(user: User, *, limit: int) -> list[Line]:
    """What happened to this person's own login lately, newest first."""
    own = Event.objects.filter(subject_type=User._meta.label_lower, subject_id=user.pk, account=None)
    return lines(own.order_by("-id")[:limit], viewer=None)


def _line(event: Event, viewer: Account | None, managers: Mapping[int, str], masked: Collection[int]) -> Line:
    words = words_of(event)
    return Line(
        at=event.at,
        who=_who(event, viewer, managers, masked),
        text=sentence(event, viewer, masked=masked),
        icon=words.icon,
        tone=words.tone,
        door=str(dict(Door.choices).get(event.door, event.door)),
        address="" if _is_other_side(event, viewer) or event.door == Door.STAFF else event.address or "",
    )


def _who(event: Event, viewer: Account | None, managers: Mapping[int, str], masked: Collection[int]) -> str:
    """The person within one's own account; of another company, and of our staff, no names."""
    if event.door == Door.STAFF:
        return str(Door.STAFF.label)
    if event.door == Door.SYSTEM:
        return str(Door.SYSTEM.label)
    if _is_other_side(event, viewer):
        return _name(event.account, masked)
    name = event.actor_name or "—"
    manager = managers.get(event.facts.get("through", 0))
    return gettext("%(person)s from %(account)s") % {"person": name, "account": manager} if manager else name


def _name(account: Account | None, masked: Collection[int]) -> str:
    if account is None:
        return gettext("another account")
    return mask_middle(account.name) if account.pk in masked else account.name


def _is_other_side(event: Event, viewer: Account | None) -> bool:
    return viewer is not None and event.account_id != viewer.pk and event.counterpart_id == viewer.pk


def _seen(event: Event) -> str:
    point, shown = event.facts.get("point"), event.facts.get("page", "")
    if point in Point.values:
        return str(Point(point).label)
    return str(_PAGES.get(shown, shown))


_AMOUNTS: Final = frozenset({"amount", "limit"})  # in yuan


def _shown(name: str, value: Any) -> str:
    if name in _AMOUNTS and isinstance(value, str) and value.replace(".", "", 1).isdecimal():
        return f"{Decimal(value):,f}"
    labels = _CODED.get(name, {})
    if isinstance(value, list):
        return gettext(", ").join(str(labels.get(item, item)) for item in value)
    return str(labels.get(str(value), value)) if isinstance(value, str | int) else ""


class _Facts(dict[str, str]):
    """A fact that an old event does not have is a dash, never an error page."""

    def __missing__(self, _key: str) -> str:
        return "—"
