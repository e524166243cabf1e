"""Staff decide what orders give, hold back deletions, and never see a CD-Key."""

from typing import Any

import pytest

from kiscloud.models import ActivationKey, Offering
from tests.finance.buying import prepaid
from tests.kiscloud.kis import active, make_company
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def clerk() -> Any:
    return staff_browser(
        make_staff("add_offering", "view_offering", "view_subscription", "change_subscription", "view_activationkey")
    )


def test_an_offering_is_added_once(clerk: Any) -> None:
    product = prepaid()
    typed = {"product": product.pk, "kind": "licence", "edition": "trade", "users": 1, "sets": 0}
    assert clerk.post("/admin/kiscloud/offering/add/", typed).status_code == 302
    assert Offering.objects.get().product == product
    assert clerk.post("/admin/kiscloud/offering/add/", {**typed, "users": 0}).status_code == 200
    assert Offering.objects.count() == 1


def test_a_hold_with_a_reason(clerk: Any) -> None:
    product = active(make_company())
    page = f"/admin/kiscloud/subscription/{product.pk}/"
    answer = clerk.get(f"{page}change/")
    assert answer.status_code == 200
    clerk.post(f"{page}do/hold/", {"reason": "诉讼保全"})
    product.refresh_from_db()
    held = product.held
    clerk.post(f"{page}do/release/", {"reason": "结案"})
    product.refresh_from_db()
    assert (held, product.held) == (True, False)


def test_keys_are_shown_without_their_secret(clerk: Any) -> None:
    active(make_company())
    key = ActivationKey.objects.get()
    ActivationKey.objects.update(cd_key="secret-hash")
    assert key.serial in clerk.get("/admin/kiscloud/activationkey/").text
    assert "secret-hash" not in clerk.get(f"/admin/kiscloud/activationkey/{key.pk}/change/").text
