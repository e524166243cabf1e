"""Books for tests, people in them, and short ways to write vouchers."""

from datetime import date
from decimal import Decimal
from typing import Any

from accounts.actors import Actor
from accounts.models import User
from kiscloud.books.entries import Entry, Header
from kiscloud.books.models import Voucher
from kiscloud.books.services.openings import Key, Opening, enter_openings, finish_openings
from kiscloud.books.services.people import add_person, change_groups, place_of
from kiscloud.books.services.posting import audit_vouchers, post_vouchers
from kiscloud.books.services.set_up import create_books
from kiscloud.books.services.vouchers import save_voucher
from kiscloud.models import AccountSet, SetUser, Subscription
from kiscloud.set_parameters import Parameters
from tests.factories import make_user
from tests.kiscloud.kis import active, make_company, make_set, person

MONTH = 202603


class Office:
    """A set with books: Zhou makes vouchers, Wu audits and posts; both are administrators of the set."""

    def __init__(self, *, product: Subscription | None = None, **parameters: Any) -> None:
        self.makers_user, self.auditors_user = make_user(), make_user()
        self.product = product or active(make_company(self.makers_user))
        self.set: AccountSet = make_set(self.product, self.makers_user, self.auditors_user)
        self.set.parameters = Parameters(**{"company": "示例商贸", "start_month": MONTH, **parameters}).stored
        self.set.save(update_fields=["parameters"])
        self.books = create_books(account_set=self.set)
        for set_user in self.set.users.all():
            set_user.is_admin = True
            set_user.save(update_fields=["is_admin"])
            add_person(set_user=set_user)

    april, december = date(2026, 4, 3), date(2026, 12, 3)

    @property
    def maker(self) -> Actor:
        return person(self.makers_user)

    @property
    def auditor(self) -> Actor:
        return person(self.auditors_user)

    def open(self, **openings: str) -> "Office":
        """Opening balances by code (`s1405="5000"`), on each subject's own side; then the books are open."""
        if openings:
            figures: dict[Key, Opening] = {
                code[1:]: Opening(balance=Decimal(amount)) for code, amount in openings.items()
            }
            enter_openings(actor=self.maker, account_set=self.set, openings=figures)
        finish_openings(actor=self.maker, account_set=self.set)
        return self

    def header(self, day: date | None = None, word: str = "记") -> Header:
        return Header(day or date(2026, 3, 5), word)

    def write(self, *lines: tuple[str, str, str], day: date | None = None, **more: Any) -> Voucher:
        """A saved voucher of lines (code, debit, credit)."""
        header = self.header(day, more.pop("word", "记"))
        entries = [Entry("业务", code, Decimal(debit or 0), Decimal(credit or 0)) for code, debit, credit in lines]
        return save_voucher(actor=self.maker, account_set=self.set, header=header, entries=entries, **more)

    def post(self) -> int:
        """Everything of the current month is audited and posted."""
        ids = Voucher.objects.of(self.set).filter(state=Voucher.State.SAVED).values_list("pk", flat=True)
        audit_vouchers(actor=self.auditor, account_set=self.set, voucher_ids=list(ids))
        return post_vouchers(actor=self.auditor, account_set=self.set).done

    def add(self, *groups: str) -> User:
        """One more person in the set, in the default group or in these."""
        user = make_user()
        set_user = SetUser.objects.create(account_set=self.set, user=user, name=user.name)
        made = add_person(set_user=set_user)
        if groups:
            place = place_of(actor=self.maker, number=self.set.number)
            change_groups(actor=self.maker, place=place, user_id=made.pk, keys=groups)
        return user
