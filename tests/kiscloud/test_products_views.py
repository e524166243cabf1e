"""The pages of a company's products: what they say and offer in each state."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from kiscloud.models import ActivationKey, Company, Offering, Subscription
from kiscloud.services.activation import draw_cd_key
from kiscloud.services.subscriptions import add_product, try_product
from tests.factories import make_user
from tests.finance.buying import prepaid
from tests.kiscloud.kis import DAY, active, make_company, make_set, person, verify

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]


@pytest.fixture
def founder() -> User:
    return make_user()


@pytest.fixture
def company(founder: User) -> Company:
    return make_company(founder)


@pytest.fixture
def browser(browse: Any, founder: User) -> Any:
    return browse(founder)


def address(company: Company) -> str:
    return f"/manage/companies/{company.pk}/"


def bought(company: Company, *, edition: str = "trade", kind: str = "licence") -> ActivationKey:
    """A paid order has made a key."""
    number = ActivationKey.objects.count() + 1
    return ActivationKey.objects.create(
        account=company.account,
        serial=f"KIS-SM-26-{number:08d}",
        edition=edition,
        kind=kind,
        users=5,
        sets=3,
        months=12,
    )


def end(product: Subscription, at: datetime) -> None:
    Subscription.objects.filter(pk=product.pk).update(starts_at=at - 400 * DAY, expires_at=at)


@pytest.mark.rule("S6.1", "S4.9")
def test_a_product_is_added_and_stands_in_the_list(browser: Any, company: Company) -> None:
    assert "No product yet" in browser.get(address(company)).text
    page = browser.get(f"{address(company)}products/add/")
    assert "General ledger" in page.text
    done = browser.post(f"{address(company)}products/add/", {"edition": "flagship"})
    product = Subscription.objects.get()
    assert done["Location"] == f"/manage/products/{product.pk}/"
    listed = browser.get(address(company)).text
    assert "KIS Cloud Flagship" in listed
    assert "Not used" in listed
    assert browser.post(f"{address(company)}products/add/", {"edition": "mini"}).status_code == 422


@pytest.mark.rule("S6.3", "S8.2", "S10.1")
def test_the_list_shows_sets_users_state_and_end(browser: Any, company: Company) -> None:
    product = active(company, users=7, sets=4)
    make_set(product)
    listed = browser.get(address(company)).text
    assert "1 / 4" in listed
    assert "In use in the public cloud" in listed
    assert f"{timezone.localtime(product.expires_at):%Y-%m-%d}" in listed
    end(product, timezone.now() - timedelta(seconds=1))
    assert "Expired" in browser.get(address(company)).text


@pytest.mark.rule("S10.2", "S10.3", "S10.4")
def test_what_follows_its_end_is_said(browser: Any, company: Company) -> None:
    product = active(company)
    page = f"/manage/products/{product.pk}/"
    for ago, words in ((1, "can be used until"), (16, "account sets are closed")):
        end(product, timezone.now() - ago * DAY)
        assert words in browser.get(page).text
    Subscription.objects.filter(pk=product.pk).update(purged_at=timezone.now())
    assert "was deleted on" in browser.get(page).text


@pytest.mark.rule("S6.2", "S8.1", "S6.3")
def test_what_was_bought_is_added_and_activated(browser: Any, company: Company) -> None:
    key = bought(company)
    typed = draw_cd_key(key_id=key.pk, reference="letter-1")
    listed = browser.get(address(company)).text
    assert key.serial in listed
    assert f"?edition=trade&amp;serial={key.serial}" in listed
    added = browser.post(f"{address(company)}products/add/?edition=trade&serial={key.serial}", {"edition": "trade"})
    assert key.serial in browser.get(added["Location"]).text
    wrong = browser.post(added["Location"], {"serial": key.serial, "cd_key": typed[:-1] + "0"})
    assert wrong.status_code in (409, 422)
    done = browser.post(added["Location"], {"serial": key.serial, "cd_key": typed})
    assert done.status_code == 302
    assert Subscription.objects.get().state == "public"
    assert key.serial not in browser.get(address(company)).text.split("<tbody>")[0]


@pytest.mark.rule("S7.5", "S7.6", "S7.7")
def test_a_trial_says_for_how_long_and_begins(browser: Any, company: Company) -> None:
    product = add_product(actor=person(company.founder), company_id=company.pk, edition="trade")
    page = f"/manage/products/{product.pk}/try/"
    assert "7 days" in browser.get(page).text
    verify(company)
    assert "30 days" in browser.get(page).text
    assert browser.post(page).status_code == 302
    product.refresh_from_db()
    assert (product.state, product.sets_total, product.users_total) == ("trial", 1, 3)


@pytest.mark.rule("S7.3", "S7.4")
def test_a_fourth_trial_is_refused_with_the_reason(browser: Any, company: Company) -> None:
    verify(company)
    for edition in ("trade", "professional", "flagship"):
        product = add_product(actor=person(company.founder), company_id=company.pk, edition=edition)
        try_product(actor=person(company.founder), subscription_id=product.pk)
    browser.post(f"/manage/products/{product.pk}/delete/")
    fourth = add_product(actor=person(company.founder), company_id=company.pk, edition="trade")
    refused = browser.post(f"/manage/products/{fourth.pk}/try/")
    assert refused.status_code == 409
    assert "has tried 3 products" in refused.text


@pytest.mark.rule("S10.5", "S10.6")
def test_a_paid_renewal_is_used_by_one_button(browser: Any, company: Company) -> None:
    product = active(company, edition="trade", until=timezone.now() + 3 * DAY)
    assert "Update the service" not in browser.get(address(company)).text
    bought(company)
    assert "Update the service" in browser.get(address(company)).text
    assert browser.post(f"/manage/products/{product.pk}/update/").status_code == 302
    product.refresh_from_db()
    assert product.expires_at is not None
    assert product.expires_at > timezone.now() + 360 * DAY


@pytest.mark.rule("S18.2")
def test_a_bought_module_is_added(browser: Any, company: Company) -> None:
    product = active(company, edition="trade")
    bought(company, kind="module")
    assert browser.post(f"/manage/products/{product.pk}/module/").status_code == 302
    product.refresh_from_db()
    assert product.has_module


@pytest.mark.rule("S11.1", "S11.2", "S11.3")
def test_only_what_may_go_offers_it(browser: Any, company: Company) -> None:
    used, tried = active(company), add_product(actor=person(company.founder), company_id=company.pk, edition="trade")
    try_product(actor=person(company.founder), subscription_id=tried.pk)
    assert "/delete/" not in browser.get(f"/manage/products/{used.pk}/").text
    assert "/delete/" in browser.get(f"/manage/products/{tried.pk}/").text
    made = make_set(tried)
    assert "/delete/" not in browser.get(f"/manage/products/{tried.pk}/").text
    assert browser.post(f"/manage/products/{tried.pk}/delete/").status_code == 409
    made.delete_for_good()
    made.save(update_fields=["state"])
    assert browser.post(f"/manage/products/{tried.pk}/delete/")["Location"] == address(company)


@pytest.mark.rule("S18.7")
def test_what_the_public_cloud_lacks_is_listed_once_it_is_activated(browser: Any, company: Company) -> None:
    used, unused = active(company), add_product(actor=person(company.founder), company_id=company.pk, edition="trade")
    assert "Security dongles" in browser.get(f"/manage/products/{used.pk}/").text
    assert "Security dongles" not in browser.get(f"/manage/products/{unused.pk}/").text


@pytest.mark.rule("S6.2")
def test_what_is_on_sale_is_ordered_in_the_companys_account(browser: Any, company: Company) -> None:
    product = active(company, edition="trade")
    page = f"/manage/products/{product.pk}/"
    assert "Order a renewal" not in browser.get(page).text
    sold = Offering.objects.create(product=prepaid(), kind="licence", edition="trade").product
    order = f"/finance/orders/new/{sold.pk}/"
    assert order in browser.get(page).text
    onward = browser.post(reverse("accounts:account-switch"), {"account": company.account_id, "next": order})
    assert onward["Location"] == order
    assert browser.get(order).status_code == 200
    Offering.objects.create(product=prepaid(), kind="licence", edition="trade")
    assert 'value="/finance/orders/new/"' in browser.get(page).text
