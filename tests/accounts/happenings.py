"""Each event that people are told of, brought about through the services."""

from collections.abc import Callable
from datetime import timedelta

from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import Account, Event, Folder, Invitation, OneTimeCode, Operator, User
from accounts.permissions import P1, P2, ConsoleRole, Role
from accounts.services import (
    api_keys,
    certifications,
    directory,
    invitations,
    operators,
    relationships,
    signup,
)
from accounts.terms import Terms
from tests.factories import (
    PASSWORD,
    acting,
    clear,
    credit_code,
    make_account,
    make_invitation,
    make_operator,
    make_relationship,
    owner_of,
)

PURPOSE = OneTimeCode.Purpose
NEW_PASSWORD = "another horse battery"
HOURS_48 = timedelta(hours=48)


def staff() -> Actor:
    """A member of staff with every right."""
    user = User.objects.create_superuser("staff", PASSWORD)
    return Actor(door=Door.STAFF, user=user)


def question(manager: Account, member: Account, purpose: str) -> Invitation:
    """An open one of this purpose."""
    if purpose == Invitation.Purpose.LINK:
        return make_invitation(manager, member)
    link = make_relationship(manager, member)
    clear(owner_of(manager), PURPOSE.CHANGE_PERMISSIONS, f"relationship:{link.pk}")
    relationships.request_change(actor=acting(manager), relationship_id=link.pk, terms=Terms.asked(P2))
    return link.invitations.open().get()


def answered(act: str) -> Callable[[Account, Account, str], None]:
    def happen(manager: Account, member: Account, purpose: str) -> None:
        asked = question(manager, member, purpose)
        later = asked.expires_at - timedelta(hours=1)
        acts: dict[str, Callable[[], object]] = {
            "accepted": lambda: invitations.accept_invitation(actor=acting(member), invitation_id=asked.pk),
            "refused": lambda: invitations.refuse_invitation(actor=acting(member), invitation_id=asked.pk),
            "withdrawn": lambda: invitations.withdraw_invitation(actor=acting(manager), invitation_id=asked.pk),
            "resent": lambda: invitations.resend_invitation(actor=acting(manager), invitation_id=asked.pk),
            "expired": lambda: invitations.expire_invitations(now=asked.expires_at),
            "unopened": lambda: invitations.nudge_unopened(now=later),
            "asked_again": lambda: ask_again(manager, asked),
        }
        acts[act]()

    return happen


def ask_again(manager: Account, asked: Invitation) -> None:
    invitations.withdraw_invitation(actor=acting(manager), invitation_id=asked.pk)
    invitations.ask_for_another(invitation_id=asked.pk, address="192.0.2.1")


def resource_changed(manager: Account, _member: Account, _purpose: str) -> None:
    root = directory.open_directory(actor=acting(manager), account=manager)
    container = directory.create_resource_account(
        actor=acting(manager), account=manager, folder_id=root.pk, username="container", name="集装箱"
    )
    clear(owner_of(manager), PURPOSE.CHANGE_PERMISSIONS, f"relationship:{container.pk}")
    relationships.request_change(actor=acting(manager), relationship_id=container.pk, terms=Terms.asked(P1))
    assert Folder.objects.exists()


def dissolved(manager: Account, member: Account, _purpose: str) -> None:
    link = make_relationship(manager, member)
    clear(owner_of(manager), PURPOSE.DISSOLVE, f"relationship:{link.pk}")
    relationships.dissolve_relationship(actor=acting(manager), relationship_id=link.pk)


def registered(manager: Account, _member: Account, _purpose: str) -> None:
    clear(owner_of(manager), PURPOSE.REGISTER_MEMBER, f"account:{manager.pk}")
    relationships.register_member(
        actor=acting(manager),
        manager=manager,
        enterprise_id=manager.enterprise_id or 0,
        username="branch",
        password=PASSWORD,
        mobile="13812340000",
        name="华南分公司",
        points=list(P1),
    )


def migrated(manager: Account, member: Account, _purpose: str) -> None:
    terms = Terms.asked(P1, console=ConsoleRole.FORMER)
    relationships.migrate_member(actor=acting(manager), manager=manager, member=member, terms=terms)


def operator_added(manager: Account, _member: Account, _purpose: str) -> None:
    make_operator(manager, Role.OWNER)  # somebody else who hears of it
    operators.add_operator(actor=acting(manager), account=manager, mobile="13712345678", name="新人", role=Role.FINANCE)


def role_changed(manager: Account, _member: Account, _purpose: str) -> None:
    operator = Operator.objects.get(account=manager, user=make_operator(manager))
    operators.change_role(actor=acting(manager), operator_id=operator.pk, role=Role.FINANCE)


def certification(outcome: str) -> Callable[[Account, Account, str], None]:
    def happen(_manager: Account, _member: Account, _purpose: str) -> None:
        account = make_account(certified=Account.Certified.NO)
        sent = certifications.submit_enterprise(
            actor=acting(account), account=account, name="申请企业有限公司", credit_code=credit_code(900)
        )
        if outcome == "approved":
            certifications.approve_certification(actor=staff(), certification_id=sent.pk)
        if outcome == "rejected":
            certifications.reject_certification(actor=staff(), certification_id=sent.pk, reason="执照看不清")

    return happen


def password_changed(manager: Account, _member: Account, _purpose: str) -> None:
    signup.change_password(actor=acting(manager), old=PASSWORD, new=NEW_PASSWORD)


def reset(*, first: bool) -> Callable[[Account, Account, str], None]:
    def happen(manager: Account, _member: Account, _purpose: str) -> None:
        user = owner_of(manager)
        if first:
            User.objects.filter(pk=user.pk).update(activated_at=None)
        clear(user, PURPOSE.RESET_PASSWORD)
        signup.reset_password(mobile=user.mobile or "", password=NEW_PASSWORD, address="192.0.2.1")

    return happen


def mobile_changed(manager: Account, _member: Account, _purpose: str) -> None:
    user = owner_of(manager)
    number = "13612345678"
    code = clear(user, PURPOSE.CHANGE_CONTACT, f"user:{user.pk}")
    OneTimeCode.objects.filter(pk=code.pk).update(mobile=number)
    signup.change_mobile(actor=acting(manager), mobile=number)


def key(*, revoked: bool) -> Callable[[Account, Account, str], None]:
    def happen(manager: Account, _member: Account, _purpose: str) -> None:
        clear(owner_of(manager), PURPOSE.CREATE_KEY, f"account:{manager.pk}")
        made, _secret = api_keys.create_key(
            actor=acting(manager), account=manager, name="ERP", scopes=["relationships:read"]
        )
        if revoked:
            api_keys.revoke_key(actor=acting(manager), account=manager, key_id=made.pk)

    return happen


HAPPENINGS: dict[str, Callable[[Account, Account, str], object]] = {
    "invitation.sent": lambda manager, member, _purpose: question(manager, member, "link"),
    "change.sent": lambda manager, member, _purpose: question(manager, member, "change"),
    **{
        f"invitation.{act}": answered(act)
        for act in ("resent", "accepted", "refused", "expired", "withdrawn", "unopened", "asked_again")
    },
    "relationship.changed": resource_changed,
    "relationship.dissolved": dissolved,
    "member.registered": registered,
    "member.migrated": migrated,
    "operator.added": operator_added,
    "operator.role_changed": role_changed,
    "certification.submitted": certification(""),
    "certification.approved": certification("approved"),
    "certification.rejected": certification("rejected"),
    "password.changed": password_changed,
    "password.reset": reset(first=False),
    "login.activated": reset(first=True),
    "mobile.changed": mobile_changed,
    "api_key.created": key(revoked=False),
    "api_key.revoked": key(revoked=True),
}


def happen(kind: str, manager: Account, member: Account, purpose: str = "link") -> Event:
    """The event of this kind between the two accounts, as the services recorded it a moment ago."""
    began = timezone.now()
    HAPPENINGS[kind](manager, member, purpose or "link")
    return Event.objects.filter(kind=kind, at__gte=began).latest("pk")
