"""Support staff for tests: a login with a second factor, in a browser that has shown its code."""

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import Delivery, Event, Message, Session, User, WithheldPoint
from accounts.permissions import P1, P2
from accounts.services.certifications import submit_enterprise
from accounts.services.directory import open_directory
from accounts.services.second_factor import new_key, unsaved_device
from config.models import Job
from tests.accounts.api_client import make_key
from tests.factories import UserFactory, acting, credit_code, make_account, make_invitation, make_relationship

WITHHELD = [(kind, point.value) for kind in ("group", "partner") for point in sorted(P2 - P1)]


def make_staff(*rights: str, superuser: bool = False, device: bool = True, **fields: Any) -> User:
    """A member of staff with these rights (`view_account`), and with an authenticator app."""
    user: Any = UserFactory(is_staff=True, is_superuser=superuser, **fields)
    found = Permission.objects.filter(codename__in=rights)
    assert found.count() == len(rights)
    user.user_permissions.set(found)
    if device:
        unsaved_device(user=user, key=new_key()).save(force_insert=True)
    return User.objects.get(pk=user.pk)


def staff_browser(user: User) -> Client:
    """A browser in which this member of staff is logged in and has passed the second factor."""
    client = Client()
    client.force_login(user)
    session = client.session
    session["otp_device_id"] = TOTPDevice.objects.get(user=user).persistent_id
    session.save()
    return client


def put_one_of_each(number: int = 1) -> None:
    """A row of every kind."""
    account = make_account()
    make_relationship(account, make_account(), kind="partner")
    invitation = make_invitation(account, make_account(), kind="partner")
    make_key(account)
    open_directory(actor=acting(account), account=account)
    applicant = make_account(certified="no")
    submit_enterprise(
        actor=acting(applicant),
        account=applicant,
        name=f"新企业{number}有限公司",
        credit_code=credit_code(900_000 + number),
    )
    event = Event.objects.filter(subject_id=invitation.pk, kind="invitation.sent").get()
    Delivery.objects.create(event=event, letter="invitation", channel="mail", target="a***@b.cn", account=account)
    Message.objects.create(kind="system", title=f"维护{number}", body="…")
    kind, point = WITHHELD[number % len(WITHHELD)]
    WithheldPoint.objects.get_or_create(kind=kind, point=point)
    Job.objects.create(kind="config.tidy")


def pages(model: Any) -> Iterator[str]:
    """The addresses of this kind of row in the admin."""
    name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
    yield reverse(f"{name}_changelist")
    row = model.objects.order_by("-pk").first()
    if row is not None and model is not Session:
        yield reverse(f"{name}_change", args=[row.pk])
        yield reverse(f"{name}_history", args=[row.pk])
