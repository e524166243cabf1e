"""Every page of the inventory: for whom it opens, for whom there is nothing there, and what it costs (S19.5)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kiscloud.books.models import Voucher
from kiscloud.inventory import urls
from kiscloud.inventory.models import Document, Kind
from kiscloud.models import Seat, SetUser
from tests.accounts.api_client import ApiClient
from tests.factories import make_user
from tests.kiscloud.books.test_pages import client_of
from tests.kiscloud.inventory.shop import Shop
from tests.kiscloud.kis import add_admin

pytestmark = pytest.mark.django_db
POSTS = {"document-post", "document-act", "good-act", "partner-act"}


def at(shop, name, **more):
    return reverse(f"inventory:{name}", kwargs={"number": shop.set.number, **more})


def addresses(shop, *, other=None):
    """Each address of the inventory, filled with what is in it, or in another set's: (name, address, names a row)."""
    inside = other or shop
    rows = {
        "document": inside.draft(Kind.PURCHASE, ("A", "1", "1")).pk,
        "good": inside.draft(Kind.COUNT, ("A", "1")).lines.get().good_id,
        "partner": inside.partner("S").pk,
    }
    found = []
    for pattern in urls.urlpatterns:
        more = {"pk": rows[pattern.name.split("-")[0]]} if "<int:pk>" in str(pattern.pattern) else {}
        if "<str:kind>" in str(pattern.pattern):
            more = {"kind": "sale"}
        found.append((pattern.name, at(shop, pattern.name, **more), "pk" in more))
    return found


def test_each_page_opens_for_somebody_of_the_set():
    shop = Shop()
    shop.vouch(shop.buy(("A", "5", "10")))
    shop.sell(("A", "2"))
    client = client_of(shop.makers_user)
    answers = {name: client.get(url).status_code for name, url, _row in addresses(shop) if name not in POSTS}
    assert answers == dict.fromkeys(answers, 200)
    for kind in Kind.values:
        assert client.get(at(shop, "document-new", kind=kind)).status_code == 200
    for document in Document.objects.all():
        assert client.get(at(shop, "document-detail", pk=document.pk)).status_code == 200
        assert client.get(at(shop, "document-pdf", pk=document.pk)).content[:5] == b"%PDF-"
    assert client.get(at(shop, "document-new", kind="nothing")).status_code == 404


@pytest.mark.rule("S19.5")
def test_nothing_is_there_for_people_outside_or_of_other_sets():
    shop, other = Shop(), Shop()
    admin, gone = make_user(), shop.add()
    add_admin(shop.product.company, admin)  # of the company, but not in the set
    SetUser.objects.filter(user=gone).update(state="disabled")
    inside = addresses(shop)
    assert client_of(admin).get(at(shop, "home")).status_code == 404
    for user in (gone, other.makers_user):
        client = client_of(user)
        for name, url, _row in inside:
            assert client.get(url).status_code in (404, 405), name
            assert client.post(url).status_code in (404, 405), name
    client = client_of(shop.makers_user)
    for name, url, with_row in addresses(shop, other=other):
        if with_row:
            assert client.get(url).status_code in (404, 405), name
            assert client.post(url, {"act": "confirm"}).status_code in (404, 405), name
    copied = client.get(f"{at(shop, 'document-new', kind='sale')}?copy={other.draft(Kind.COUNT, ('A', '1')).pk}")
    assert copied.status_code == 404
    foreign = other.buy(("A", "1", "1"))
    client.post(at(shop, "document-post"), {"act": "ticked", "document": foreign.pk})
    assert Document.objects.get(pk=foreign.pk).state == "confirmed"


@pytest.mark.rule("S19.6", "S12.1")
def test_groups_decide_what_opens_and_a_seat_without_set_is_taken():
    shop = Shop()
    viewer, keeper = client_of(shop.add()), client_of(shop.add("storekeepers"))
    new = at(shop, "good-new")
    assert (viewer.get(new).status_code, keeper.get(new).status_code) == (403, 200)
    assert keeper.get(reverse("books:home", kwargs={"number": shop.set.number})).status_code == 403
    assert viewer.get(at(shop, "home")).status_code == 200
    assert set(Seat.objects.values_list("subscription", "account_set")) == {(shop.product.pk, None)}


def typed(shop, kind, *rows, act="confirm", partner="C 春风百货", pk=None):
    columns = {name: [row[place] for row in rows] for place, name in enumerate(("good", "quantity", "price", "rate"))}
    url = at(shop, "document-edit", pk=pk) if pk else at(shop, "document-new", kind=kind)
    head = {"day": "2026-03-09", "partner": partner, "note": "", "act": act}
    return client_of(shop.makers_user).post(url, {**head, **columns})


def test_a_sale_is_typed_in_confirmed_and_posted():
    shop = Shop()
    shop.buy(("A", "5", "10"))
    answer = typed(shop, "sale", ("A 蓝牙音箱", "2", "", ""), ("", "", "", "13"))
    assert answer.status_code == 302
    client = client_of(shop.makers_user)
    assert "XSCK-202603-0001" in client.get(answer["Location"]).content.decode()
    sale = Document.objects.get(kind="sale")
    assert (sale.state, str(sale.total)) == ("confirmed", "113.00")
    client.post(at(shop, "document-post"), {"act": "month", "month": "202603"})
    assert Document.objects.filter(state="posted").count() == 2
    voucher = Document.objects.get(kind="sale").voucher
    page = client.get(reverse("books:voucher-detail", kwargs={"number": shop.set.number, "pk": voucher.pk}))
    link = f"{at(shop, 'document-list')}?voucher={voucher.pk}"
    assert f'href="{link}"' in page.content.decode()
    found = client.get(link).content.decode()
    assert "XSCK-202603-0001" in found
    assert "CGRK-202603-0001" not in found
    assert all(f'value="{act}"' not in page.content.decode() for act in ("delete", "void"))
    client.post(reverse("books:voucher-act", kwargs={"number": shop.set.number, "pk": voucher.pk}), {"act": "void"})
    api = ApiClient(shop.product.company.account, maker=shop.makers_user)
    one = f"sets/{shop.set.number}/vouchers/{voucher.pk}/"
    for answer in (api.post(f"{one}void/"), api.post(f"{one}reverse/"), api.delete(one)):
        assert answer.json()["code"] == "voucher_made_elsewhere"
    assert Voucher.objects.get(pk=voucher.pk).state == "saved"
    client.post(at(shop, "document-act", pk=sale.pk), {"act": "take-back"})
    assert Document.objects.get(pk=sale.pk).state == "confirmed"
    assert not Voucher.objects.filter(pk=voucher.pk).exists()


def test_what_is_wrong_stands_at_its_row_and_a_refused_document_stays_a_draft():
    shop = Shop()
    wrong = typed(shop, "sale", ("A", "1", "5", ""), ("", "", "", ""), ("X", "1", "", ""), ("B", "x", "", ""))
    assert wrong.status_code == 422
    assert [f'id="row-{row}"' in wrong.content.decode() for row in (1, 3, 4)] == [False, False, True]
    wrong = typed(shop, "sale", ("A", "1", "5", ""), ("", "", "", ""), ("X", "1", "", "")).content.decode()
    assert [f'id="row-{row}"' in wrong for row in (1, 3)] == [False, True]
    answer = typed(shop, "sale", ("A", "1", "5", "3"))
    page = client_of(shop.makers_user).get(answer["Location"]).content.decode()
    draft = Document.objects.get()
    assert draft.state == "draft"
    assert at(shop, "document-edit", pk=draft.pk) in page
    shop.buy(("A", "1", "1"))
    assert typed(shop, "sale", ("A", "1", "6", ""), pk=draft.pk, act="next").status_code == 302
    assert Document.objects.get(pk=draft.pk).state == "confirmed"


def test_goods_and_partners_are_kept():
    shop = Shop()
    client = client_of(shop.makers_user)
    good = {"code": "C", "name": "充电宝", "unit": "个", "price": "99.5", "tax_rate": "13", "least": ""}
    assert client.post(at(shop, "good-new"), good).status_code == 302
    assert client.post(at(shop, "good-new"), good).status_code == 422
    partner = {"code": "P", "name": "新光", "is_customer": "on", "tax_number": "123"}
    assert client.post(at(shop, "partner-new"), partner).status_code == 422
    assert client.post(at(shop, "partner-new"), {**partner, "tax_number": ""}).status_code == 302
    made = shop.partner("P")
    assert (
        client.post(at(shop, "partner-edit", pk=made.pk), {**partner, "tax_number": "", "name": "新"}).status_code
        == 302
    )
    client.post(at(shop, "partner-act", pk=made.pk), {"act": "disable"})
    assert (shop.partner("P").name, shop.partner("P").disabled) == ("新", True)


def test_reports_add_up_and_come_as_files():
    shop = Shop()
    shop.do(Kind.OPENING, ("A", "10", "30"))
    shop.buy(("A", "5", "36"), ("B", "4", "1"))
    shop.sell(("A", "3"))
    client = client_of(shop.makers_user)
    rows = client.get(at(shop, "stock-report"), {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert rows[1].split(",")[4:] == ["0", "0.00", "15", "480.00", "3", "96.00", "12", "384.00"]
    assert rows[-1].split(",")[-1] == "388.00"
    april = client.get(at(shop, "stock-report"), {"month": "202604"})
    assert april.status_code == 200
    good = shop.draft(Kind.COUNT, ("A", "1")).lines.get().good_id
    ledger = client.get(at(shop, "good-ledger", pk=good), {"format": "csv"}).content.decode("utf-8-sig").splitlines()
    assert [row.split(",")[-2:] for row in ledger[2:]] == [["10", "300.00"], ["15", "480.00"], ["12", "384.00"]]
    assert client.get(at(shop, "good-ledger", pk=good), {"format": "xlsx"}).content[:2] == b"PK"


LISTS = ("document-list", "good-list", "partner-list", "stock-report", "good-ledger", "home")


def test_lists_cost_the_same_for_one_row_and_for_many():
    shop = Shop()
    shop.buy(("A", "5", "10"))
    client = client_of(shop.makers_user)
    good = {"pk": shop.draft(Kind.COUNT, ("A", "1")).lines.get().good_id}
    urls_of = [at(shop, name, **(good if name == "good-ledger" else {})) for name in LISTS]
    client.get(urls_of[0])  # takes the seat
    before = [queries(client, url) for url in urls_of]
    for number in range(4):
        shop.good(f"G{number}", least=5)
        shop.buy(("A", "5", "10"), (f"G{number}", "1", "1"))
    assert [queries(client, url) for url in urls_of] == before
    assert max(before) < 20


def queries(client, url):
    with CaptureQueriesContext(connection) as found:
        assert client.get(url).status_code == 200
    return len(found)


def test_the_workbench_leads_to_the_inventory():
    shop = Shop()
    page = client_of(shop.makers_user).get(reverse("accounts:workbench")).content.decode()
    for address in (at(shop, "home"), f"{at(shop, 'document-list')}?kind=sale", at(shop, "stock-report")):
        assert f'href="{address}"' in page
