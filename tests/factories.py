"""Rows for tests, and short ways to the moments that tests begin at."""

from datetime import datetime
from typing import Any

import factory
from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import Account, Enterprise, Invitation, OneTimeCode, Operator, Relationship, User
from accounts.permissions import P1, Role
from accounts.services.invitations import accept_invitation, send_invitation
from accounts.terms import Terms

PASSWORD = "correct horse battery"

_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def credit_code(number: int) -> str:
    """The number-th synthetic code of an enterprise in Beijing, with both check characters right."""
    body = f"MA{number:06d}"
    letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    rest = 11 - sum(letters.index(c) * w for c, w in zip(body, (3, 7, 9, 10, 5, 8, 4, 2), strict=True)) % 11
    head = f"91110108{body}{ {10: 'X', 11: '0'}.get(rest, str(rest)) }"
    check = (31 - sum(_ALPHABET.index(c) * w for c, w in zip(head, _WEIGHTS, strict=True)) % 31) % 31
    return head + _ALPHABET[check]


class UserFactory(factory.django.DjangoModelFactory[User]):
    """An activated login; its password is `PASSWORD`."""

    class Meta:
        model = User
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"person{n}")
    mobile = factory.Sequence(lambda n: f"139{n:08d}")
    email = factory.LazyAttribute(lambda user: f"{user.username}@example.com")
    name = factory.Sequence(lambda n: f"李{n}")
    activated_at = factory.LazyFunction(timezone.now)
    password = factory.django.Password(PASSWORD)


class EnterpriseFactory(factory.django.DjangoModelFactory[Enterprise]):
    """A legal entity with a valid code."""

    class Meta:
        model = Enterprise

    name = factory.Sequence(lambda n: f"测试企业{n}有限公司")
    credit_code = factory.Sequence(credit_code)


class AccountFactory(factory.django.DjangoModelFactory[Account]):
    """An account verified as an enterprise, with its owner."""

    class Meta:
        model = Account
        skip_postgeneration_save = True

    username = factory.Sequence(lambda n: f"account{n}")
    email = factory.LazyAttribute(lambda account: f"{account.username}@example.com")
    name = factory.Sequence(lambda n: f"账号{n}")
    enterprise = factory.SubFactory(EnterpriseFactory)
    certified = Account.Certified.ENTERPRISE

    @factory.post_generation  # type: ignore[untyped-decorator]
    def owner(self: Any, create: bool, extracted: Any, **_kwargs: Any) -> None:
        if create and extracted is not False:
            Operator.objects.create(account=self, user=extracted or UserFactory.create(), role=Role.OWNER)


def make_user(**fields: Any) -> User:
    """An activated login."""
    return UserFactory.create(**fields)


def make_account(**fields: Any) -> Account:
    """Verified as its own new enterprise unless told otherwise."""
    if fields.get("certified", Account.Certified.ENTERPRISE) != Account.Certified.ENTERPRISE:
        fields.setdefault("enterprise", None)
    return AccountFactory.create(**fields)


def make_operator(account: Account, role: str = Role.VIEWER) -> User:
    """A person with this role in the account."""
    user = UserFactory.create()
    Operator.objects.create(account=account, user=user, role=role)
    return user


def owner_of(account: Account) -> User:
    """The account's first owner."""
    return User.objects.filter(operates__account=account, operates__role=Role.OWNER).order_by("pk")[0]


def acting(account: Account, user: User | None = None, door: Door = Door.CONSOLE) -> Actor:
    """The owner (or this person) in the console, on the account's behalf."""
    return Actor(door=door, user=user or owner_of(account), account=account)


def clear(user: User, purpose: str, binding: str = "", at: datetime | None = None) -> OneTimeCode:
    """As if the person had just typed the right code for this purpose and object."""
    moment = at or timezone.now()
    return OneTimeCode.objects.create(
        purpose=purpose,
        mobile=user.mobile or "",
        user=user,
        binding=binding,
        digest="x",
        sent_at=moment,
        expires_at=moment,
        accepted_by_provider=True,
        passed_at=moment,
    )


def make_invitation(
    manager: Account,
    member: Account,
    *,
    kind: str = Relationship.Kind.GROUP,
    points: Any = P1,
    inherits: Any = (),
    at: datetime | None = None,
    **more: Any,
) -> Invitation:
    """An open invitation, sent by the manager's owner through the service."""
    actor = acting(manager)
    clear(owner_of(manager), OneTimeCode.Purpose.INVITE, f"account:{manager.pk}", at)
    return send_invitation(
        actor=actor,
        manager=manager,
        identifier=member.username,
        kind=kind,
        terms=Terms.asked(points, inherits, more.pop("console", "")),
        now=at,
        **more,
    )


def make_relationship(manager: Account, member: Account, **fields: Any) -> Relationship:
    """An established one, invited and accepted through the services."""
    invitation = make_invitation(manager, member, **fields)
    return accept_invitation(
        actor=acting(member),
        invitation_id=invitation.pk,
        inherits=list(fields.get("inherits", ())),
        now=fields.get("at"),
    )
