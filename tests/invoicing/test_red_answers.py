"""What becomes of red letters: confirmed, refused, lapsed, withdrawn, void; who may, and until when."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.actors import StaffOnly
from accounts.models import Event
from config.errors import NotAllowed, NotFound
from config.jobs import run_due
from config.states import MoveRefused
from invoicing.models import Invoice, IssueOrder, RedLetter
from invoicing.policy import RED_LETTER_LIFE
from invoicing.reversals import lines_left
from invoicing.services.red_answers import BeingIssued, Lapsed, lapse_red_letters
from invoicing.tax import Fault, NotTaken
from tests.factories import acting
from tests.invoicing.issuing import SCRIPTED, failing, issued, script
from tests.invoicing.opening import make_client, make_taxpayer
from tests.invoicing.reddening import again, answer, begin, buyer, clerk, use, void, withdraw
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timezone.now()
LATE = NOW + RED_LETTER_LIFE
IN_TIME = LATE - timedelta(seconds=1)


@pytest.fixture
def blue(manager):
    return issued(account=manager)


@pytest.fixture
def to_buyer(blue):
    """The seller asks the buyer, who has used the invoice."""
    use(blue)
    return begin(blue, actor=clerk(), now=NOW)


@pytest.fixture
def to_seller(blue):
    """The buyer asks the seller."""
    return begin(blue, actor=buyer(blue), now=NOW)


def everything_is_left(blue):
    return [(one.amount, one.tax) for one in lines_left(blue)] == [(100, 6)]


def kinds():
    return list(Event.objects.filter(kind__startswith="red_letter.").order_by("pk").values_list("kind", flat=True))


def test_the_buyer_confirms_and_the_red_invoice_is_issued(blue, to_buyer):
    assert answer(to_buyer, buyer(blue), now=IN_TIME).state == "04"
    run_due()
    assert Invoice.objects.get(reverses=blue).total == -106
    assert kinds() == ["red_letter.begun", "red_letter.confirmed"]
    with pytest.raises(MoveRefused):
        answer(to_buyer, buyer(blue))


def test_the_seller_confirms_and_the_red_invoice_is_issued(blue, to_seller):
    assert answer(to_seller, clerk()).state == "04"
    run_due()
    assert Invoice.objects.filter(reverses=blue).exists()


def test_either_side_refuses_and_all_is_left(blue, to_buyer):
    assert answer(to_buyer, buyer(blue), agrees=False).state == "05"
    assert everything_is_left(blue)
    second = begin(blue, actor=buyer(blue))
    assert answer(second, clerk(), agrees=False).state == "06"
    assert everything_is_left(blue)
    assert not IssueOrder.objects.filter(red_letter__isnull=False).exists()


def test_nobody_answers_for_the_other_side(blue, to_buyer, stranger):
    with pytest.raises(NotAllowed):
        answer(to_buyer, clerk())
    with pytest.raises(NotFound):
        answer(to_buyer, acting(stranger))
    answer(to_buyer, buyer(blue), agrees=False)
    asked = begin(blue, actor=buyer(blue))
    with pytest.raises(NotAllowed):
        answer(asked, buyer(blue))


def test_for_a_buyer_without_account_staff_write_down_the_answer():
    client = make_client((taxpayer := make_taxpayer()).tenant)
    invoice = issued(client=client)
    use(invoice)
    letter = begin(invoice, actor=acting(taxpayer.tenant.account))
    with pytest.raises(StaffOnly):
        answer(letter, acting(taxpayer.tenant.account))
    assert answer(letter, clerk()).state == "04"


def test_after_72_hours_it_is_over_whether_or_not_a_job_has_seen_it(blue, to_buyer):
    assert to_buyer.state_at(at=IN_TIME) == "02"
    assert to_buyer.state_at(at=LATE) == "07"
    for act in (lambda: answer(to_buyer, buyer(blue), now=LATE), lambda: withdraw(to_buyer, clerk(), now=LATE)):
        with pytest.raises(Lapsed):
            act()
    assert [one.amount for one in lines_left(blue, at=LATE)] == [100]
    assert lapse_red_letters(now=IN_TIME) == 0
    assert lapse_red_letters(now=LATE) == 1
    assert lapse_red_letters(now=LATE) == 0
    assert (again(to_buyer).state, kinds()[-1]) == ("07", "red_letter.lapsed")


def test_whoever_began_it_withdraws_it(blue, to_buyer):
    with pytest.raises(NotAllowed):
        withdraw(to_buyer, buyer(blue))
    assert withdraw(to_buyer, clerk()).state == "08"
    assert everything_is_left(blue)
    asked = begin(blue, actor=buyer(blue))
    with pytest.raises(NotAllowed):
        withdraw(asked, clerk())
    assert withdraw(asked, buyer(blue)).state == "08"


def test_what_is_on_its_way_stands(blue):
    letter = begin(blue)
    for act in (lambda: withdraw(letter, clerk()), lambda: void(letter)):
        with pytest.raises(BeingIssued):
            act()
    run_due()
    with pytest.raises(BeingIssued):
        void(letter)


@pytest.fixture
def refusing(settings, blue):
    settings.TAX_BACKEND = SCRIPTED
    script.clear()
    script.issue = failing(NotTaken(Fault.REFUSED, "税局拒绝"))


def test_what_the_platform_refused_is_withdrawn_or_void(blue, to_buyer, refusing):
    answer(to_buyer, buyer(blue))
    run_due()
    assert IssueOrder.objects.to_mend().count() == 1
    assert withdraw(to_buyer, clerk()).state == "09"
    second = begin(blue, actor=buyer(blue))
    answer(second, clerk())
    run_due()
    with pytest.raises(StaffOnly):
        void(second, buyer(blue))
    assert void(second).state == "10"
    assert (everything_is_left(blue), IssueOrder.objects.to_mend().count()) == (True, 0)


def test_confirming_and_refusing_at_once_is_one_of_them(blue, to_buyer):
    who = buyer(blue)
    results = race(6, lambda n: answer(to_buyer, who, agrees=bool(n % 2)))
    done = [one for one in results if isinstance(one, RedLetter)]
    assert len(done) == 1
    assert all(isinstance(one, MoveRefused) for one in results if one not in done)
    assert IssueOrder.objects.filter(red_letter=to_buyer).exists() == (again(to_buyer).state == "04")
