"""Red letters as pages: the list with its deadlines, one of them, beginning, confirming and refusing."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.permissions import Role
from config.jobs import run_due
from invoicing.models import Invoice, RedLetter
from invoicing.policy import RED_LETTER_LIFE
from tests.accounts.linking import queries
from tests.factories import make_operator
from tests.invoicing.facing import D, make_face, make_line
from tests.invoicing.issuing import issued
from tests.invoicing.opening import make_client, make_taxpayer
from tests.invoicing.reddening import again, begin, clerk, use

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.usefixtures("cheap_hashes", "english")]


def at(name, *args):
    return reverse(f"invoicing:{name}", args=args)


@pytest.fixture
def console(browse, manager):
    return browse(manager)


@pytest.fixture
def blue(manager):
    return issued(make_face(make_line("106.00"), make_line("113.00", rate="0.13")), account=manager)


@pytest.fixture
def asked(blue):
    """The buyer has to answer it."""
    use(blue)
    return begin(blue, actor=clerk())


def test_the_list_shows_what_waits_and_until_when(console, asked, stranger, browse):
    page = console.get(at("red-letter-list"))
    assert [row.letter for row in page.context["rows"]] == [asked]
    assert "Waits for the buyer" in page.content.decode()
    assert page.context["rows"][0].is_asked
    for state, count in {"to_answer": 1, "under_way": 1, "02": 1, "07": 0, "04": 0, "nonsense": 1}.items():
        shown = console.get(at("red-letter-list"), {"state": state})
        assert (state, len(shown.context["page"])) == (state, count)
    nav = [item for section in page.context["nav"].sections for item in section.items]
    assert [item.count for item in nav if item.current] == [1]
    assert "No red letters yet" in browse(stranger).get(at("red-letter-list")).content.decode()


def test_what_has_lapsed_is_shown_so_before_any_job_has_seen_it(console, asked):
    RedLetter.objects.filter(pk=asked.pk).update(created_at=timezone.now() - RED_LETTER_LIFE)
    page = console.get(at("red-letter-detail", asked.pk))
    assert "Not confirmed within 72 hours" in page.content.decode()
    assert at("red-letter-confirm", asked.pk) not in page.content.decode()
    assert len(console.get(at("red-letter-list"), {"state": "07"}).context["page"]) == 1
    assert len(console.get(at("red-letter-list"), {"state": "to_answer"}).context["page"]) == 0
    answer = console.post(at("red-letter-confirm", asked.pk))
    assert (answer.status_code, again(asked).state) == (409, "02")
    assert "72 hours" in answer.content.decode()


def test_the_buyer_confirms_and_finds_the_red_invoice(console, asked):
    assert "What will follow" in console.get(at("red-letter-confirm", asked.pk)).content.decode()
    assert console.post(at("red-letter-confirm", asked.pk)).status_code == 302
    assert "Red invoice being issued" in console.get(at("red-letter-detail", asked.pk)).content.decode()
    run_due()
    red = Invoice.objects.get(reverses__isnull=False)
    assert red.number in console.get(at("red-letter-detail", asked.pk)).content.decode()
    assert console.get(at("red-letter-confirm", asked.pk)).status_code == 302


def test_the_buyer_refuses(console, asked):
    assert console.post(at("red-letter-refuse", asked.pk)).status_code == 302
    assert again(asked).state == "05"


def test_the_buyer_asks_for_all_of_it_and_takes_that_back(console, blue):
    assert at("red-letter-create", blue.pk) in console.get(at("invoice-detail", blue.pk)).content.decode()
    page = console.get(at("red-letter-create", blue.pk))
    assert list(page.context["form"].fields) == ["reason", "line_1", "line_2"]
    assert console.post(at("red-letter-create", blue.pk), {}).status_code == 422
    answer = console.post(at("red-letter-create", blue.pk), {"reason": "01"})
    letter = RedLetter.objects.get()
    assert answer.headers["Location"] == at("red-letter-detail", letter.pk)
    assert (letter.state, letter.side, letter.amount + letter.tax) == ("03", "1", D("-219.00"))
    assert at("red-letter-withdraw", letter.pk) in console.get(at("red-letter-detail", letter.pk)).content.decode()
    assert "Nothing is left" in console.get(at("red-letter-create", blue.pk)).content.decode()
    console.post(at("red-letter-withdraw", letter.pk))
    assert again(letter).state == "08"
    console.post(at("red-letter-withdraw", letter.pk))
    assert again(letter).state == "08"


def test_the_buyer_asks_for_a_part(console, blue):
    page = console.post(at("red-letter-create", blue.pk), {"reason": "04", "line_1": "40", "line_2": "113.01"})
    assert (page.status_code, "only 113.00 is left" in page.content.decode()) == (422, True)
    page = console.post(at("red-letter-create", blue.pk), {"reason": "01", "line_1": "40"})
    assert (page.status_code, "all that is left" in page.content.decode()) == (422, True)
    console.post(at("red-letter-create", blue.pk), {"reason": "04", "line_1": "40", "line_2": ""})
    letter = RedLetter.objects.get()
    assert (letter.amount + letter.tax, letter.lines.get().line.seq) == (-40, 1)


def test_a_tenant_takes_back_what_its_systems_issued(browse, manager):
    client = make_client((taxpayer := make_taxpayer()).tenant)
    invoice = issued(client=client)
    console = browse(taxpayer.tenant.account)
    console.post(at("red-letter-create", invoice.pk), {"reason": "01"})
    letter = RedLetter.objects.get()
    assert (letter.state, letter.side) == ("01", "0")
    assert browse(manager).get(at("red-letter-detail", letter.pk)).status_code == 404


def test_a_viewer_reads_and_does_nothing(browse, manager, asked):
    viewer = browse(make_operator(manager, Role.VIEWER))
    page = viewer.get(at("red-letter-detail", asked.pk))
    assert at("red-letter-confirm", asked.pk) not in page.content.decode()
    assert viewer.post(at("red-letter-confirm", asked.pk)).status_code == 403


def test_the_list_costs_the_same_for_one_and_for_many(console, manager):
    begin(issued(account=manager))
    run_due()
    one = queries(console, at("red-letter-list"))
    for _ in range(4):
        begin(issued(account=manager))
    run_due()
    assert queries(console, at("red-letter-list")) == one
    assert len(console.get(at("red-letter-list")).context["rows"]) == 5


def test_the_history_says_what_happened(console, asked):
    moments = console.get(at("red-letter-detail", asked.pk)).context["moments"]
    assert [moment.at >= asked.created_at - timedelta(seconds=1) for moment in moments] == [True]
