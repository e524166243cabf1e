"""The tables of a set's books, one noun a module."""

from kiscloud.books.models.item import Item, ItemKind
from kiscloud.books.models.people import BookUser, Employee, Membership, UserGroup
from kiscloud.books.models.set_up import Books, Period
from kiscloud.books.models.subject import Balance, CashFlow, Category, Side, Subject
from kiscloud.books.models.template import TemplateLine, VoucherTemplate
from kiscloud.books.models.voucher import Line, Voucher, Word

__all__ = [
    "Balance",
    "BookUser",
    "Books",
    "CashFlow",
    "Category",
    "Employee",
    "Item",
    "ItemKind",
    "Line",
    "Membership",
    "Period",
    "Side",
    "Subject",
    "TemplateLine",
    "UserGroup",
    "Voucher",
    "VoucherTemplate",
    "Word",
]
