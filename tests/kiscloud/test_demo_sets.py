"""The demo sets of the trial environment (S3), and the way between the environments (S2.8)."""

import pytest
from django.db.models import Sum
from django.urls import reverse

from config.errors import NotFound
from config.jobs import run_due
from kiscloud.books.models import Balance, Voucher
from kiscloud.inventory.models import DocumentLine, Stock
from kiscloud.models import AccountSet, Company, SetUser
from kiscloud.services.demo_sets import COMPANY_NAME, common_user, demo_sets, fill_demo_set, is_demo, open_demo_sets
from kiscloud.services.subscriptions import require_open
from kiscloud.services.tickets import issue_ticket
from tests.factories import make_user
from tests.kiscloud.kis import DAY, NOW, make_company, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def trial(settings):
    settings.TRIAL_ENVIRONMENT = True


@pytest.mark.rule("S3.3", "S3.5", "S3.7")
def test_four_sets_of_three_products_with_one_common_user(trial):
    assert (open_demo_sets(), open_demo_sets()) == (4, 0)
    sets = demo_sets()
    editions = [account_set.subscription.edition for account_set in sets]
    assert editions == ["trade", "professional", "flagship", "flagship"]
    assert {account_set.subscription.company.name for account_set in sets} == {COMPANY_NAME, "金蝶KIS云演示企业"}
    assert Company.objects.filter(is_demo=True).count() == 1
    assert {row.user for row in SetUser.objects.filter(account_set__in=sets)} == {common_user()}
    assert not common_user().has_usable_password()
    assert not common_user().is_active


@pytest.mark.rule("S3.1")
def test_the_formal_environment_has_none(settings, trial, browse):
    open_demo_sets()
    [first, *_others] = demo_sets()
    settings.TRIAL_ENVIRONMENT = False
    assert demo_sets() == []
    assert not is_demo(account_set=first)
    assert COMPANY_NAME not in browse(make_user()).get(reverse("kiscloud:company-list")).text


def test_the_formal_environment_makes_none():
    assert open_demo_sets() == 0
    assert not Company.objects.filter(is_demo=True).exists()


@pytest.mark.rule("S3.2", "S3.4")
def test_everybody_sees_them_in_both_doors(trial, browse, manager):
    open_demo_sets()
    founder = make_user()
    make_company(founder)
    for who in (manager, make_user(), founder):
        for name in ("accounts:workbench", "kiscloud:company-list"):
            page = browse(who).get(reverse(name))
            assert [row.name in page.text for row in demo_sets()] == [True] * 4


@pytest.mark.rule("S3.4")
def test_they_never_end(trial):
    open_demo_sets(now=NOW)
    for account_set in demo_sets():
        require_open(product=account_set.subscription, at=NOW + 10_000 * DAY)


@pytest.mark.rule("S2.8")
@pytest.mark.parametrize("is_trial", [True, False])
def test_each_log_in_page_leads_to_the_other_environment(settings, client, english, is_trial):
    settings.TRIAL_ENVIRONMENT = is_trial
    assert "environment" not in client.get(reverse("accounts:login")).text.partition("<main")[2] or is_trial
    settings.OTHER_ENVIRONMENT_URL = "https://other.example.com/login/"
    text = client.get(reverse("accounts:login")).text
    assert 'href="https://other.example.com/login/"' in text
    assert ("Go to the formal environment" in text) is is_trial
    assert ("Try it in the trial environment" in text) is not is_trial


@pytest.mark.rule("S3.5")
def test_everybody_is_in_the_same_books_as_the_common_user(trial, browse):
    open_demo_sets()
    fill_demo_set(set_id=AccountSet.objects.get(number="DEMO-TRADE").pk)
    address = reverse("books:home", kwargs={"number": "DEMO-TRADE"})
    for who in (make_user(), make_user()):
        assert "杭州青禾家居商贸有限公司" in browse(who).get(address).text
    vouchers = Voucher.objects.filter(account_set__number="DEMO-TRADE")
    assert vouchers.count() == 22  # 3 of them from stock documents
    assert browse(make_user()).get(reverse("inventory:home", kwargs={"number": "DEMO-TRADE"})).status_code == 200
    worth = Stock.objects.filter(account_set__number="DEMO-TRADE").aggregate(Sum("value"))["value__sum"]
    moved = DocumentLine.objects.filter(account_set__number="DEMO-TRADE")
    assert worth == moved.aggregate(Sum("cost"))["cost__sum"] > 0
    goods = Balance.objects.filter(account_set__number="DEMO-TRADE", subject__code="1405").latest("month")
    assert goods.opening == moved.filter(document__kind="opening").aggregate(Sum("cost"))["cost__sum"]
    assert vouchers.first().account_set.books.is_open
    assert {voucher.maker.name for voucher in vouchers} == {"演示用户"}


@pytest.mark.rule("S3.5")
def test_what_they_show_comes_by_a_job_and_the_page_says_when_it_comes_again(trial, browse, english, monkeypatch):
    filled = []
    monkeypatch.setattr("kiscloud.services.demo_sets.tell", lambda moment, _row: filled.append(moment))
    open_demo_sets()
    while run_due():
        pass
    assert filled.count("demo") == 4
    page = browse(make_user()).get(reverse("kiscloud:company-list")).text
    assert "every night at 04:00" in page
    assert "宁波华锐精密机械制造有限公司" in page


@pytest.mark.rule("S3.1")
def test_outside_the_trial_environment_nobody_enters(trial, settings, browse):
    open_demo_sets()
    settings.TRIAL_ENVIRONMENT = False
    address = reverse("books:home", kwargs={"number": "DEMO-TRADE"})
    assert browse(make_user()).get(address).status_code == 404
    with pytest.raises(NotFound):
        issue_ticket(actor=person(make_user()), set_id=AccountSet.objects.get(number="DEMO-TRADE").pk)
