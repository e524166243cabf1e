"""Who is where, and what clients ask for: rows for the table of addresses."""

import io
from datetime import datetime
from typing import Any

from django.utils import timezone

from accounts.actors import Actor, Door
from accounts.models import User
from kiscloud.models import AccountSet, Device, PrivateServer, Release, Seat
from kiscloud.services.drive import store_file
from kiscloud.services.seats import enter_set


def released(version: str = "9.0.1", *, platform: str = "windows", channel: str = "stable", **more: Any) -> Release:
    """A published version, kept by an app store unless it has a file."""
    fields = {"released_at": timezone.now(), **({} if "file" in more else {"address": "https://example.com/app"})}
    return Release.objects.create(platform=platform, channel=channel, version=version, **{**fields, **more})


def sit(user: User, account_set: AccountSet, *, pc: str = "pc-1", name: str = "", now: datetime | None = None) -> Seat:
    """The person is in the set."""
    fields = {"platform": "windows", "name": name}
    device = Device.objects.get_or_create(user=user, installation=pc, defaults=fields)[0]
    return enter_set(actor=Actor(door=Door.API, user=user), set_id=account_set.pk, device=device, now=now)


def set_seats(admin: User, member: User, account_set: AccountSet) -> dict[str, int]:
    """A member in a set, a private cloud of its product, a release, and a file of the administrator."""
    seat = sit(member, account_set)
    own = Device.objects.create(user=admin, installation="pc-1", platform="mac")
    server = PrivateServer.objects.create(subscription=account_set.subscription, cloud_id="P000000001", digest="0" * 64)
    actor = Actor(door=Door.CONSOLE, user=admin)
    file = store_file(actor=actor, name="a.txt", content=io.BytesIO(b"a"))
    return {"seat": seat.pk, "device": own.pk, "server": server.pk, "release": released().pk, "drive_file": file.pk}
