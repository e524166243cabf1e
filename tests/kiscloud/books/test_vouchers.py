"""Vouchers: what may be saved, how they are numbered, audited, posted, taken out, reversed."""

from datetime import date
from decimal import Decimal

import pytest

from accounts.models import Event
from config.errors import InputError, NotAllowed, NotFound
from config.states import MoveRefused
from kiscloud.books.entries import Entry, WrongLines
from kiscloud.books.models import BookUser, Voucher
from kiscloud.books.services.closing import carry_over, close_period, renumber
from kiscloud.books.services.people import NotGranted, let_go, place_of, rename_person
from kiscloud.books.services.posting import (
    NotOpened,
    NumbersHaveGaps,
    OwnVoucher,
    audit_voucher,
    audit_vouchers,
    post_vouchers,
    unaudit_voucher,
)
from kiscloud.books.services.reversing import reverse_voucher
from kiscloud.books.services.set_up import require_audits
from kiscloud.books.services.vouchers import (
    NumberNeeded,
    VoucherFixed,
    delete_voucher,
    save_voucher,
    void_voucher,
)
from kiscloud.models import SetUser
from tests.kiscloud.books.bookkeeping import Office
from tests.kiscloud.kis import person
from tests.states import every_move, outcome

pytestmark = pytest.mark.django_db
ALLOWED = {
    ("draft", "keep"): "saved",
    ("saved", "take_back"): "draft",
    ("saved", "audit"): "audited",
    ("saved", "void"): "void",
    ("audited", "unaudit"): "saved",
    ("saved", "post"): "posted",  # where the books do without audits
    ("audited", "post"): "posted",
}
ARGUMENTS = {"keep": {"number": 1}, "audit": {"by": None}, "post": {"by": None}}
SALE = (("1002", "10", ""), ("5001", "", "10"))


@pytest.fixture
def office():
    return Office().open()


def test_place_and_rights_are_one_question(office, django_assert_num_queries):
    """Beside them saving takes the lock, the subjects, the last number, the voucher, its lines and the event."""
    with django_assert_num_queries(0):  # its one statement is prepared, and not counted
        assert place_of(actor=office.maker, number=office.set.number).is_admin
    with django_assert_num_queries(6 + 2):  # the transaction's
        office.write(*SALE)


@pytest.mark.parametrize(("state", "move"), every_move(Voucher, "state"))
def test_every_move_of_a_voucher(state, move):
    voucher = Voucher(state=state)
    assert outcome(voucher, "state", move, **ARGUMENTS.get(move, {})) == ALLOWED.get((state, move))


@pytest.mark.parametrize(
    ("lines", "word"),
    [
        ([("1002", "10", ""), ("5001", "", "9")], "记"),
        ([("1002", "10", "")], "记"),
        ([("1002", "10", ""), ("2221", "", "10")], "记"),  # has subjects below it
        ([("1002", "10", ""), ("9999", "", "10")], "记"),
        ([("1002", "10", "10"), ("5001", "", "10")], "记"),
        ([("1002", "0.001", ""), ("5001", "", "0.001")], "记"),
        ([("1122", "10", ""), ("5001", "", "10")], "收"),
        ([("1122", "10", ""), ("5001", "", "10")], "付"),
        ([("1002", "10", ""), ("5001", "", "10")], "转"),
    ],
)
def test_what_does_not_balance_or_fit_is_not_saved(office, lines, word):
    with pytest.raises(WrongLines):
        office.write(*lines, word=word)
    assert not Voucher.objects.exists()


def test_numbers_begin_anew_for_each_word_and_month(office):
    made = [office.write(*SALE), office.write(*SALE, word="收"), office.write(*SALE)]
    made.append(office.write(*SALE, day=date(2026, 4, 1)))
    assert [str(one) for one in made] == ["记-1", "收-1", "记-2", "记-1"]


def test_a_draft_may_be_incomplete_and_has_no_number(office):
    draft = office.write(("1002", "10", ""), draft=True)
    assert (draft.state, draft.number) == ("draft", None)
    done = office.write(*SALE, voucher_id=draft.pk)
    assert (done.pk, done.state, str(done)) == (draft.pk, "saved", "记-1")


def test_a_changed_voucher_keeps_its_number_in_its_month(office):
    office.write(*SALE)
    second = office.write(*SALE)
    changed = office.write(("1001", "7", ""), ("1002", "", "7"), voucher_id=second.pk)
    assert (str(changed), changed.total, changed.lines.count()) == ("记-2", 7, 2)
    moved = office.write(*SALE, voucher_id=second.pk, day=date(2026, 4, 2))
    assert (str(moved), moved.month) == ("记-1", 202604)


def test_closed_months_and_far_ones_take_nothing(office):
    for day in (date(2026, 2, 28), date(2027, 4, 1)):
        with pytest.raises(InputError):
            office.write(*SALE, day=day)


def test_whoever_made_a_voucher_does_not_audit_it(office):
    voucher = office.write(*SALE)
    with pytest.raises(OwnVoucher):
        audit_voucher(actor=office.maker, account_set=office.set, voucher_id=voucher.pk)
    done = audit_vouchers(actor=office.maker, account_set=office.set, voucher_ids=[voucher.pk])
    assert (done.done, done.left) == (0, 1)
    audited = audit_voucher(actor=office.auditor, account_set=office.set, voucher_id=voucher.pk)
    assert audited.auditor.set_user.user == office.auditors_user


def test_an_audit_is_taken_back_by_its_auditor_or_an_administrator(office):
    voucher = office.write(*SALE)
    audit_voucher(actor=office.auditor, account_set=office.set, voucher_id=voucher.pk)
    with pytest.raises(NotAllowed):
        unaudit_voucher(actor=person(office.add("auditors")), account_set=office.set, voucher_id=voucher.pk)
    unaudit_voucher(actor=office.maker, account_set=office.set, voucher_id=voucher.pk)
    with pytest.raises(MoveRefused):
        unaudit_voucher(actor=office.maker, account_set=office.set, voucher_id=voucher.pk)


def test_audited_vouchers_stay_as_they_are(office):
    voucher = office.write(*SALE)
    audit_voucher(actor=office.auditor, account_set=office.set, voucher_id=voucher.pk)
    with pytest.raises(VoucherFixed):
        office.write(*SALE, voucher_id=voucher.pk)
    with pytest.raises(VoucherFixed):
        delete_voucher(actor=office.maker, account_set=office.set, voucher_id=voucher.pk)


def test_nothing_is_posted_before_the_opening_balances_are_finished():
    office = Office()
    office.write(*SALE)
    with pytest.raises(NotOpened):
        office.post()


def test_numbers_below_a_posted_one_are_all_there(office):
    first, second, third = (office.write(*SALE) for _number in range(3))
    delete_voucher(actor=office.maker, account_set=office.set, voucher_id=second.pk)
    audit_vouchers(actor=office.auditor, account_set=office.set, voucher_ids=[first.pk, third.pk])
    with pytest.raises(NumbersHaveGaps):
        post_vouchers(actor=office.auditor, account_set=office.set)
    assert renumber(actor=office.maker, account_set=office.set) == 1
    assert post_vouchers(actor=office.auditor, account_set=office.set).done == 2
    assert sorted(Voucher.objects.values_list("number", flat=True)) == [1, 2]


def test_a_voucher_below_a_posted_one_becomes_void_instead(office):
    first, second = office.write(*SALE), office.write(*SALE)
    audit_vouchers(actor=office.auditor, account_set=office.set, voucher_ids=[second.pk])
    post_vouchers(actor=office.auditor, account_set=office.set)
    with pytest.raises(NumberNeeded):
        delete_voucher(actor=office.maker, account_set=office.set, voucher_id=first.pk)
    voucher = void_voucher(actor=office.maker, account_set=office.set, voucher_id=first.pk)
    assert (voucher.state, str(voucher)) == ("void", "记-1")


def test_a_posted_voucher_is_reversed_by_a_red_one_once(office):
    voucher = office.write(*SALE)
    office.post()
    red = reverse_voucher(actor=office.maker, account_set=office.set, voucher_id=voucher.pk)
    assert [(line.debit, line.credit) for line in red.lines.all()] == [(-10, 0), (0, -10)]
    assert red.kind == "reversal"
    with pytest.raises(InputError):
        reverse_voucher(actor=office.maker, account_set=office.set, voucher_id=voucher.pk)


@pytest.mark.rule("S19.6")
def test_rights_are_asked_by_the_services_too(office):
    voucher = office.write(*SALE)
    viewer, keeper = person(office.add()), person(office.add("bookkeepers"))
    with pytest.raises(NotGranted):
        void_voucher(actor=viewer, account_set=office.set, voucher_id=voucher.pk)
    with pytest.raises(NotGranted):
        audit_voucher(actor=keeper, account_set=office.set, voucher_id=voucher.pk)
    void_voucher(actor=keeper, account_set=office.set, voucher_id=voucher.pk)
    with pytest.raises(NotFound):
        void_voucher(actor=person(Office().makers_user), account_set=office.set, voucher_id=voucher.pk)


@pytest.mark.rule("S14.7", "S14.8")
def test_a_new_name_is_carried_to_employee_and_vouchers(office):
    voucher = office.write(*SALE)
    set_user = SetUser.objects.get(user=office.makers_user)
    set_user.name = "周会计"
    set_user.save(update_fields=["name"])
    rename_person(set_user=set_user)
    voucher.refresh_from_db()
    assert (str(voucher.maker), str(voucher.maker.employee)) == ("周会计", "周会计")


@pytest.mark.rule("S14.14", "S14.15")
def test_whoever_is_removed_outside_stays_inside_and_sees_nothing(office):
    voucher = office.write(*SALE)
    let_go(set_user=SetUser.objects.get(user=office.makers_user))
    assert BookUser.objects.get(pk=voucher.maker_id).set_user is None
    with pytest.raises(NotFound):
        office.write(*SALE)


def test_a_line_without_summary_says_what_the_one_above_says(office):
    entries = [Entry("收款", "1002", debit=Decimal(5)), Entry("", "5001", credit=Decimal(5))]
    header = office.header()
    voucher = save_voucher(actor=office.maker, account_set=office.set, header=header, entries=entries)
    assert {line.summary for line in voucher.lines.all()} == {"收款"}


@pytest.mark.rule("S13.2")
def test_books_of_one_person_do_without_audits_once_an_administrator_says_so(office):
    office.write(*SALE)
    asked = {"account_set": office.set, "audit_first": False}
    assert post_vouchers(actor=office.maker, account_set=office.set).done == 0
    with pytest.raises(NotAllowed):
        require_audits(actor=person(office.add("accountants")), **asked)
    require_audits(actor=office.maker, **asked)
    assert post_vouchers(actor=office.maker, account_set=office.set).done == 1
    assert Event.objects.filter(kind="books.audits_waived").count() == 1
    office.write(*SALE)
    require_audits(actor=office.maker, account_set=office.set, audit_first=True)
    assert post_vouchers(actor=office.maker, account_set=office.set).done == 0


def test_one_person_closes_a_month_without_audits():
    office = Office(audit_first=False).open()
    office.write(*SALE)
    wanted = {"actor": office.maker, "account_set": office.set}
    post_vouchers(**wanted)
    carry_over(**wanted)
    post_vouchers(**wanted)
    assert close_period(**wanted) == 202604
