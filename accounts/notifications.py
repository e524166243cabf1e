"""Who is told what, and by which way: one table. Whoever records an event knows nothing of it.

A higher app adds its own rows with `tell()` in its `apps.py`, and its letters with `accounts.letters.letter`.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, Flag, auto
from typing import Final

from accounts.events import subscribe
from accounts.letters.news import News
from accounts.models import Account, Invitation, User
from accounts.permissions import Role

JOB: Final = "accounts.notify"


class Way(Flag):
    """How people are reached."""

    MAIL = auto()
    SMS = auto()
    CENTRE = auto()  # the message centre


class Registered(Enum):
    """When letters go to the account's registration e-mail, where it has one."""

    NEVER = auto()  # they concern the person alone
    LAST = auto()  # when none of the people has an address
    FIRST = auto()  # rather than to the people


@dataclass(frozen=True, slots=True)
class Audience:
    """People, and the account in whose affairs they are told.

    `box` is an address that the matter itself names; it stands in the place of the account's registration e-mail.
    """

    people: tuple[User, ...]
    account: Account | None = None
    registered: Registered = Registered.LAST
    box: str = ""

    def mailboxes(self) -> list[User | None]:
        """To whom letters go; None stands for the account's registration e-mail."""
        own: list[User | None] = [person for person in self.people if person.email]
        shared: list[User | None] = [None] if self.account is not None and (self.box or self.account.email) else []
        match self.registered:
            case Registered.FIRST:
                return shared or own
            case Registered.LAST:
                return own or shared
            case Registered.NEVER:
                return own

    def mobiles(self) -> list[User]:
        """To whom texts go."""
        return [person for person in self.people if person.mobile]


def owners_of(account: Account) -> tuple[User, ...]:
    """The account's owners who can log in, or could once they set a password."""
    owners = User.objects.filter(operates__account=account, operates__role=Role.OWNER, is_active=True)
    return tuple(owners.order_by("pk"))


def member(news: News) -> Audience:
    """The account that is asked, by its registration e-mail and its owners' mobiles (K4.6)."""
    return Audience(owners_of(news.member), news.member, registered=Registered.FIRST)


def manager(news: News) -> Audience:
    """The owners of the account that asks, and whoever asked, while that person works there."""
    people = {person.pk: person for person in owners_of(news.manager)}
    sender = news.subject.sent_by if isinstance(news.subject, Invitation) else None
    if sender is not None and sender.is_active and sender.operates.filter(account=news.manager).exists():
        people[sender.pk] = sender
    return Audience(tuple(people.values()), news.manager)


def person(news: News) -> Audience:
    """The person that it is about: one's own log-in, or one's place as an operator."""
    someone = news.subject if isinstance(news.subject, User) else getattr(news.subject, "user", None)
    people = (someone,) if someone is not None and someone.is_active else ()
    return Audience(people, news.event.account, Registered.NEVER)


def other_owners(news: News) -> Audience:
    """The account's owners but the one who did it."""
    account = news.event.account
    people = owners_of(account) if account else ()
    return Audience(tuple(one for one in people if one != news.event.actor), account)


def applicant(news: News) -> Audience:
    """Whoever applied, and the account's owners."""
    return _with(news, news.subject.submitted_by if news.subject else None)


def key_holders(news: News) -> Audience:
    """Whoever made the key, and the account's owners."""
    return _with(news, news.subject.created_by if news.subject else None)


def _with(news: News, someone: User | None) -> Audience:
    account = news.event.account
    people = {one.pk: one for one in (owners_of(account) if account else ())}
    if someone is not None and someone.is_active:
        people[someone.pk] = someone
    return Audience(tuple(people.values()), account)


@dataclass(frozen=True, slots=True)
class Notice:
    """One row: on this event, these people get this letter by these ways; some only for one purpose of a question."""

    event: str
    letter: str
    to: Callable[[News], Audience]
    by: Way
    purpose: str = ""

    def concerns(self, news: News) -> bool:
        """Whether the row is for this very event."""
        return not self.purpose or news.event.facts.get("purpose") == self.purpose


EVERY_WAY: Final = Way.MAIL | Way.SMS | Way.CENTRE
MAIL_AND_SMS: Final = Way.MAIL | Way.SMS
MAIL_AND_CENTRE: Final = Way.MAIL | Way.CENTRE
CENTRE: Final = Way.CENTRE
LINK: Final = str(Invitation.Purpose.LINK)
CHANGE: Final = str(Invitation.Purpose.CHANGE)

TABLE: Final = (
    # A question and its answer (K4, K7, K9). Every change of permissions is told like an invitation (K7.3).
    Notice("invitation.sent", "invitation", member, EVERY_WAY),
    Notice("invitation.resent", "invitation", member, MAIL_AND_SMS, LINK),
    Notice("change.sent", "change", member, EVERY_WAY),
    Notice("invitation.resent", "change", member, MAIL_AND_SMS, CHANGE),
    Notice("invitation.accepted", "linked", manager, MAIL_AND_CENTRE, LINK),
    Notice("invitation.accepted", "change_accepted", manager, MAIL_AND_CENTRE, CHANGE),
    Notice("invitation.accepted", "granted", member, MAIL_AND_CENTRE),
    Notice("invitation.refused", "refused", manager, MAIL_AND_CENTRE, LINK),
    Notice("invitation.refused", "change_refused", manager, MAIL_AND_CENTRE, CHANGE),
    Notice("invitation.expired", "expired", manager, MAIL_AND_CENTRE, LINK),
    Notice("invitation.expired", "change_expired", manager, MAIL_AND_CENTRE, CHANGE),
    Notice("invitation.expired", "missed", member, CENTRE),
    Notice("invitation.withdrawn", "withdrawn", member, MAIL_AND_CENTRE),
    Notice("invitation.unopened", "unopened", manager, MAIL_AND_CENTRE),
    Notice("invitation.asked_again", "asked_again", manager, MAIL_AND_CENTRE),
    # Links that begin, change or end without a question (K5, K8, K12.9)
    Notice("relationship.changed", "changed", manager, CENTRE),
    Notice("relationship.dissolved", "dissolved", member, EVERY_WAY),
    Notice("relationship.dissolved", "dissolved_by_us", manager, CENTRE),
    Notice("member.registered", "member_registered", member, EVERY_WAY),
    Notice("member.migrated", "migrated", member, MAIL_AND_CENTRE),
    # Operators, and real-name verification
    Notice("operator.added", "operator_added", person, EVERY_WAY),
    Notice("operator.added", "operator_joined", other_owners, CENTRE),
    Notice("operator.role_changed", "role_changed", person, CENTRE),
    Notice("certification.submitted", "certification_received", applicant, CENTRE),
    Notice("certification.approved", "certification_approved", applicant, MAIL_AND_CENTRE),
    Notice("certification.rejected", "certification_rejected", applicant, MAIL_AND_CENTRE),
    # Should it not have been them, they hear of it
    Notice("password.changed", "password_changed", person, MAIL_AND_CENTRE),
    Notice("password.reset", "password_changed", person, MAIL_AND_CENTRE),
    Notice("login.activated", "login_activated", person, MAIL_AND_CENTRE),
    Notice("mobile.changed", "mobile_changed", person, MAIL_AND_CENTRE),
    Notice("api_key.created", "key_created", key_holders, MAIL_AND_CENTRE),
    Notice("api_key.revoked", "key_revoked", key_holders, CENTRE),
)

_by_event: dict[str, list[Notice]] = defaultdict(list)


def tell(*notices: Notice) -> None:
    """From now on these rows count, too."""
    for notice in notices:
        if notice not in _by_event[notice.event]:
            _by_event[notice.event].append(notice)
        subscribe(notice.event, JOB)


def notices_for(news: News) -> list[Notice]:
    """The rows for this very event, in the order of the table."""
    return [notice for notice in _by_event.get(news.event.kind, ()) if notice.concerns(news)]


def subscribe_all() -> None:
    """Every event of the table queues a job that tells people."""
    tell(*TABLE)
