"""From the first log-in to a company that tries a product and is verified; people; deleting for good with a code."""

import pytest

from accounts.actors import Actor, Door
from accounts.forms.certification import PUBLIC_REGISTER_URL
from accounts.models import Certification, User
from accounts.services.certifications import approve_certification
from kiscloud.models import Company, Subscription
from kiscloud.services.companies import add_companies
from kiscloud.services.demo_sets import open_demo_sets
from tests.factories import PASSWORD, make_account, make_user, owner_of
from tests.kiscloud.kis import make_company
from tests.kiscloud.kis import person as acting

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "云岭国际贸易有限公司"


def by_management_door(one, user: User) -> None:
    """Logs in through the door of the management centre."""
    one.go("/login/")
    one.page.fill("input[name=identifier]", user.username)
    one.page.fill("input[name=password]", PASSWORD)
    one.page.locator("label", has_text="管理中心").click()
    one.page.locator("main button[type=submit]").first.click()
    one.page.wait_for_url(lambda url: "/login/" not in url)


@pytest.mark.rule("S2.2", "S4.1", "S4.2", "S4.3", "S4.5", "S4.9", "S5.1", "S5.5", "S5.6", "S5.7", "S6.1", "S7.6")
def test_from_the_first_log_in_to_a_trial_and_a_verified_company(person):
    user = owner_of(make_account(username="newcomer", certified="no"))
    one = person()
    by_management_door(one, user)
    page = one.page
    assert page.url.endswith("/manage/companies/")
    one.keep("companies-empty")
    page.locator("main .empty a.button").click()
    page.fill("input[name=name]", NAME)
    one.keep("company-register")
    one.submit()
    assert page.url.endswith("/manage/companies/to-add/")
    page.check("input[name=companies]")
    one.keep("companies-to-add")
    one.submit()
    one.keep("companies")
    page.get_by_role("link", name=NAME, exact=True).click()
    company = Company.objects.get()
    page.wait_for_url(f"**/manage/companies/{company.pk}/")
    page.locator("a[href$='/products/add/']").first.click()
    page.check("input[name=edition][value=professional]", force=True)
    one.submit()
    product = Subscription.objects.get()
    one.go(f"/manage/products/{product.pk}/try/")
    one.submit()
    product.refresh_from_db()
    assert product.state == "trial"
    one.go(f"/manage/companies/{company.pk}/")
    one.keep("company-trial")
    page.get_by_role("button", name=f"认证{NAME}").click()
    page.wait_for_url("**/account/certification/")
    one.go("/account/certification/enterprise/")
    page.locator("input[name=name]").press_sequentially("云岭国际贸易")
    page.locator("[role=option]").first.click()
    assert page.input_value("input[name=credit_code]") == "91310115MA9Y00047T"
    assert page.locator(f"a[href='{PUBLIC_REGISTER_URL}']").is_visible()
    one.submit()
    staff = make_user(is_staff=True, is_superuser=True)
    approve_certification(actor=Actor(door=Door.STAFF, user=staff), certification_id=Certification.objects.get().pk)
    one.go("/manage/companies/")
    assert page.get_by_text("已认证").is_visible()
    assert page.get_by_role("button", name=f"认证{NAME}").count() == 0


@pytest.mark.rule("S4.7")
def test_deleting_for_good_takes_a_code(person):
    company = make_company(name="要删除的企业")
    one = person()
    one.log_in(company.founder)
    one.go("/manage/companies/to-add/")
    one.page.locator("main a[href$='/delete/']").click()
    one.pass_code(company.founder)
    one.keep("company-delete")
    one.page.locator("main form button.button-danger").click()
    one.page.wait_for_url("**/manage/companies/to-add/")
    company.refresh_from_db()
    assert company.deleted_at is not None


@pytest.mark.rule("S2.3", "S3.2", "S3.5")
def test_people_and_the_demo_sets(person, settings):
    settings.TRIAL_ENVIRONMENT = True
    open_demo_sets()
    company = make_company(name="云岭商贸")
    add_companies(actor=acting(company.founder), company_ids=[company.pk])
    one = person()
    one.log_in(company.founder)
    one.go(f"/manage/companies/{company.pk}/people/add/")
    one.page.fill("input[name=contact]", "13800138777")
    one.page.fill("input[name=name]", "李会计")
    one.keep("person-add")
    one.submit()
    one.page.get_by_role("button", name="将李会计设为管理员").click()
    one.page.get_by_text("李会计已成为管理员").wait_for()
    one.keep("people")
    one.go("/manage/companies/")
    one.keep("companies-demo")
    one.go("/workbench/")
    one.page.get_by_role("link", name="在浏览器中打开商贸版演示账套").click()
    one.page.wait_for_url("**/sets/DEMO-TRADE/**")
    one.keep("demo-books")
