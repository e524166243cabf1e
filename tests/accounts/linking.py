"""Short ways for the tests of the pages about links."""

from datetime import datetime
from urllib.parse import urlsplit

from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import conditional_escape
from django.utils.translation import gettext, override

from accounts.links import draw_link
from accounts.models import Account, Invitation, OneTimeCode, Relationship
from accounts.permissions import P2, ConsoleRole
from accounts.services.relationships import dissolve_relationship, request_change
from accounts.terms import Terms
from tests.factories import acting, clear, make_relationship, owner_of

Purpose = OneTimeCode.Purpose
LANGUAGE = "zh-hans"


def url(name: str, *args: object) -> str:
    return reverse(f"accounts:{name}", args=args)


def path_of(invitation: Invitation, channel: str = "mail") -> str:
    """The path of a fresh short link."""
    return urlsplit(draw_link(invitation, channel)).path


def may_invite(account: Account, at: datetime | None = None) -> None:
    clear(owner_of(account), Purpose.INVITE, f"account:{account.pk}", at)


def may_register(account: Account, at: datetime | None = None) -> None:
    clear(owner_of(account), Purpose.REGISTER_MEMBER, f"account:{account.pk}", at)


def may_change(relationship: Relationship, at: datetime | None = None) -> None:
    clear(owner_of(relationship.manager), Purpose.CHANGE_PERMISSIONS, f"relationship:{relationship.pk}", at)


def may_dissolve(relationship: Relationship, at: datetime | None = None) -> None:
    clear(owner_of(relationship.manager), Purpose.DISSOLVE, f"relationship:{relationship.pk}", at)


def ask_change(
    relationship: Relationship, points: object = P2, at: datetime | None = None, **more: object
) -> Invitation:
    """The manager has asked for other permissions, and the member has not answered."""
    may_change(relationship, at)
    terms = Terms.asked(points, **more)  # type: ignore[arg-type]
    request_change(actor=acting(relationship.manager), relationship_id=relationship.pk, terms=terms, now=at)
    return relationship.invitations.open().get()


def dissolve(relationship: Relationship) -> Relationship:
    """The manager has dissolved it."""
    may_dissolve(relationship)
    return dissolve_relationship(actor=acting(relationship.manager), relationship_id=relationship.pk)


def shows(response: HttpResponse, text: object, **facts: object) -> bool:
    """Whether the page, in the language in which it is drawn, says this."""
    with override(LANGUAGE):
        words = gettext(text) if isinstance(text, str) else str(text)
    return conditional_escape(words % facts if facts else words) in response.content.decode()


def queries(client: Client, address: str) -> int:
    """How many queries a page needs once its visitor has been there."""
    client.get(address)
    with CaptureQueriesContext(connection) as asked:
        assert client.get(address).status_code == 200
    return len(asked)


def enter(client: Client, manager: Account, member: Account) -> Relationship:
    """The manager's owner stands in the member's console."""
    relationship = make_relationship(manager, member)
    Relationship.objects.filter(pk=relationship.pk).update(console_role=ConsoleRole.ADMINISTRATOR)
    session = client.session
    session["through"] = relationship.pk
    session.save()
    return relationship
