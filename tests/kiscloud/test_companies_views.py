"""Pages of companies and their people: the way in, ticking, removing, deleting, verifying."""

import pytest
from django.urls import reverse

from accounts.models import User
from kiscloud.models import Company
from kiscloud.services.companies import add_companies
from kiscloud.services.subscriptions import add_product
from tests.factories import clear, make_account, make_user
from tests.kiscloud.kis import NOW, active, make_company, make_set, person, verify

pytestmark = pytest.mark.django_db


@pytest.fixture
def founder():
    return make_user()


def at(name, *args):
    return reverse(f"kiscloud:{name}", args=args)


def added(founder, **more):
    company = make_company(founder, **more)
    add_companies(actor=person(founder), company_ids=[company.pk])
    return company


@pytest.mark.rule("S4.1", "S4.2", "S4.4", "S4.5")
def test_from_nothing_to_a_listed_company(browse, founder, english):
    console = browse(founder)
    page = console.get(at("manage"), follow=True)
    assert page.redirect_chain == [(at("company-list"), 302)]
    assert at("company-register") in page.text
    page = console.post(at("company-register"), {"name": "云岭商贸"}, follow=True)
    assert page.redirect_chain == [(at("company-to-add"), 302)]
    assert console.get(at("manage"))["Location"] == at("company-to-add")
    company = Company.objects.get()
    assert console.post(at("company-to-add"), {}).status_code == 422
    page = console.post(at("company-to-add"), {"companies": [company.pk]}, follow=True)
    assert page.redirect_chain == [(at("company-list"), 302)]
    assert console.get(at("manage"))["Location"] == at("company-list")
    assert at("company-detail", company.pk) in page.text


@pytest.mark.rule("S4.3", "S4.6")
def test_added_ones_are_ticked_and_stay_so(browse, founder):
    one, two = added(founder, name="甲"), make_company(founder, name="乙")
    console = browse(founder)
    text = console.get(at("company-to-add")).text
    assert f'value="{one.pk}" checked disabled' in text
    assert f'value="{two.pk}">' in text
    console.post(at("company-to-add"), {"companies": [two.pk]})  # a disabled box sends nothing
    assert {company.pk for company in Company.objects.added_by(founder)} == {one.pk, two.pk}
    foreign = make_company(make_user(), name="丙")
    assert console.post(at("company-to-add"), {"companies": [foreign.pk]}).status_code == 422


@pytest.mark.rule("S4.7", "S4.8")
def test_the_button_to_remove_is_there_without_products_only(browse, founder):
    full, empty = added(founder, name="甲"), added(founder, name="乙")
    add_product(actor=person(founder), company_id=full.pk, edition="trade")
    console = browse(founder)
    text = console.get(at("company-list")).text
    assert at("company-remove", empty.pk) in text
    assert at("company-remove", full.pk) not in text
    assert console.post(at("company-remove", full.pk)).status_code == 409
    console.post(at("company-remove", empty.pk))
    assert list(Company.objects.added_by(founder)) == [full]
    assert f'value="{empty.pk}">' in console.get(at("company-to-add")).text


@pytest.mark.rule("S4.7")
def test_deleting_for_good_asks_for_a_code_and_then_once_more(browse, founder):
    company = make_company(founder)
    console = browse(founder)
    assert at("company-delete", company.pk) in console.get(at("company-to-add")).text
    assert console.get(at("company-delete", company.pk))["Location"].startswith("/account/code/")
    clear(founder, "delete_company", f"company:{company.pk}")
    assert console.get(at("company-delete", company.pk)).status_code == 200
    console.post(at("company-delete", company.pk))
    assert Company.objects.get().deleted_at is not None
    assert company.name not in console.get(at("company-to-add")).text.partition("<form")[2].partition("<tbody")[2]


@pytest.mark.rule("S5.1")
def test_only_a_company_that_is_not_verified_has_the_button(browse, founder):
    company = added(founder)
    console = browse(founder)
    for name, args in (("company-list", ()), ("company-detail", (company.pk,))):
        assert f'name="account" value="{company.account_id}"' in console.get(at(name, *args)).text
    onward = console.post(
        reverse("accounts:account-switch"), {"account": company.account_id, "next": "/account/certification/"}
    )
    assert onward["Location"] == "/account/certification/"
    page = console.get("/account/certification/enterprise/")
    assert page.wsgi_request.account == company.account
    verify(company)
    for name, args in (("company-list", ()), ("company-detail", (company.pk,))):
        assert (
            f'name="account" value="{company.account_id}"'
            not in console.get(at(name, *args)).text.partition("<main")[2]
        )


@pytest.mark.rule("S5.4")
def test_the_banner_says_by_when_and_what_is_closed(browse, founder, english):
    company = added(founder)
    console = browse(founder)
    assert "Verify this company" not in console.get(at("company-detail", company.pk)).text
    Company.objects.update(served_since=NOW.replace(year=2000))
    assert "no longer open" in console.get(at("company-detail", company.pk)).text


@pytest.mark.rule("S4.9")
def test_choosing_a_company_opens_its_products(browse, founder):
    company = added(founder)
    active(company)
    page = browse(founder).get(at("company-detail", company.pk))
    assert page.context["company"] == company
    assert page.status_code == 200


def test_people_are_managed_on_their_page(browse, founder):
    company = added(founder)
    console = browse(founder)
    form = {"contact": "13800138333", "name": "王出纳", "is_admin": "on"}
    page = console.post(at("member-add", company.pk), form, follow=True)
    assert "王出纳" in page.text
    member = company.members.get(name="王出纳")
    console.post(at("member-administrator", member.pk), {"is_admin": "0"})
    member.refresh_from_db()
    assert not member.is_admin
    console.post(at("member-rename", member.pk), {"name": "王会计"})
    console.post(at("member-remove", member.pk))
    member.refresh_from_db()
    assert (member.name, member.left_at is None) == ("王会计", False)
    assert console.post(at("member-add", company.pk), {"contact": "1380", "name": "x"}).status_code == 422


@pytest.mark.rule("S2.2", "S2.3")
@pytest.mark.parametrize(("door", "home"), [("management", "/manage/"), ("workbench", "/workbench/")])
def test_the_door_leads_whoever_runs_a_company(browse, founder, door, home):
    make_company(founder)
    User.objects.filter(pk=founder.pk).update(last_door=door)
    assert browse(founder).get("/")["Location"] == home


@pytest.mark.rule("S2.2", "S2.4")
def test_a_newcomer_chooses_the_management_centre_and_switches_at_any_time(browse):
    fresh = make_account(certified="no")
    console = browse(fresh)
    assert console.get("/")["Location"] == "/first-steps/"
    for door, home in (("management", "/manage/"), ("workbench", "/workbench/"), ("management", "/manage/")):
        assert console.post(reverse("accounts:door-switch"), {"door": door})["Location"] == home
    assert console.get("/")["Location"] == "/manage/"


@pytest.mark.rule("S2.3", "S2.10")
def test_a_member_without_an_account_uses_and_does_not_manage(browse, founder):
    company, clerk = make_company(founder), make_user()
    company.members.create(user=clerk, name="李")
    console = browse(clerk)
    assert console.get("/workbench/").status_code == 200
    assert console.get(at("company-detail", company.pk)).status_code == 403
    account_set = make_set(active(company), clerk)
    assert account_set.name in console.get("/workbench/").text
    assert console.get("/")["Location"] == "/workbench/"
    assert at("company-detail", company.pk) not in console.get("/workbench/").text


@pytest.mark.parametrize("name", ["company-list", "company-to-add"])
def test_many_companies_cost_what_one_does(browse, founder, name, django_assert_max_num_queries):
    added(founder, name="一号")
    console = browse(founder)
    with django_assert_max_num_queries(100) as few:
        console.get(at(name))
    for number in range(4):
        added(founder, name=f"第{number}家")
    with django_assert_max_num_queries(len(few)):
        console.get(at(name))
