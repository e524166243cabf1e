"""From a paid order to a product in use: the letter sent again, its two numbers typed, the product active."""

import pytest

from config import outbox
from config.jobs import run_due
from kiscloud.models import ActivationKey, Subscription
from tests.kiscloud.kis import make_company
from tests.kiscloud.test_key_letters import CD_KEY, ordered

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("S6.2", "S6.3", "S8.1", "S8.2", "S9.4")
def test_from_the_order_to_the_product_in_use(person):
    company = make_company(name="云岭商贸有限公司")
    ordered(company)
    here = person()
    here.log_in(company.founder)
    here.go(f"/manage/companies/{company.pk}/keys/")
    here.keep("keys")
    here.page.get_by_role("button", name="重新发送").click()
    here.pass_code(company.founder)
    here.page.get_by_text("新邮件已发出").wait_for()
    run_due()
    key = ActivationKey.objects.get()
    letter = next(item for item in outbox.items() if item.channel == "mail" and key.serial in item.text)
    product = Subscription.objects.get()
    here.go(f"/manage/products/{product.pk}/activate/?serial={key.serial}")
    here.page.fill("input[name=cd_key]", CD_KEY.search(letter.text)[0])
    here.keep("product-activate")
    here.submit()
    here.page.wait_for_url(f"**/manage/products/{product.pk}/")
    here.page.get_by_text("公有云使用").first.wait_for()
    here.keep("product-active")
    here.go(f"/manage/companies/{company.pk}/")
    here.keep("products")
    product.refresh_from_db()
    assert (product.state, product.key) == ("public", key)
