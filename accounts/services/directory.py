"""The resource directory: folders, members' places, resource accounts, console access (K12.5–K12.9, K13).

It never touches money or financial permissions (K13.4).
"""

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import policy
from accounts.actors import Actor, NotInMemberConsole, require
from accounts.cleaning import cleaned
from accounts.events import record
from accounts.locks import lock_accounts, lock_name
from accounts.models import Account, Folder, Invitation, Relationship, User
from accounts.models.relationship import RelationshipQuerySet
from accounts.names import clean_name
from accounts.permissions import ConsoleRole, Right
from accounts.services.invitations import send_invitation
from accounts.services.relationships import link_registered
from accounts.services.signup import create_account
from accounts.targets import GROUP_GRAPH, NO_MANAGER, unfit_manager
from accounts.terms import Terms
from config.errors import DomainError, InputError, NotFound
from config.transactions import atomic


class DirectoryNotOpen(DomainError):
    """There is no tree yet."""

    code = "directory_not_open"
    sentence = _("Open the resource directory first.")


@atomic
def open_directory(*, actor: Actor, account: Account) -> Folder:
    """The account has a directory with its root folder; opening it again changes nothing. Locks the account."""
    require(actor, Right.MANAGE_DIRECTORY, account)
    account = lock_accounts(account.pk)[account.pk]
    if not account.is_enterprise:
        raise DomainError(NO_MANAGER.sentence)
    root, created = Folder.objects.get_or_create(owner=account, parent=None, defaults={"name": account.name[:60]})
    if created:
        record("directory.opened", actor=actor, account=account, subject=root)
    return root


@atomic
def create_folder(*, actor: Actor, account: Account, parent_id: int, name: str) -> Folder:
    """A folder below the parent, at most five levels deep (K13.1). Locks the account."""
    require(actor, Right.MANAGE_DIRECTORY, account)
    lock_accounts(account.pk)
    parent = _folder(account, parent_id)
    if len(parent.ancestors()) >= policy.FOLDER_DEPTH_MAX:
        raise InputError("name", _("Folders can be nested %(limit)s levels deep."), limit=policy.FOLDER_DEPTH_MAX)
    if account.folders.count() >= policy.FOLDERS_MAX:
        raise InputError("name", _("A directory has at most %(limit)s folders."), limit=policy.FOLDERS_MAX)
    folder = Folder.objects.create(owner=account, parent=parent, name=_free_name(parent, name))
    record("folder.created", actor=actor, account=account, subject=folder, name=folder.name)
    return folder


@atomic
def rename_folder(*, actor: Actor, account: Account, folder_id: int, name: str) -> Folder:
    """The folder has the new name, unique beside its siblings. Locks the account."""
    require(actor, Right.MANAGE_DIRECTORY, account)
    lock_accounts(account.pk)
    folder = _folder(account, folder_id)
    folder.name = _free_name(folder.parent, name, but=folder)
    folder.save(update_fields=["name"])
    record("folder.renamed", actor=actor, account=account, subject=folder, name=folder.name)
    return folder


@atomic
def move_folder(*, actor: Actor, account: Account, folder_id: int, parent_id: int) -> Folder:
    """The folder with all below it hangs under the new parent; never under itself. Locks the account."""
    require(actor, Right.MANAGE_DIRECTORY, account)
    lock_accounts(account.pk)
    folder, parent = _folder(account, folder_id), _folder(account, parent_id)
    if folder.parent_id is None:
        raise InputError("parent", _("The top of the directory cannot be moved."))
    if folder in parent.ancestors():
        raise InputError("parent", _("A folder cannot be moved into itself or below itself."))
    if len(parent.ancestors()) + _height(folder) > policy.FOLDER_DEPTH_MAX:
        raise InputError("parent", _("Folders can be nested %(limit)s levels deep."), limit=policy.FOLDER_DEPTH_MAX)
    _free_name(parent, folder.name, but=folder)
    folder.parent = parent
    folder.save(update_fields=["parent"])
    record("folder.moved", actor=actor, account=account, subject=folder, to=parent.name)
    return folder


@atomic
def delete_folder(*, actor: Actor, account: Account, folder_id: int) -> None:
    """An empty folder is gone. Locks the account."""
    require(actor, Right.MANAGE_DIRECTORY, account)
    lock_accounts(account.pk)
    folder = _folder(account, folder_id)
    if folder.parent_id is None:
        raise DomainError(_("The top of the directory cannot be deleted."))
    if folder.children.exists() or folder.placements.in_force().exists():
        raise DomainError(_("This folder is not empty. Move its folders and accounts elsewhere first."))
    name = folder.name
    folder.placements.update(folder=None)
    folder.delete()
    record("folder.deleted", actor=actor, account=account, name=name)


@atomic
def invite_to_directory(
    *,
    actor: Actor,
    account: Account,
    identifier: str,
    folder_id: int,
    remark: str = "",
    now: datetime | None = None,
) -> Invitation:
    """A group invitation that asks for console access and for no financial permission (K12.7, K13.3, K13.4).

    The account already has its place in the folder, shown as confirming until it accepts. Locks both accounts.
    """
    folder = _folder(account, folder_id)
    invitation = send_invitation(
        actor=actor,
        manager=account,
        identifier=identifier,
        kind=Relationship.Kind.GROUP,
        terms=Terms(console_role=ConsoleRole.ADMINISTRATOR),
        remark=remark,
        door=Invitation.Door.DIRECTORY,
        now=now,
    )
    place_member(actor=actor, account=account, relationship_id=invitation.relationship_id, folder_id=folder.pk)
    return invitation


@atomic
def place_member(*, actor: Actor, account: Account, relationship_id: int, folder_id: int) -> Relationship:
    """The member, invited or linked, stands in this folder of the manager's directory. Locks account and
    relationship."""
    require(actor, Right.MANAGE_DIRECTORY, account)
    lock_accounts(account.pk)
    folder = _folder(account, folder_id)
    members = Relationship.objects.live().filter(manager=account, kind=Relationship.Kind.GROUP)
    relationship = members.select_for_update().filter(pk=relationship_id).first()
    if relationship is None:
        raise NotFound()
    relationship.folder = folder
    relationship.save(update_fields=["folder"])
    record("member.placed", actor=actor, account=account, subject=relationship, folder=folder.name)
    return relationship


@atomic
def create_resource_account(
    *, actor: Actor, account: Account, folder_id: int, username: str, name: str, now: datetime | None = None
) -> Relationship:
    """A container without a log-in of its own, in the manager's group, entered through the directory (K13.2)."""
    require(actor, Right.MANAGE_DIRECTORY, account)
    lock_name(GROUP_GRAPH)
    account = lock_accounts(account.pk)[account.pk]
    folder = _folder(account, folder_id)
    if (problem := unfit_manager(account)) is not None:
        raise DomainError(problem.sentence)
    member = create_account(
        username=username, name=name, owner=None, enterprise=account.enterprise, kind=Account.Kind.RESOURCE
    )
    terms = Terms(console_role=ConsoleRole.ADMINISTRATOR)
    at = now or timezone.now()
    relationship = link_registered(actor=actor, manager=account, member=member, terms=terms, at=at)
    relationship.folder = folder
    relationship.save(update_fields=["folder"])
    record("member.registered", actor=actor, account=account, counterpart=member, subject=relationship, at=at)
    return relationship


@atomic
def enter_member(*, actor: Actor, account: Account, relationship_id: int) -> Relationship:
    """The administrator may act in the member's console as long as the relationship lasts (K12.6, K13.3).

    Both sides see in their logs that it happened.
    """
    require(actor, Right.ENTER_MEMBERS, account)
    if actor.through is not None:
        raise NotInMemberConsole()
    relationship = _group_members(account).select_related("member").filter(pk=relationship_id).first()
    if relationship is None:
        raise NotFound()
    if relationship.console_role == ConsoleRole.NONE:
        raise DomainError(_("This account has not given you access to its console. Ask for it first."))
    record("member.entered", actor=actor, account=account, counterpart=relationship.member, subject=relationship)
    return relationship


@atomic
def synchronise_directory(*, actor: Actor, account: Account) -> Folder | None:
    """After the split of the former account group: where members gave console access, the directory is opened and
    they stand in it with that access unchanged (K12.9). Without such members nothing happens."""
    members = _group_members(account).exclude(console_role=ConsoleRole.NONE)
    if not members.exists():
        return None
    root = open_directory(actor=actor, account=account)
    for relationship in members.select_for_update().filter(folder=None):
        relationship.folder = root
        relationship.save(update_fields=["folder"])
    return root


def entered_by(*, user: User, relationship_id: int) -> Relationship | None:
    """The relationship through which this person stands in a member's console, if that still holds now."""
    return (
        Relationship.objects.in_force()
        .exclude(console_role=ConsoleRole.NONE)
        .select_related("member__enterprise", "manager")
        .filter(pk=relationship_id, manager__operators__user=user, manager__operators__role="owner")
        .first()
    )


def _group_members(account: Account) -> RelationshipQuerySet:
    return Relationship.objects.in_force().filter(manager=account, kind=Relationship.Kind.GROUP)


def _folder(account: Account, folder_id: int) -> Folder:
    folder = account.folders.filter(pk=folder_id).first()
    if folder is None:
        if not account.folders.exists():
            raise DirectoryNotOpen()
        raise NotFound()
    return folder


def _free_name(parent: Folder | None, name: str, *, but: Folder | None = None) -> str:
    wanted = cleaned("name", lambda text: clean_name(text, max_length=60), name)
    siblings = Folder.objects.filter(parent=parent, name=wanted) if parent else Folder.objects.none()
    if (siblings.exclude(pk=but.pk) if but else siblings).exists():
        raise InputError("name", _("There is already a folder with this name here."))
    return wanted


def _height(folder: Folder) -> int:
    return 1 + max((_height(child) for child in folder.children.all()), default=0)
