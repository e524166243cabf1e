"""What may be a package."""

import pytest

from accounts.actors import StaffOnly
from config.errors import InputError
from invoicing.services.packages import add_package, choose_priority
from tests.factories import acting
from tests.finance.bills import make_product
from tests.finance.buying import prepaid
from tests.finance.funds import staff
from tests.invoicing.clouding import package

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("service", {"service": "printing"}),
        ("quantity", {"quantity": 0}),
        ("quantity", {"quantity": 10_000_001}),
        ("priority", {"priority": -1}),
        ("priority", {"priority": 1000}),
    ],
)
def test_what_is_none_is_refused_at_its_field(field, fields):
    with pytest.raises(InputError) as refused:
        add_package(actor=staff(), product=prepaid(), **{"service": "issuing", "quantity": 1} | fields)
    assert refused.value.field == field


def test_only_prepaid_products_and_each_once():
    for product in (make_product(), package().product):
        with pytest.raises(InputError):
            add_package(actor=staff(), product=product, service="issuing", quantity=1)


def test_a_fee_gives_nothing_and_is_not_in_the_catalogue():
    made = add_package(actor=staff(), product=prepaid(), service="issuing", quantity=0, pays_change=True)
    assert made.pays_change
    assert not made.product.listed
    assert add_package(actor=staff(), product=prepaid(), service="issuing", quantity=1).product.listed


def test_only_staff_keep_packages(manager):
    with pytest.raises(StaffOnly):
        add_package(actor=acting(manager), product=prepaid(), service="issuing", quantity=1)
    with pytest.raises(StaffOnly):
        choose_priority(actor=acting(manager), package_id=package().pk, priority=1)
