"""Every page of books: for whom it opens, and for whom there is nothing there (S19.5)."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from kiscloud.books import urls
from kiscloud.books.models import BookUser, Item, Subject, Voucher, VoucherTemplate
from kiscloud.models import SetUser, Subscription
from tests.factories import make_user
from tests.kiscloud.books.bookkeeping import Office
from tests.kiscloud.kis import add_admin

pytestmark = pytest.mark.django_db


@pytest.fixture
def office():
    return Office().open(s1405="5000", s310415="5000")


def client_of(user):
    client = Client()
    client.force_login(user)
    return client


def addresses(office, *, other=None):
    """Each address of the books, filled with what is in them, or in another set's."""
    inside = other or office
    voucher = inside.write(("1002", "10", ""), ("5001", "", "10"))
    rows = {
        "voucher": voucher.pk,
        "subject": Subject.objects.filter(account_set=inside.set, code="1002").get().pk,
        "item": Item.objects.create(account_set=inside.set, kind="customer", code=f"C{voucher.pk}", name="客户").pk,
        "template": VoucherTemplate.objects.create(account_set=inside.set, name=f"{voucher.pk}").pk,
        "user": BookUser.objects.filter(account_set=inside.set).first().pk,
    }
    found = []
    for pattern in urls.urlpatterns:
        words = {"number": office.set.number}
        route = str(pattern.pattern)
        if "<int:pk>" in route:
            words["pk"] = rows[pattern.name.split("-")[0]]
        if "file_format" in route:
            words["file_format"] = "csv"
        found.append((pattern.name, reverse(f"books:{pattern.name}", kwargs=words), "pk" in words))
    return found


def test_each_page_opens_for_somebody_of_the_set(office):
    client = client_of(office.makers_user)
    posts = {"voucher-batch", "voucher-act", "subject-act", "template-delete"}
    answers = {name: client.get(url).status_code for name, url, _pk in addresses(office) if name not in posts}
    assert answers == dict.fromkeys(answers, 200)


@pytest.mark.rule("S19.5")
def test_nothing_is_there_for_people_outside(office):
    company = office.product.company
    admin = make_user()
    add_admin(company, admin)  # of the company, but not in the set
    gone = office.add()
    SetUser.objects.filter(user=gone).update(state="disabled")
    other = Office()
    for user in (admin, gone, other.makers_user, make_user()):
        client = client_of(user)
        for name, url, _pk in addresses(office):
            assert client.get(url).status_code in (404, 405), name
            assert client.post(url).status_code in (404, 405), name


@pytest.mark.rule("S19.5")
def test_rows_of_another_set_are_not_there(office):
    other = Office().open()
    client = client_of(office.makers_user)
    for name, url, with_row in addresses(office, other=other):
        if with_row:
            assert client.get(url).status_code in (404, 405), name
            assert client.post(url, {"act": "void"}).status_code in (404, 405), name


@pytest.mark.rule("S9.5", "S10.2")
def test_who_belongs_there_reads_why_the_product_no_longer_opens(office):
    url = reverse("books:home", kwargs={"number": office.set.number})
    client = client_of(office.makers_user)
    for days, status in ((14, 200), (16, 409)):
        end = timezone.now() - timedelta(days=days)
        Subscription.objects.update(starts_at=end - timedelta(days=365), expires_at=end)
        assert client.get(url).status_code == status
    later = timezone.now() + timedelta(days=9)
    Subscription.objects.update(expires_at=later, mode=Subscription.Mode.PRIVATE, state=Subscription.State.PRIVATE)
    assert "私有云" in client.get(url).text
    assert client_of(make_user()).get(url).status_code == 404


@pytest.mark.rule("S19.6")
def test_groups_decide_what_opens(office):
    viewer, keeper = client_of(office.add()), client_of(office.add("bookkeepers"))
    new = reverse("books:voucher-new", kwargs={"number": office.set.number})
    assert (viewer.get(new).status_code, keeper.get(new).status_code) == (403, 200)
    chart = reverse("books:subject-list", kwargs={"number": office.set.number})
    assert viewer.get(chart).status_code == 200


def post_voucher(office, *rows, **more):
    url = reverse("books:voucher-new", kwargs={"number": office.set.number})
    columns = {
        name: [row[place] for row in rows] for place, name in enumerate(("summary", "subject", "debit", "credit"))
    }
    head = {"word": "记", "day": date(2026, 3, 9).isoformat(), "attachments": "2", "act": "save"}
    return client_of(office.makers_user).post(url, {**head, **columns, **more})


def test_a_voucher_is_typed_in(office):
    answer = post_voucher(
        office, ("收款", "1002 银行存款", "1,060.00", ""), ("", "500199", "", ""), ("", "5001", "", "1060")
    )
    assert answer.status_code == 422
    answer = post_voucher(office, ("收款", "1002 银行存款", "1,060.00", ""), ("", "5001", "", "1060"), ("", "", "", ""))
    assert answer.status_code == 302
    assert "收款" in client_of(office.auditors_user).get(answer["Location"]).content.decode()


def test_the_next_voucher_begins_where_the_last_one_ended_and_each_leads_to_its_neighbours(office):
    for act in ("save", "next"):
        answer = post_voucher(office, ("收款", "yhck", "5", ""), ("", "主营业务收入", "", "5"), act=act)
        assert answer.status_code == 302, answer.content.decode()
    client = client_of(office.makers_user)
    assert 'value="2026-03-09"' in client.get(answer["Location"]).content.decode()
    first, second = Voucher.objects.order_by("number")
    page = client.get(reverse("books:voucher-detail", args=[office.set.number, first.pk]), {"ledger": "1002"})
    assert (page.context["before"], page.context["after"]) == (None, second)
    assert "?subject=1002&amp;month=202603" in page.content.decode()
    ledger = client.get(reverse("books:ledger", args=[office.set.number]), {"subject": "yhck"})
    assert ledger.context["subject"].code == "1002"


def test_what_is_wrong_stands_at_its_row(office):
    answer = post_voucher(office, ("x", "1002", "5", ""), ("", "", "", ""), ("", "2221", "", "4"))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert 'id="row-3"' in page
    assert 'id="row-1"' not in page


def test_lists_cost_the_same_for_one_row_and_for_many(office, django_assert_num_queries):
    client = client_of(office.makers_user)
    url = reverse("books:voucher-list", kwargs={"number": office.set.number})
    office.write(("1002", "10", ""), ("5001", "", "10"))
    client.get(url)
    with django_assert_num_queries(12):
        client.get(url)
    for _number in range(4):
        office.write(("1002", "10", ""), ("5001", "", "10"))
    with django_assert_num_queries(12):
        client.get(url)


def test_the_workbench_leads_to_the_books(office):
    page = client_of(office.makers_user).get(reverse("accounts:workbench")).content.decode()
    assert f'href="{reverse("books:home", kwargs={"number": office.set.number})}"' in page
