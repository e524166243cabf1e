"""Directories for tests: a few short words, and one as large as it gets."""

from django.utils import timezone

from accounts.models import Account, Folder, OneTimeCode, Relationship
from accounts.services import directory
from accounts.services.invitations import accept_invitation
from accounts.tree import load_tree
from tests.factories import acting, clear, owner_of


def add(manager, parent, name):
    return directory.create_folder(actor=acting(manager), account=manager, parent_id=parent.pk, name=name)


def place(manager, relationship, folder):
    return directory.place_member(
        actor=acting(manager), account=manager, relationship_id=relationship.pk, folder_id=folder.pk
    )


def invite(manager, member, folder, at=None):
    clear(owner_of(manager), OneTimeCode.Purpose.INVITE, f"account:{manager.pk}", at)
    return directory.invite_to_directory(
        actor=acting(manager), account=manager, identifier=member.username, folder_id=folder.pk, now=at
    )


def join(manager, member, folder):
    """The member is in the directory and has given console access."""
    return accept_invitation(actor=acting(member), invitation_id=invite(manager, member, folder).pk)


def seen(manager, **chosen):
    """The tree as a page draws it."""
    drawn = load_tree(manager, **chosen)
    assert drawn is not None
    return drawn


def grow(manager, root, *, folders, members):
    made = Folder.objects.bulk_create([Folder(owner=manager, parent=root, name=f"夹{n}") for n in range(folders)])
    accounts = Account.objects.bulk_create(
        [
            Account(
                username=f"bulk{n}",
                name=f"成员{n:04d}",
                enterprise=manager.enterprise,
                certified=Account.Certified.ENTERPRISE,
            )
            for n in range(members)
        ]
    )
    Relationship.objects.bulk_create(
        [
            Relationship(
                manager=manager,
                member=account,
                kind="group",
                state="established",
                established_at=timezone.now(),
                folder=made[n % folders] if n % 2 else root,
            )
            for n, account in enumerate(accounts)
        ]
    )
