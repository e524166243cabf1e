"""The books' tables as parts of a set, for whatever backs it up, restores or deletes it."""

from kiscloud.books.models import (
    Balance,
    Books,
    BookUser,
    CashFlow,
    Employee,
    Line,
    Membership,
    Period,
    Subject,
    UserGroup,
    Voucher,
)
from kiscloud.models import AccountSet
from kiscloud.set_contents import add_part
from kiscloud.set_files.manifest import Person
from kiscloud.set_files.writing import add_people

PARTS = (
    Books,
    Period,
    Employee,
    UserGroup,
    BookUser,
    Membership,
    Subject,
    Balance,
    CashFlow,
    Voucher,
    Line,
)


def register() -> None:
    """From now on sets are made of them."""
    for model in PARTS:
        add_part(model)
    add_people(people_of)


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
