"""Support staff in a real browser: first log-in, a review, every page under the policy; and the page of the API."""

from base64 import b32decode

import pytest
from django.contrib import admin
from django_otp.oath import totp
from playwright.sync_api import expect

from accounts.models import Account, User
from accounts.registry import registry
from accounts.services.certifications import submit_enterprise
from accounts.services.second_factor import code_now
from tests.accounts.api_client import ApiClient
from tests.factories import PASSWORD, acting, make_account
from tests.staff import make_staff, pages, put_one_of_each

pytestmark = pytest.mark.django_db(transaction=True)


def come_in(helper, user: User) -> None:
    """Through the staff log-in, with the code of the app."""
    helper.go("/admin/")
    helper.page.fill("input[name=identifier]", user.username)
    helper.page.fill("input[name=password]", PASSWORD)
    helper.page.fill("input[name=code]", code_now(user=user)[0])
    helper.submit()
    helper.page.wait_for_url("**/admin/")


@pytest.mark.rule("S5.7")
def test_a_new_colleague_sets_up_the_app_and_reviews_an_application(person):
    make_staff(superuser=True, device=False, username="helper")
    account = make_account(username="newcomer", certified="no", name="方新的账号")
    entry = registry().search("科技")[0]
    submit_enterprise(actor=acting(account), account=account, name=entry.name, credit_code=entry.credit_code)

    helper = person()
    helper.go("/admin/")
    helper.page.fill("input[name=identifier]", "helper")
    helper.page.fill("input[name=password]", PASSWORD)
    helper.keep("staff-login")
    helper.submit()
    helper.page.wait_for_url("**/admin/second-factor/")
    assert helper.page.locator(".qr img").evaluate("image => image.naturalWidth") > 100
    helper.keep("staff-second-factor")
    helper.page.locator("details summary").first.click()
    secret = helper.page.locator("details code").inner_text().replace(" ", "")
    helper.page.fill("input[name=code]", f"{totp(base32(secret)):06d}")
    helper.submit()
    helper.page.wait_for_url("**/admin/")
    helper.keep("staff-index")

    helper.page.locator(".waiting-card").first.click()
    helper.keep("staff-certifications")
    helper.page.locator("#result_list tbody th a").first.click()
    helper.keep("staff-certification")
    helper.page.locator("details.press summary").first.click()
    helper.page.locator("details.press[open] button").click()
    expect(helper.page.locator(".messagelist .success")).to_be_visible()
    assert Account.objects.get(username="newcomer").certified == "enterprise"


def base32(secret: str) -> bytes:
    """The key that a person would type."""
    return b32decode(secret + "=" * (-len(secret) % 8))


def test_every_staff_page_keeps_to_the_policy_and_to_the_width_of_a_phone(person):
    user = make_staff(superuser=True, username="helper")
    put_one_of_each()
    helper = person()
    come_in(helper, user)
    urls = [url for model in admin.site._registry for url in pages(model) if not url.endswith("history/")]
    helper.page.set_viewport_size({"width": 360, "height": 800})
    for url in ["/admin/", "/admin/accounts/message/add/", "/admin/accounts/withheldpoint/add/", *urls]:
        helper.go(url)
        over = helper.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{url} is {over} px too wide for a phone"


def test_the_page_of_the_api_is_read_and_tried_under_the_policy(person, manager):
    api = ApiClient(manager)
    developer = person()
    developer.go("/api/v1/docs/")
    operation = developer.page.locator("#operations-account-account_read")
    operation.wait_for()
    developer.keep("api")
    developer.page.locator(".btn.authorize").click()
    mine = developer.page.locator(".auth-container form").filter(has_text="ApiKey")
    mine.locator("input").fill(api.secret)
    mine.locator(".auth-btn-wrapper .authorize").click()
    developer.page.locator(".btn-done").first.click()
    operation.locator(".opblock-summary-control").click()
    operation.locator(".try-out__btn").click()
    operation.locator(".execute").click()
    expect(operation.locator(".live-responses-table .response-col_status").last).to_contain_text("200")
    expect(operation.locator(".live-responses-table")).to_contain_text(manager.number)
