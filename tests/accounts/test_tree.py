"""The picture that pages draw of a directory, whatever its size."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from accounts import policy, tree
from accounts.services import directory
from accounts.tree import folder_choices
from tests.accounts.trees import add, grow, invite, join, seen
from tests.factories import acting, make_relationship

pytestmark = pytest.mark.usefixtures("cheap_hashes")


@pytest.fixture
def root(manager):
    return directory.open_directory(actor=acting(manager), account=manager)


def test_the_tree_counts_and_sorts_what_is_in_it(manager, member, stranger, root):
    east, west = add(manager, root, "B东"), add(manager, root, "A西")
    join(manager, member, add(manager, east, "内"))
    make_relationship(manager, stranger)
    shown = seen(manager)
    assert [branch.folder for branch in shown.root.children] == [west, east]
    assert [branch.total for branch in shown.root.children] == [0, 1]
    assert (shown.folders, shown.accounts, shown.enterable) == (3, 2, 1)
    assert [row.member for row in shown.unplaced.accounts] == [stranger]


def test_an_expired_invitation_leaves_the_tree(manager, member, root):
    now = timezone.now()
    invite(manager, member, root, at=now - policy.INVITATION_LIFE)
    assert seen(manager).accounts == 0
    invite(manager, member, root)
    assert seen(manager).accounts == 1


def test_searching_finds_accounts_and_folders_and_leaves_the_rest_out(manager, member, root):
    east = add(manager, root, "华东")
    add(manager, root, "华南")
    join(manager, member, east)
    by_account = seen(manager, query="分公")
    assert [branch.folder for branch in by_account.root.children] == [east]
    assert by_account.found == 1
    assert [branch.folder.name for branch in seen(manager, query="南").root.children] == ["华南"]
    by_folder = seen(manager, query="华东").root.children[0]
    assert [row.member for row in by_folder.accounts] == [member]  # a folder that is found shows what it holds
    assert seen(manager, query="不存在").found == 0


def test_a_folder_is_offered_as_a_target_with_its_depth_but_never_its_own_inside(manager, root):
    east = add(manager, root, "华东")
    add(manager, east, "上海")
    assert [name.count("\u3000") for _pk, name in folder_choices(manager)] == [0, 1, 2]
    assert [pk for pk, _name in folder_choices(manager, but_below=east.pk)] == [root.pk]


def test_three_queries_read_the_largest_directory(manager, root):
    grow(manager, root, folders=policy.FOLDERS_MAX - 1, members=1000)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        shown = seen(manager)
    assert len(queries) <= 3
    assert (shown.folders, shown.accounts, shown.root.total) == (policy.FOLDERS_MAX - 1, 1000, 1000)
    drawn = sum(len(branch.accounts) for branch in shown.shown)
    assert drawn <= tree.DRAWN_MAX
    assert drawn + sum(branch.more for branch in shown.shown) == 1000


def test_a_full_folder_is_paged_to_its_last_account(manager, root):
    grow(manager, root, folders=1, members=240)
    pages = [seen(manager, folder_id=root.pk, page=number).root for number in (1, 2, 3, 4)]
    assert [bool(branch.pages and branch.pages.next) for branch in pages] == [True, True, False, False]
    read = [row.pk for branch in pages[:3] for row in branch.accounts]
    assert len(read) == len(set(read)) == 120


def test_who_has_not_agreed_is_found_by_the_whole_user_name_only(manager, member, root):
    invite(manager, member, root)
    assert [seen(manager, query=words).found for words in (member.name, member.number, "membe", "MEMBER")] == [
        0,
        0,
        0,
        1,
    ]
