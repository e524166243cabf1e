"""Taking invoices back: whole and in part, never more than is left, once the other side agrees where it must."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.utils import timezone

from accounts.actors import Actor, StaffOnly
from accounts.models import Event
from accounts.permissions import Role
from config.errors import InputError, NotAllowed, NotFound
from config.jobs import run_due
from invoicing.amounts import discounted
from invoicing.faces import Face
from invoicing.models import Invoice, IssueOrder, RedLetter
from invoicing.red_parts import NothingLeft, Part, PassesRemainder, WholeOnly
from invoicing.reversals import Status, statuses_of
from invoicing.services.issuing import SerialUsed
from invoicing.services.red_letters import Business, NotReversible
from invoicing.services.sending import advance
from invoicing.tax import Fault, NotTaken
from tests.factories import acting, make_account, make_operator
from tests.invoicing.facing import SELLER, counted_line, make_face, make_line
from tests.invoicing.issuing import SCRIPTED, failing, issued, script
from tests.invoicing.opening import make_client, make_taxpayer
from tests.invoicing.reddening import again, begin, clerk, use
from tests.racing import race
from tests.staff import make_staff

pytestmark = pytest.mark.django_db(transaction=True)
D = Decimal


def red_of(letter) -> Invoice:
    run_due()
    return Invoice.objects.get(issue_order__red_letter=letter)


def test_a_whole_invoice_is_taken_back(manager):
    line = counted_line("3", "33.333333", spec="标准")
    blue = issued(make_face(line, *discounted(make_line("212.00"), D("50.00"))), account=manager, email="a@b.cn")
    letter = begin(blue, "01", actor=clerk())
    assert (letter.state, letter.side, letter.amount, letter.tax) == ("01", "0", -250, -15)
    red = red_of(letter)
    assert (red.reverses, red.account, red.total, red.kind) == (blue, manager, -blue.total, blue.kind)
    rows = list(red.lines.order_by("seq"))
    assert [(row.reverses.seq, row.amount, row.tax, row.nature) for row in rows] == [
        (1, -100, -6, "normal"),
        (2, -150, -9, "normal"),
    ]
    assert (rows[0].quantity, rows[0].price, rows[0].spec) == (-3, D("33.333333"), "标准")
    assert (rows[0].class_code, rows[0].rate) == (line.class_code, line.rate)
    face = Face.read(red.issue_order.face)
    assert (face.reverses, face.red_letter, face.red_reason) == (blue.number, letter.number, "01")
    assert blue.number in red.remark
    assert letter.number in red.remark
    assert (red.issue_order.email, statuses_of([blue])) == ("a@b.cn", {blue.pk: Status.WHOLLY})
    kinds = list(
        Event.objects.filter(account=manager, kind__contains="re").order_by("pk").values_list("kind", flat=True)
    )
    assert kinds[-2:] == ["red_letter.begun", "invoice.reversed"]


def test_parts_are_taken_back_until_nothing_is_left():
    blue = issued(make_face(make_line("106.00"), make_line("113.00", rate="0.13")))
    red_of(begin(blue, "03", parts=[Part(1, total=D("40.00"))]))
    assert statuses_of([blue]) == {blue.pk: Status.PARTLY}
    with pytest.raises(PassesRemainder):
        begin(blue, "03", parts=[Part(1, total=D("66.01"))])
    with pytest.raises(WholeOnly):
        begin(blue, "01", parts=[Part(2)])
    rest = begin(blue, "01")
    assert (rest.amount + rest.tax, rest.lines.count()) == (D("-179.00"), 2)
    with pytest.raises(NothingLeft):
        begin(blue)
    red_of(rest)
    assert statuses_of([blue]) == {blue.pk: Status.WHOLLY}


def test_a_red_invoice_is_not_taken_back():
    red = red_of(begin(issued()))
    with pytest.raises(NotReversible):
        begin(red)


def test_where_the_buyer_has_used_it_the_buyer_is_asked(manager):
    blue = issued(account=manager)
    use(blue)
    letter = begin(blue, actor=clerk())
    assert (letter.state, IssueOrder.objects.filter(red_letter=letter).exists()) == ("02", False)
    with pytest.raises(NothingLeft):
        begin(blue)


def test_begun_by_the_buyer_the_seller_is_asked(manager):
    letter = begin(issued(account=manager), actor=acting(manager))
    assert (letter.state, letter.side, again(letter).state) == ("03", "1", "03")


def test_only_the_two_sides_begin_one(manager, stranger):
    blue = issued(account=manager)
    for actor, error in (
        (acting(stranger), NotFound),
        (acting(manager, make_operator(manager, Role.VIEWER)), NotAllowed),
        (Actor(door="staff", user=make_staff("view_redletter")), StaffOnly),
    ):
        with pytest.raises(error):
            begin(blue, actor=actor)
    with pytest.raises(NotFound):
        begin(Invoice(pk=10**9))
    with pytest.raises(InputError):
        begin(blue, "09")
    assert not RedLetter.objects.exists()


def of_system():
    """A business system's invoice, and its client."""
    taxpayer = make_taxpayer()
    client = make_client(taxpayer.tenant)
    return issued(make_face(seller=replace(SELLER, tax_number=taxpayer.tax_number)), client=client), client


def test_a_business_system_takes_back_its_own_invoice_once_for_a_serial():
    blue, client = of_system()
    business = Business(client, "RED1", "kaipiao@example.com")
    letter = begin(blue, business=business)
    assert begin(blue, business=business) == letter
    with pytest.raises(SerialUsed):
        begin(blue, "02", business=business)
    red = red_of(letter)
    assert (red.issue_order.serial, red.issue_order.client, red.tenant) == ("RED1", client, client.tenant)
    with pytest.raises(NotFound):
        begin(blue, business=Business(make_client(), "RED2"))
    with pytest.raises(NotFound):
        begin(issued(account=make_account()), business=business)


def test_what_the_platform_refuses_a_business_system_is_over_and_may_come_again(settings):
    blue, client = of_system()
    settings.TAX_BACKEND = SCRIPTED
    script.clear()
    script.issue = failing(NotTaken(Fault.REFUSED, "税局拒绝"))
    business = Business(client, "RED1")
    letter = begin(blue, business=business)
    run_due()
    assert again(letter).state == "10"
    assert Event.objects.get(kind="red_letter.voided").facts["reason"] == "税局拒绝"
    second = begin(blue, business=business)
    assert second != letter
    assert IssueOrder.objects.get(serial="RED1").red_letter == second


def test_of_the_cloud_spending_a_refused_letter_waits_for_staff(settings):
    blue = issued()
    settings.TAX_BACKEND = SCRIPTED
    script.clear()
    script.issue = failing(NotTaken(Fault.LOGIN, ""))
    letter = begin(blue)
    run_due()
    assert again(letter).state == "01"
    assert list(IssueOrder.objects.to_mend()) == [letter.issue_order]


def test_letters_at_the_same_moment_never_hold_more_than_is_left():
    blue = issued(make_face(make_line("106.00")))
    results = race(12, lambda _n: begin(blue, parts=[Part(1, total=D("20.00"))]))
    done = [one for one in results if isinstance(one, RedLetter)]
    refused = [one for one in results if isinstance(one, PassesRemainder)]
    assert (len(done), len(refused)) == (5, 7)
    run_due()
    assert sum(red.total for red in Invoice.objects.filter(reverses=blue)) == -100
    last = begin(blue)
    assert last.amount + last.tax == -6


def test_all_of_it_at_the_same_moment_is_one_letter():
    blue = issued()
    results = race(8, lambda _n: begin(blue, "01"))
    assert sum(isinstance(one, RedLetter) for one in results) == 1
    assert sum(isinstance(one, NothingLeft) for one in results) == 7


def test_a_red_invoice_is_sent_like_any_other():
    order = IssueOrder.objects.get(red_letter=begin(issued(), now=timezone.now()))
    assert advance(order_id=order.pk).state == "issued"
    assert advance(order_id=order.pk).state == "issued"
    assert Invoice.objects.filter(reverses__isnull=False).count() == 1
