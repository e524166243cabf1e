"""Taking over former account groups from the vendor's file."""

import re
from contextlib import nullcontext
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from accounts.models import Account, Event, Relationship
from accounts.permissions import ConsoleRole
from tests.factories import make_account, make_relationship

pytestmark = pytest.mark.usefixtures("cheap_hashes")
HEAD = "manager,member,console,points\n"


@pytest.fixture
def run(tmp_path):
    """Runs the command on these lines and answers its report; `refuses` says that it must end with an error."""

    def run(body, encoding="utf-8", *, refuses=False):
        file, report = tmp_path / "groups.csv", StringIO()
        file.write_bytes((HEAD + body).encode(encoding))
        with pytest.raises(CommandError) if refuses else nullcontext():
            call_command("import_account_groups", str(file), stdout=report)
        return report.getvalue().splitlines()

    return run


@pytest.mark.rule("K12.9")
def test_relations_console_access_and_directory_are_taken_over(run, manager, member, stranger):
    run("manager,member,yes,view_balance view_bills\nmanager,stranger@example.com,no,\n")
    with_access = Relationship.objects.get(member=member)
    assert (with_access.state, with_access.kind, with_access.origin) == ("established", "group", "migrated")
    assert (with_access.console_role, with_access.points) == (ConsoleRole.FORMER, ["view_balance", "view_bills"])
    assert with_access.folder == manager.folders.get()
    without = Relationship.objects.get(member=stranger)
    assert (without.console_role, without.folder) == (ConsoleRole.NONE, None)
    assert Event.objects.filter(kind="member.migrated").count() == 2


@pytest.mark.rule("K12.9")
def test_without_console_access_no_directory_is_opened(run, manager, member):
    run("manager,member,否,\n")
    assert not manager.folders.exists()


def test_repeating_a_file_changes_nothing(run, manager, member):
    run("manager,member,yes,\n")
    report = run("manager,member,yes,\n")
    assert Relationship.objects.count() == 1
    assert Event.objects.filter(kind__in=["member.migrated", "directory.opened"]).count() == 2
    assert "2" in report[0]


def test_good_lines_are_kept_and_wrong_ones_named_by_their_number(run, manager, member):
    make_account(username="person", certified=Account.Certified.INDIVIDUAL)
    body = (
        "manager,nobody,yes,\n"  # 2
        "manager,person,no,\n"  # 3
        "manager,member,perhaps,\n"  # 4
        "manager,member,no,fly\n"  # 5
        "manager,member,yes,view_balance\n"  # 6
        "manager,manager,no,\n"  # 7
    )
    report = run(body, refuses=True)
    assert len(report) == 7
    assert [re.findall(r"\d+", line)[0] for line in report if line.endswith(")")] == ["2", "3", "4", "5", "7"]
    assert Relationship.objects.get().member == member
    assert manager.folders.exists()


@pytest.mark.rule("K3.4")
def test_a_member_of_another_group_is_refused(run, manager, member, stranger):
    make_relationship(stranger, member)
    run("manager,member,yes,\n", refuses=True)
    assert not Relationship.objects.filter(manager=manager).exists()


def test_files_of_chinese_spreadsheets_are_read(run, manager, member):
    run("manager,member,是,\n", encoding="gb18030")
    assert Relationship.objects.get().console_role == ConsoleRole.FORMER


def test_a_file_without_the_columns_is_refused_whole(tmp_path, manager, member):
    file = tmp_path / "wrong.csv"
    file.write_text("a,b\nmanager,member\n")
    with pytest.raises(CommandError):
        call_command("import_account_groups", str(file))
    with pytest.raises(CommandError):
        call_command("import_account_groups", str(tmp_path / "missing.csv"))
