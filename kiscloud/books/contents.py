"""The books as parts of a set: for whatever makes it, backs it up, restores or deletes it, and keeps its users."""

from kiscloud.books import earlier
from kiscloud.books.models import (
    Balance,
    Books,
    BookUser,
    CashFlow,
    Employee,
    Item,
    Line,
    Membership,
    Period,
    Subject,
    TemplateLine,
    UserGroup,
    Voucher,
    VoucherTemplate,
)
from kiscloud.books.services.demo_books import fill_demo
from kiscloud.books.services.people import (
    add_person,
    apps_granted,
    complete_groups,
    let_go,
    rename_person,
    set_administrator,
)
from kiscloud.books.services.set_up import create_books
from kiscloud.editions import Edition
from kiscloud.models import AccountSet, SetUser
from kiscloud.set_contents import add_part
from kiscloud.set_files.converting import add_steps
from kiscloud.set_files.manifest import Person
from kiscloud.set_files.writing import add_people
from kiscloud.set_moments import Moment, add_grants, during

PARTS = (
    Books,
    Period,
    Employee,
    UserGroup,
    BookUser,
    Membership,
    Item,
    Subject,
    Balance,
    CashFlow,
    Voucher,
    Line,
    VoucherTemplate,
    TemplateLine,
)
LATER = (Item, VoucherTemplate, TemplateLine)  # sets were backed up before there were any


def register() -> None:
    """From now on sets are made of them, and their users work in them."""
    for model in PARTS:
        add_part(model, later=model in LATER)
    add_people(people_of)
    add_steps(Edition.TRADE, earlier.STEPS)
    during(Moment.MADE, _make)
    during(Moment.RESTORED, _complete)
    during(Moment.DEMO, _fill)
    during(Moment.USER_ADDED, _add)
    during(Moment.USER_RENAMED, lambda set_user: rename_person(set_user=set_user))
    during(Moment.ADMIN_CHANGED, lambda set_user: set_administrator(set_user=set_user))
    during(Moment.USER_REMOVED, lambda set_user: let_go(set_user=set_user))
    add_grants(lambda set_user: apps_granted(set_user=set_user))


def _make(account_set: AccountSet) -> None:
    create_books(account_set=account_set)


def _fill(account_set: AccountSet) -> None:
    fill_demo(account_set=account_set)


def _complete(account_set: AccountSet) -> None:
    complete_groups(account_set=account_set)


def _add(set_user: SetUser) -> None:
    add_person(set_user=set_user)


def people_of(account_set: AccountSet) -> list[Person]:
    """Everybody inside the set's books, as a restore asks of them (S17.12)."""
    users = BookUser.objects.filter(account_set=account_set).select_related("employee", "set_user__user")
    return [
        Person(
            name=user.name,
            employee=user.employee.name if user.employee else "",
            mobile=user.set_user.user.mobile or "" if user.set_user else "",
        )
        for user in users.order_by("pk")
    ]
