"""Books by the API: whoever made the key keeps them, with their own rights; other companies find nothing."""

import re

import pytest
from django.test import Client

from accounts.models import Account
from accounts.models.api_key import Scope
from kiscloud.books.models import Voucher
from tests.accounts.api_client import ApiClient
from tests.factories import make_user
from tests.kiscloud.books.bookkeeping import Office
from tests.kiscloud.kis import add_admin

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes", "english")]
LINES = [{"summary": "收款", "subject": "1002", "debit": "10.00"}, {"subject": "5001", "credit": "10.00"}]
BODY = {"day": "2026-03-05", "lines": LINES}


@pytest.fixture
def office() -> Office:
    return Office().open(s1002="5000", s3001="5000")


def account_of(office: Office) -> Account:
    return office.product.company.account


@pytest.fixture
def maker(office):
    return ApiClient(account_of(office), maker=office.makers_user)


@pytest.fixture
def auditor(office):
    return ApiClient(account_of(office), maker=office.auditors_user)


@pytest.fixture
def root(office):
    return f"sets/{office.set.number}/"


def test_a_voucher_goes_its_way_and_the_statements_know(maker, auditor, root):
    made = maker.post(f"{root}vouchers/", BODY, key="one")
    voucher = made.json()
    assert (made.status_code, voucher["number"], voucher["state"], voucher["total"]) == (201, 1, "saved", "10.00")
    assert maker.post(f"{root}vouchers/", BODY, key="one").json() == voucher
    assert [(line["subject"], line["debit"], line["summary"]) for line in voucher["lines"]] == [
        ("1002", "10.00", "收款"),
        ("5001", "0.00", "收款"),
    ]
    one = f"{root}vouchers/{voucher['id']}/"
    changed = maker.patch(one, {**BODY, "attachments": 2}).json()
    assert (changed["number"], changed["attachments"]) == (1, 2)
    assert maker.post(f"{one}audit/").json()["code"] == "own_voucher"
    assert maker.post(f"{one}post/").json()["code"] == "voucher_not_postable"
    assert auditor.post(f"{one}audit/").json()["auditor"] == auditor.key.created_by.name
    assert auditor.post(f"{one}unaudit/").json()["state"] == "saved"
    auditor.post(f"{one}audit/")
    assert auditor.post(f"{one}post/").json()["state"] == "posted"
    red = maker.post(f"{one}reverse/")
    assert (red.status_code, red.json()["total"], red.json()["reverses"]) == (201, "-10.00", voucher["id"])
    assert maker.post(f"{root}vouchers/{red.json()['id']}/void/").json()["state"] == "void"
    rows = maker.get(f"{root}vouchers/?month=2026-03&state=posted&subject=10").json()["data"]
    assert [row["id"] for row in rows] == [voucher["id"]]
    sheet = maker.get(f"{root}balance-sheet/").json()
    assert (sheet["lines"][0]["first"], sheet["lines"][0]["second"], sheet["month"]) == (
        "5010.00",
        "5000.00",
        "2026-03",
    )
    assert maker.get(f"{root}income-statement/").json()["lines"][31]["second"] == "10.00"
    assert maker.get(f"{root}cash-flow/?month=2026-03").json()["lines"][21]["first"] == "5010.00"
    trial = maker.get(f"{root}trial-balance/").json()
    assert (trial["balances"], trial["rows"][0]["closing"]) == (True, ["5010.00", "0.00"])
    assert maker.get(f"{root}balance-sheet/?month=2025-01").status_code == 422


def test_drafts_are_kept_and_deleted_and_lists_are_paged(maker, root):
    draft = maker.post(f"{root}vouchers/", {**BODY, "lines": LINES[:1], "draft": True}).json()
    assert (draft["state"], draft["number"]) == ("draft", None)
    assert maker.delete(f"{root}vouchers/{draft['id']}/").json()["id"] == draft["id"]
    assert not Voucher.objects.exists()
    page = maker.get(f"{root}subjects/?limit=2").json()
    assert [row["code"] for row in page["data"]] == ["1001", "1002"]
    assert page["next"]
    assert maker.get(f"{root}periods/").json()["data"] == [{"month": "2026-03", "state": "open", "closed_at": None}]


@pytest.mark.parametrize(
    "wrong",
    [
        {"lines": LINES[:1]},
        {"lines": []},
        {"day": "2026-02-05"},
        {"surprise": 1},
        {"lines": [{**LINES[0], "debit": 10}, LINES[1]]},
        {"lines": [{**LINES[0], "subject": "9999"}, LINES[1]]},
        {"lines": [{**LINES[0], "debit": "9.99"}, LINES[1]]},
    ],
)
def test_what_cannot_stand_is_refused(maker, root, wrong):
    assert maker.post(f"{root}vouchers/", {**BODY, **wrong}).status_code == 422
    assert not Voucher.objects.exists()


@pytest.mark.rule("S19.6")
def test_rights_are_those_of_whoever_made_the_key(office, root):
    keeper = ApiClient(account_of(office), maker=office.add("bookkeepers"))
    viewer = ApiClient(account_of(office), maker=office.add())
    reader = ApiClient(account_of(office), maker=office.makers_user, scopes=[Scope.BOOKS_READ])
    voucher = keeper.post(f"{root}vouchers/", BODY).json()
    assert keeper.post(f"{root}vouchers/{voucher['id']}/audit/").json()["code"] == "right_not_granted"
    for api in (viewer, reader):
        assert api.get(f"{root}vouchers/{voucher['id']}/").status_code == 200
        assert api.post(f"{root}vouchers/", BODY).status_code == 403
    funds = ApiClient(account_of(office), maker=office.makers_user, scopes=[Scope.SETS_READ])
    assert funds.get(f"{root}vouchers/").status_code == 403


@pytest.mark.rule("S19.5")
def test_no_operation_lets_anybody_from_outside_in(office, root):
    inside = office.write(("1002", "10", ""), ("5001", "", "10"))
    other = Office().open()
    foreign = other.write(("1002", "10", ""), ("5001", "", "10"))
    outsider = make_user()
    add_admin(office.product.company, outsider)  # of the company, but not in the set
    strangers = [
        (ApiClient(account_of(other), maker=other.makers_user), office.set.number, inside.pk),
        (ApiClient(account_of(office), maker=outsider), office.set.number, inside.pk),
        (ApiClient(account_of(other), maker=office.makers_user), office.set.number, inside.pk),
        (ApiClient(account_of(office), maker=office.makers_user), office.set.number, foreign.pk),
    ]
    tried = 0
    for path, item in Client().get("/api/v1/schema/").json()["paths"].items():
        for method in set(item) & {"get", "post", "patch", "delete"}:
            if item[method]["tags"] != ["books"]:
                continue
            tried += 1
            for place, (api, number, pk) in enumerate(strangers):
                if place == 3 and "{id}" not in path:
                    continue
                url = re.sub(r"\{(pk|id)\}", str(pk), path.removeprefix("/api/v1/").replace("{number}", number))
                answer = api.get(url) if method == "get" else api.write(method.upper(), url, BODY)
                assert answer.status_code == 404, (method, path, place)
    assert tried == 29
    assert Voucher.objects.count() == 2


def test_a_period_is_carried_over_closed_and_opened_again(maker, auditor, office, root):
    office.write(("1002", "10", ""), ("5001", "", "10"))
    office.write(("1002", "5", ""), ("5001", "", "5"))
    ids = list(Voucher.objects.values_list("pk", flat=True))
    assert maker.post(f"{root}vouchers/audit/", {"vouchers": ids}).json() == {"done": 0, "left": 2}
    assert auditor.post(f"{root}vouchers/audit/", {"vouchers": ids}).json() == {"done": 2, "left": 0}
    assert auditor.post(f"{root}vouchers/post/", {}).json() == {"done": 2, "left": 0}
    checks = maker.get(f"{root}periods/checks/").json()
    assert (checks["ready"], [one["key"] for one in checks["checks"] if not one["holds"]]) == (False, ["carried"])
    assert maker.post(f"{root}periods/close/").json()["code"] == "period_not_ready"
    carried = maker.post(f"{root}periods/carry-over/", {"together": True})
    assert (carried.status_code, [one["total"] for one in carried.json()["vouchers"]]) == (201, ["15.00"])
    office.post()
    assert maker.post(f"{root}periods/carry-over/", {}).json()["code"] == "nothing_to_carry"
    assert maker.post(f"{root}periods/carry-over-year/").json()["code"] == "nothing_to_carry"
    assert maker.post(f"{root}periods/renumber/").json() == {"changed": 0}
    assert maker.post(f"{root}periods/close/", key="march").json() == {"month": "2026-04"}
    assert maker.post(f"{root}periods/close/", key="march").json() == {"month": "2026-04"}  # closed once
    assert maker.post(f"{root}periods/reopen/").json() == {"month": "2026-03"}


def test_openings_are_entered_finished_and_taken_up_again():
    office = Office()
    maker, root = ApiClient(account_of(office), maker=office.makers_user), f"sets/{office.set.number}/openings/"
    body = {"openings": [{"subject": "1002", "balance": "5000.00", "year_debit": "7.00"}]}
    made = maker.post(root, body).json()
    assert (made["debit"], made["credit"], made["opened_at"]) == ("5000.00", "0.00", None)
    assert maker.post(f"{root}finish/").json()["code"] == "openings_unbalanced"
    assert maker.post(root, {"openings": body["openings"] * 2}).json()["code"] == "invalid"
    assert maker.post(root, {"openings": [{"subject": "5001", "balance": "1.00"}]}).status_code == 422
    assert maker.get(root).json() == made
    both = [*body["openings"], {"subject": "3001", "balance": "5000.00", "year_credit": "7.00"}]
    maker.post(root, {"openings": both})
    done = maker.post(f"{root}finish/").json()
    assert (done["opened_at"] is not None, [one["balance"] for one in done["openings"]]) == (True, ["5000.00"] * 2)
    assert maker.post(root, body).json()["code"] == "openings_finished"
    assert maker.post(f"{root}resume/").json()["opened_at"] is None
