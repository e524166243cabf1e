"""Support staff for tests: a login with a second factor, in a browser that has shown its code."""

from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import User
from accounts.services.second_factor import new_key, unsaved_device
from tests.factories import UserFactory


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
