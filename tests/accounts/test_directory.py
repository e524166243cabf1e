"""The resource directory, through its services."""

import pytest

from accounts import policy
from accounts.actors import Actor, Door, NotInMemberConsole
from accounts.models import Account, Event, Folder, OneTimeCode, Operator, Relationship, User
from accounts.permissions import P1, ConsoleRole, Role
from accounts.services import directory
from accounts.services.codes import CodeNeeded
from accounts.services.invitations import accept_invitation
from accounts.services.relationships import request_change
from accounts.terms import Terms
from config.errors import DomainError, InputError, NotAllowed, NotFound
from tests.accounts.trees import add, invite, join, place, seen
from tests.factories import acting, clear, make_account, make_invitation, make_operator, make_relationship, owner_of

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def root(manager):
    return directory.open_directory(actor=acting(manager), account=manager)


@pytest.mark.rule("K13.1")
def test_opening_makes_the_top_folder_once(manager, root):
    again = directory.open_directory(actor=acting(manager), account=manager)
    assert (again, root.parent, root.name) == (root, None, manager.name)
    assert Event.objects.filter(kind="directory.opened").count() == 1


@pytest.mark.rule("K2.2")
def test_only_an_enterprise_has_a_directory(db):
    person = make_account(certified=Account.Certified.INDIVIDUAL)
    with pytest.raises(DomainError):
        directory.open_directory(actor=acting(person), account=person)


@pytest.mark.rule("K13.1")
def test_folders_nest_as_deep_as_the_policy_says(manager, root):
    folder = root
    for level in range(policy.FOLDER_DEPTH_MAX - 1):
        folder = add(manager, folder, f"第{level}级")
    with pytest.raises(InputError) as refused:
        add(manager, folder, "太深")
    assert refused.value.field == "name"


def test_siblings_have_different_names(manager, root):
    add(manager, root, "华东")
    with pytest.raises(InputError):
        add(manager, root, "华东")
    assert add(manager, add(manager, root, "华南"), "华东")


@pytest.mark.rule("K13.1")
def test_a_folder_moves_with_everything_but_never_below_itself(manager, root):
    top, other = add(manager, root, "一"), add(manager, root, "二")
    below = add(manager, top, "下")
    for target in (top, below):
        with pytest.raises(InputError):
            directory.move_folder(actor=acting(manager), account=manager, folder_id=top.pk, parent_id=target.pk)
    directory.move_folder(actor=acting(manager), account=manager, folder_id=top.pk, parent_id=other.pk)
    assert Folder.objects.filter(pk=below.pk, parent=top, parent__parent=other).exists()


def test_a_folder_cannot_be_moved_too_deep_with_what_it_holds(manager, root):
    deep = root
    for level in range(policy.FOLDER_DEPTH_MAX - 2):
        deep = add(manager, deep, f"第{level}级")
    pair = add(manager, root, "两层")
    add(manager, pair, "内层")
    with pytest.raises(InputError):
        directory.move_folder(actor=acting(manager), account=manager, folder_id=pair.pk, parent_id=deep.pk)


def test_the_top_is_neither_moved_nor_deleted(manager, root):
    folder = add(manager, root, "一")
    with pytest.raises(InputError):
        directory.move_folder(actor=acting(manager), account=manager, folder_id=root.pk, parent_id=folder.pk)
    directory.delete_folder(actor=acting(manager), account=manager, folder_id=folder.pk)
    with pytest.raises(DomainError):
        directory.delete_folder(actor=acting(manager), account=manager, folder_id=root.pk)


def test_only_an_empty_folder_is_deleted(manager, member, root):
    folder = add(manager, root, "一")
    place(manager, make_relationship(manager, member), folder)
    with pytest.raises(DomainError):
        directory.delete_folder(actor=acting(manager), account=manager, folder_id=folder.pk)
    assert Folder.objects.filter(pk=folder.pk).exists()


def test_renaming_keeps_what_is_inside(manager, root):
    folder = add(manager, root, "一")
    add(manager, folder, "里面")
    directory.rename_folder(actor=acting(manager), account=manager, folder_id=folder.pk, name="  改名 ")
    folder.refresh_from_db()
    assert (folder.name, folder.children.count()) == ("改名", 1)


def test_folders_of_others_do_not_exist(manager, stranger, root):
    theirs = directory.open_directory(actor=acting(stranger), account=stranger)
    with pytest.raises(NotFound):
        add(manager, theirs, "偷")
    with pytest.raises(NotFound):
        directory.create_folder(actor=acting(manager), account=stranger, parent_id=theirs.pk, name="偷")


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_only_owners_change_the_tree(manager, root, role):
    actor = acting(manager, make_operator(manager, role))
    with pytest.raises(NotAllowed):
        directory.create_folder(actor=actor, account=manager, parent_id=root.pk, name="一")
    with pytest.raises(NotAllowed):
        directory.open_directory(actor=actor, account=manager)


@pytest.mark.rule("K13.1")
def test_partners_have_no_place_in_the_tree(manager, member, root):
    partner = make_relationship(manager, member, kind="partner")
    with pytest.raises(NotFound):
        place(manager, partner, root)
    assert seen(manager).accounts == 0


@pytest.mark.rule("K12.7", "K13.3", "K13.4")
def test_inviting_asks_for_console_access_and_for_no_financial_permission(manager, member, root):
    folder = add(manager, root, "华东")
    invitation = invite(manager, member, folder)
    assert (invitation.points, invitation.inherits) == ([], [])
    assert invitation.console_role == ConsoleRole.ADMINISTRATOR
    relationship = accept_invitation(actor=acting(member), invitation_id=invitation.pk)
    assert (relationship.console_role, relationship.points) == (ConsoleRole.ADMINISTRATOR, [])
    assert relationship.folder == folder


@pytest.mark.rule("K12.4", "K12.7")
def test_enterprise_finance_cannot_ask_for_console_access(manager, member):
    with pytest.raises(InputError):
        make_invitation(manager, member, console=ConsoleRole.ADMINISTRATOR)
    assert not Relationship.objects.exists()


@pytest.mark.rule("K12.8")
def test_a_change_in_enterprise_finance_leaves_console_access(manager, member, root):
    relationship = join(manager, member, root)
    clear(owner_of(manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{relationship.pk}")
    asked = Terms.asked(P1, console=ConsoleRole.NONE)
    request_change(actor=acting(manager), relationship_id=relationship.pk, terms=asked)
    relationship = accept_invitation(actor=acting(member), invitation_id=relationship.invitations.open().get().pk)
    assert relationship.console_role == ConsoleRole.ADMINISTRATOR
    assert set(relationship.points) == P1


@pytest.mark.rule("K4.1")
def test_inviting_needs_a_code_and_leaves_nothing_without_one(manager, member, root):
    with pytest.raises(CodeNeeded):
        directory.invite_to_directory(
            actor=acting(manager), account=manager, identifier=member.username, folder_id=root.pk
        )
    assert not Relationship.objects.exists()


@pytest.mark.rule("K12.8", "K13.4")
def test_changing_console_access_leaves_the_financial_permissions(manager, member, root):
    relationship = make_relationship(manager, member, points=P1)
    clear(owner_of(manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{relationship.pk}")
    asked = Terms(console_role=ConsoleRole.ADMINISTRATOR)
    request_change(actor=acting(manager), relationship_id=relationship.pk, terms=asked, door="directory")
    change = relationship.invitations.open().get()
    relationship = accept_invitation(actor=acting(member), invitation_id=change.pk)
    assert relationship.console_role == ConsoleRole.ADMINISTRATOR
    assert set(relationship.points) == P1


@pytest.mark.rule("K13.2")
def test_a_resource_account_has_nobody_who_could_log_in(manager, root):
    relationship = directory.create_resource_account(
        actor=acting(manager), account=manager, folder_id=root.pk, username="prod-env", name="生产环境"
    )
    account = relationship.member
    assert (account.kind, account.enterprise) == (Account.Kind.RESOURCE, manager.enterprise)
    assert not Operator.objects.filter(account=account).exists()
    assert User.objects.by_identifier("prod-env") is None
    assert relationship.console_role == ConsoleRole.ADMINISTRATOR
    assert relationship.folder == root


@pytest.mark.rule("K12.6", "K13.3")
def test_an_owner_enters_a_members_console_and_both_sides_can_read_it(manager, member, root):
    relationship = join(manager, member, root)
    directory.enter_member(actor=acting(manager), account=manager, relationship_id=relationship.pk)
    event = Event.objects.get(kind="member.entered")
    assert (event.account, event.counterpart) == (manager, member)
    assert directory.entered_by(user=owner_of(manager), relationship_id=relationship.pk) == relationship


@pytest.mark.rule("K13.3")
def test_without_the_members_consent_nobody_enters(manager, member, root):
    relationship = make_relationship(manager, member)
    with pytest.raises(DomainError):
        directory.enter_member(actor=acting(manager), account=manager, relationship_id=relationship.pk)
    assert directory.entered_by(user=owner_of(manager), relationship_id=relationship.pk) is None


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_only_owners_enter(manager, member, root, role):
    relationship = join(manager, member, root)
    person = make_operator(manager, role)
    with pytest.raises(NotAllowed):
        directory.enter_member(actor=acting(manager, person), account=manager, relationship_id=relationship.pk)
    assert directory.entered_by(user=person, relationship_id=relationship.pk) is None


@pytest.mark.rule("K13.4")
def test_from_a_members_console_its_directory_is_out_of_reach(manager, member, root):
    relationship = join(manager, member, root)
    inside = Actor(door=Door.CONSOLE, user=owner_of(manager), account=member, through=relationship)
    with pytest.raises(NotInMemberConsole):
        directory.open_directory(actor=inside, account=member)


@pytest.mark.rule("K12.9")
def test_members_of_the_former_group_bring_the_directory_with_them(manager, member, stranger):
    with_access, without = make_relationship(manager, member), make_relationship(manager, stranger)
    Relationship.objects.filter(pk=with_access.pk).update(console_role=ConsoleRole.FORMER)
    root = directory.synchronise_directory(actor=acting(manager), account=manager)
    with_access.refresh_from_db()
    without.refresh_from_db()
    assert root == manager.folders.get(parent=None)
    assert (with_access.folder, with_access.console_role) == (root, ConsoleRole.FORMER)
    assert without.folder is None


@pytest.mark.rule("K12.9")
def test_without_console_access_no_directory_opens_by_itself(manager, member):
    make_relationship(manager, member)
    assert directory.synchronise_directory(actor=acting(manager), account=manager) is None
    assert not manager.folders.exists()


@pytest.mark.rule("K12.9")
def test_access_of_the_former_group_lets_enter_and_can_be_raised(manager, member, root):
    relationship = make_relationship(manager, member)
    Relationship.objects.filter(pk=relationship.pk).update(console_role=ConsoleRole.FORMER)
    directory.enter_member(actor=acting(manager), account=manager, relationship_id=relationship.pk)
    clear(owner_of(manager), OneTimeCode.Purpose.CHANGE_PERMISSIONS, f"relationship:{relationship.pk}")
    asked = Terms(console_role=ConsoleRole.ADMINISTRATOR)
    request_change(actor=acting(manager), relationship_id=relationship.pk, terms=asked, door="directory")
    relationship.refresh_from_db()
    assert relationship.console_role == ConsoleRole.FORMER  # kept while the member thinks about it
    accept_invitation(actor=acting(member), invitation_id=relationship.invitations.open().get().pk)
    relationship.refresh_from_db()
    assert relationship.console_role == ConsoleRole.ADMINISTRATOR
