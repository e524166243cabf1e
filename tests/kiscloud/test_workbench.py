"""The workbench: sets of the person, the one at hand, its apps, by set and by company (S19)."""

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from config.errors import NotFound
from kiscloud import policy, set_moments
from kiscloud.editions import EDITIONS, App
from kiscloud.models import AccountSet, SetUser, Subscription
from kiscloud.services.set_users import add_users, disable_user
from kiscloud.services.workbench import apps_in, by_company, cards_of, choose_set, current_of
from kiscloud.set_moments import add_grants
from tests.factories import make_user
from tests.kiscloud.kis import DAY, active, make_company, make_set, person
from tests.kiscloud.sets import begin_set, colleague, created

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
NOW = timezone.now()


@pytest.fixture
def product() -> Subscription:
    return active(make_company(name="甲公司"))


@pytest.fixture
def user(product):
    return colleague(product).user


@pytest.fixture
def browser(user) -> Client:
    client = Client()
    client.force_login(user)
    return client


def names(user) -> list[str]:
    return [card.account_set.name for card in cards_of(user=user)]


@pytest.mark.rule("S19.5", "S2.3")
def test_only_sets_to_which_one_was_added_are_there(product, user):
    mine, _other = make_set(product, user, name="我的"), make_set(product, make_user(), name="别人的")
    failed = begin_set(product, name="坏的")
    SetUser.objects.create(account_set=failed, user=user, name="x")
    assert names(user) == ["我的"]
    disable_user(actor=person(product.company.founder), set_user_id=mine.users.get(user=user).pk)
    assert names(user) == []


@pytest.mark.rule("S19.1", "S19.3")
def test_a_click_changes_the_set_at_hand_and_it_stays(product, user, browser):
    sets = [make_set(product, user, name=name) for name in ("一", "二", "三")]
    assert current_of(cards=cards_of(user=user)).account_set.name == "一"
    for chosen in (sets[2], sets[1]):
        answer = browser.post(reverse("kiscloud:workbench-choose", args=[chosen.pk]), follow=True)
        assert f"You are in “{chosen.name}” now." in answer.text
        assert current_of(cards=cards_of(user=user)).account_set == chosen
    again = Client()  # at the next log-in, in another browser
    again.force_login(user)
    text = again.get("/workbench/").text
    assert text.count("You are in this set") == 1
    with pytest.raises(NotFound):
        choose_set(user=make_user(), set_id=sets[0].pk)
    SetUser.objects.filter(user=user, account_set=sets[1]).update(state="disabled")
    assert current_of(cards=cards_of(user=user)).account_set == sets[2]


@pytest.mark.rule("S19.2")
def test_by_set_is_the_default_and_by_company_the_other(product, user, browser):
    other = active(make_company(name="乙公司"))
    for place, name in ((product, "一"), (other, "二"), (product, "三")):
        make_set(place, user, name=name)
    groups = by_company(cards=cards_of(user=user))
    assert [(group.company.name, [card.account_set.name for card in group.cards]) for group in groups] == [
        ("乙公司", ["二"]),
        ("甲公司", ["一", "三"]),
    ]
    assert browser.get("/workbench/").context["parts"][0][1].view == "set"
    assert "<h3>乙公司</h3>" not in browser.get("/workbench/").text
    assert "<h3>乙公司</h3>" in browser.get("/workbench/?sets=company").text


@pytest.mark.rule("S19.1", "S19.6")
def test_administrators_find_every_app_and_others_what_was_granted(product, user, browser, monkeypatch):
    member = product.company.members.get(user=user)
    add_users(actor=person(product.company.founder), set_id=created(product).pk, member_ids=[member.pk])
    (card,) = cards_of(user=user)
    granted = [App.LEDGER, App.REPORTS, App.PURCHASE, App.SALES, App.STOCK, App.INVENTORY]
    assert apps_in(card=card) == granted  # what the default group opens
    assert reverse("books:home", args=[card.account_set.number]) in browser.get("/workbench/").text
    SetUser.objects.filter(user=user).update(is_admin=True)
    (card,) = cards_of(user=user)
    assert apps_in(card=card) == list(EDITIONS[product.edition].apps)
    SetUser.objects.filter(user=user).update(is_admin=False)
    monkeypatch.setattr(set_moments, "_grants", [])
    add_grants(lambda _set_user: [])
    (card,) = cards_of(user=user)
    assert apps_in(card=card) == []


@pytest.mark.rule("S19.6")
def test_without_a_grant_the_page_says_whom_to_ask(product, user, browser, monkeypatch):
    make_set(product, user)
    monkeypatch.setattr(set_moments, "_grants", [lambda _set_user: []])
    assert "Nothing is granted to you" in browser.get("/workbench/").text


@pytest.mark.rule("S19.7", "S19.8", "S10.2", "S10.3")
@pytest.mark.parametrize(
    ("ended", "is_over", "opens"), [(-DAY, False, True), (DAY, True, True), (policy.GRACE + DAY, True, False)]
)
def test_sets_of_an_ended_product_say_so(user, browser, ended, is_over, opens):
    make_set(active(make_company(), until=timezone.now() - ended), user)
    (card,) = cards_of(user=user)
    assert (card.is_over, card.opens) == (is_over, opens)
    text = browser.get("/workbench/").text
    assert ("Expired" in text) == is_over
    assert ("the set is closed" in text) == (not opens)
    assert ("General ledger" in text or "Nothing is granted" in text) == opens


@pytest.mark.rule("S19.4", "S19.8")
def test_it_starts_in_the_client_while_it_opens(product, user, browser):
    address = reverse("kiscloud:set-launch", args=[make_set(product, user).pk])
    assert address in browser.get("/workbench/").text
    Subscription.objects.filter(pk=product.pk).update(starts_at=NOW - 60 * DAY, expires_at=NOW - 20 * DAY)
    assert address not in browser.get("/workbench/").text


@pytest.mark.rule("S19.8", "S10.4")
def test_sets_whose_data_is_gone_are_not_there(product, user):
    make_set(product, user)
    Subscription.objects.filter(pk=product.pk).update(purged_at=NOW)
    assert names(user) == []


@pytest.mark.rule("S2.10", "S2.3")
def test_somebody_without_an_account_comes_to_the_workbench(product, user, browser):
    """A colleague who was only added to a set owns no account, and has nothing to manage."""
    assert browser.get("/")["Location"] == "/workbench/"
    assert "has to add you" in browser.get("/workbench/").text
    make_set(product, user, name="我的")
    assert "我的" in browser.get("/workbench/").text
    client = Client()
    client.force_login(make_user())
    assert client.get("/workbench/")["Location"] == "/"
    assert "no account" in client.get("/").text


def test_many_sets_cost_no_more_queries(product, user, browser, django_assert_max_num_queries):
    def count() -> int:
        with django_assert_max_num_queries(40) as found:
            browser.get("/workbench/?sets=company")
        return len(found)

    make_set(product, user)
    make_set(product, user)
    count()
    before = count()
    for number in range(20):
        make_set(product, user, name=f"{number}")
    assert count() == before
    assert AccountSet.objects.count() == 22
