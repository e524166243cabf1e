"""The pages of verification."""

import pytest
from django.urls import reverse

from accounts import policy
from accounts.actors import Actor, Door
from accounts.models import Account, Certification
from accounts.permissions import Role
from accounts.services.certifications import approve_certification, reject_certification
from tests.factories import credit_code, make_account, make_operator, make_user

STATUS, ENTERPRISE, INDIVIDUAL = (f"/account/certification/{rest}" for rest in ("", "enterprise/", "individual/"))
SEARCH = "/account/certification/companies/"
TYPED = {
    "name": "云岭科技集团有限公司",
    "credit_code": credit_code(778),
    "legal_representative": "林远舟",
    "registered_address": "北京市海淀区望云路1号",
}
HTMX = {"hx-request": "true"}
pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def fresh():
    """An account that is not verified."""
    return make_account(certified=Account.Certified.NO, username="fresh")


@pytest.fixture
def console(browse, fresh):
    """Its owner's browser."""
    return browse(fresh)


@pytest.fixture
def staff():
    """Support staff with every right."""
    return Actor(door=Door.STAFF, user=make_user(is_staff=True, is_superuser=True))


def errors(answer):
    return set(answer.context["form"].errors)


def test_an_application_waits_and_the_page_says_so(console, fresh):
    assert console.get(STATUS).context["may_apply"]
    assert console.post(ENTERPRISE, TYPED)["Location"] == STATUS
    page = console.get(STATUS)
    assert not page.context["may_apply"]
    assert page.context["waiting"].credit_code == TYPED["credit_code"]
    again = console.post(ENTERPRISE, TYPED)
    assert again.status_code == 409
    assert Certification.objects.count() == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "云岭\u202e科技"}, "name"),
        ({"credit_code": "91110108MA9Y00012"}, "credit_code"),
        ({"credit_code": "O" * 18}, "credit_code"),
        ({"legal_representative": "\u2066x"}, "legal_representative"),
        ({"registered_address": "长" * 201}, "registered_address"),
        ({"name": "a\x00b"}, "name"),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_the_rest_is_kept(console, wrong, field):
    answer = console.post(ENTERPRISE, TYPED | wrong)
    assert (answer.status_code, errors(answer)) == (422, {field})
    for name in set(TYPED) - {field}:
        assert answer.context["form"][name].value() == TYPED[name]


@pytest.mark.rule("S5.5", "S5.6")
def test_typing_a_part_of_the_name_finds_companies_with_their_codes(console):
    part = console.get(SEARCH, {"name": "云岭科"}, headers=HTMX)
    found = [company.name for company in part.context["companies"]]
    assert found[0] == "云岭科技集团有限公司"
    assert 'data-credit_code="91110108MA9Y00012N"' in part.text
    assert "<html" not in part.text


@pytest.mark.rule("S5.5")
def test_a_slip_of_the_hand_still_finds_the_company(console):
    part = console.get(SEARCH, {"name": "云岭科枝集团"}, headers=HTMX)
    assert "云岭科技集团有限公司" in [company.name for company in part.context["companies"]]


@pytest.mark.rule("S5.5", "S5.6")
def test_without_a_script_a_button_searches_and_a_link_fills_the_form(console):
    page = console.get(ENTERPRISE, {"look_up": "云岭科技"})
    company = page.context["companies"][0]
    filled = console.get(
        ENTERPRISE,
        {
            "name": company.name,
            "credit_code": company.credit_code,
            "legal_representative": company.legal_representative,
            "registered_address": company.registered_address,
        },
    )
    form = filled.context["form"]
    assert (form["name"].value(), form["credit_code"].value()) == (company.name, company.credit_code)
    assert f"credit_code={company.credit_code}" in page.text


@pytest.mark.rule("S5.7")
def test_the_form_links_to_the_public_register(console):
    assert 'href="https://www.cods.org.cn/"' in console.get(ENTERPRISE).text


@pytest.mark.parametrize("text", ["", "云", "   ", "长" * 200, "%", "<script>"])
def test_a_look_up_that_makes_no_sense_finds_nothing(console, text):
    part = console.get(SEARCH, {"name": text}, headers=HTMX)
    assert part.status_code == 200
    assert part.context["companies"] == []
    assert "<script>" not in part.text


def test_the_look_up_is_limited(console, monkeypatch):
    monkeypatch.setattr(policy, "REGISTRY_SEARCHES_PER_USER", (2, 600))
    for _ in range(2):
        assert console.get(SEARCH, {"name": "云岭"}, headers=HTMX).context["companies"]
    part = console.get(SEARCH, {"name": "云岭"}, headers=HTMX)
    assert part.context["companies"] == []
    assert part.context["trouble"]


def test_a_register_that_does_not_answer_leaves_typing(console, settings):
    settings.REGISTRY_BACKEND = "accounts.registry.HttpRegistry"
    settings.REGISTRY_OPTIONS = {"endpoint": "http://127.0.0.1:1", "api_key": "x", "timeout": "1"}
    page = console.get(ENTERPRISE, {"look_up": "云岭科技"})
    assert page.context["trouble"]
    assert console.post(ENTERPRISE, TYPED).status_code == 302


def test_the_part_by_its_address_alone_leads_to_the_form(console):
    assert console.get(SEARCH, {"name": "云岭"})["Location"] == ENTERPRISE


@pytest.mark.rule("K3.1")
def test_an_individual_reads_beforehand_what_it_cannot_do(console, fresh, staff):
    page = console.get(INDIVIDUAL)
    assert reverse("accounts:certification-enterprise") in page.text
    answer = console.post(INDIVIDUAL, {"name": "何静澜", "citizen_id": "110105194912310021"})
    assert (answer.status_code, errors(answer)) == (422, {"citizen_id"})
    assert console.post(INDIVIDUAL, {"name": "何静澜", "citizen_id": "11010519491231002X"})["Location"] == STATUS
    assert "11010519491231002X" not in console.get(STATUS).text
    approve_certification(actor=staff, certification_id=fresh.certifications.get().pk)
    page = console.get(STATUS)
    assert page.context["may_apply"]
    assert INDIVIDUAL not in page.text


def test_a_refusal_shows_its_reason_and_opens_the_form_again(console, fresh, staff):
    console.post(ENTERPRISE, TYPED)
    reject_certification(actor=staff, certification_id=fresh.certifications.get().pk, reason="名称与执照不符")
    page = console.get(STATUS)
    assert "名称与执照不符" in page.text
    assert page.context["may_apply"]


@pytest.mark.rule("K2.2")
def test_an_enterprise_sees_its_code_and_cannot_apply_again(browse, manager):
    console = browse(manager)
    page = console.get(STATUS)
    assert manager.enterprise.credit_code in page.text
    assert not page.context["may_apply"]
    assert console.post(ENTERPRISE, TYPED).status_code == 409


@pytest.mark.parametrize("role", [Role.FINANCE, Role.VIEWER])
def test_other_roles_see_the_standing_and_apply_for_nothing(browse, fresh, role):
    own = browse(make_operator(fresh, role))
    page = own.get(STATUS)
    assert page.status_code == 200
    assert ENTERPRISE not in page.text
    assert own.get(ENTERPRISE).status_code == 403
    assert own.post(INDIVIDUAL).status_code == 403
    assert own.get(SEARCH, {"name": "云岭"}, headers=HTMX).status_code == 403
