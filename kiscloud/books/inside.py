"""Who somebody is in a set, with the set, its product and books: every page of the books and every act in them asks it.

One statement, written once: the ORM would compose the same join of eight tables anew for each page, which costs more
than the database takes to answer it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, Final, NamedTuple

from django.db import connection, models

from accounts.models import Account, User
from config.copying import fetch_prepared
from kiscloud.books.models import Books, BookUser
from kiscloud.books.rights import ADMINISTRATORS
from kiscloud.models import AccountSet, Company, SetUser, Subscription

_PARTS: Final[Sequence[tuple[str, type[models.Model]]]] = (
    ("u", BookUser),
    ("s", AccountSet),
    ("b", Books),
    ("p", Subscription),
    ("c", Company),
    ("a", Account),
)
_COLUMNS: Final = ", ".join(f'{name}."{field.column}"' for name, of in _PARTS for field in of._meta.concrete_fields)
_INSIDE: Final = f"""
SELECT {_COLUMNS},
       EXISTS (SELECT FROM books_membership m JOIN books_usergroup g ON g.id = m.group_id
               WHERE m.user_id = u.id AND g.key = '{ADMINISTRATORS}'),
       ARRAY(SELECT unnest(g.rights) FROM books_membership m JOIN books_usergroup g ON g.id = m.group_id
             WHERE m.user_id = u.id)
FROM kiscloud_accountset s
JOIN kiscloud_setuser t ON t.account_set_id = s.id AND t.user_id = %(person)s AND t.state = '{SetUser.State.ENABLED}'
JOIN books_bookuser u ON u.set_user_id = t.id AND u.account_set_id = s.id
JOIN books_books b ON b.account_set_id = s.id
JOIN kiscloud_subscription p ON p.id = s.subscription_id AND p.deleted_at IS NULL AND p.purged_at IS NULL
JOIN kiscloud_company c ON c.id = p.company_id
JOIN accounts_account a ON a.id = c.account_id
WHERE s.number = %(number)s AND s.state = '{AccountSet.State.READY}'
"""  # noqa: S608  # nothing of it comes from outside


class Inside(NamedTuple):
    """The person, who knows set, books, product, company and its account; and what the groups give."""

    user: BookUser
    is_admin: bool
    rights: list[str]


def inside(*, person: User, number: str) -> Inside | None:
    """The person in the ready set of this number, if an administrator has added and nobody disabled them since."""
    row = fetch_prepared(_INSIDE, {"person": person.pk, "number": number})
    if row is None:
        return None
    *values, is_admin, rights = row
    user, account_set, books, product, company, account = _made(values)
    company.account = account
    product.company = company
    account_set.subscription = product
    books.account_set = account_set
    user.account_set = account_set
    return Inside(user, is_admin, rights)


def _made(values: Sequence[Any]) -> list[Any]:
    """An instance of each part, as if the ORM had read it."""
    found, start = [], 0
    for names, model, conversions in _shapes():
        cells = list(values[start : start + len(names)])
        for place, convert in conversions:
            cells[place] = convert(cells[place], None, connection)
        found.append(model.from_db(connection.alias, names, cells))
        start += len(names)
    return found


@cache
def _shapes() -> list[tuple[list[str], type[models.Model], list[tuple[int, Any]]]]:
    """Of each part: the names of its fields, itself, and what turns a cell into a value where that is not the same."""
    shapes = []
    for _name, model in _PARTS:
        fields: Sequence[Any] = model._meta.concrete_fields
        conversions = [
            (place, convert) for place, field in enumerate(fields) for convert in field.get_db_converters(connection)
        ]
        shapes.append(([field.attname for field in fields], model, conversions))
    return shapes
