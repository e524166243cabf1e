"""Pages of sets, of their people and of deletions; nobody outside sees them, members are turned away (S13–S15)."""

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from kiscloud.models import AccountSet, Deletion, SetUser, Subscription
from kiscloud.services.account_sets import give_up
from tests.factories import make_user
from tests.kiscloud.kis import active, make_company, make_set
from tests.kiscloud.sets import begin_set, colleague, created, in_set

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("english")]
ANSWERS = {"name": "二号账套", "company": "示例商贸", "tax_kind": "small", "start_month": "2026-03"}


@pytest.fixture
def product() -> Subscription:
    return active(make_company())


@pytest.fixture
def founder(product: Subscription) -> User:
    return product.company.founder


@pytest.fixture
def console(founder: User, client: Client) -> Client:
    client.force_login(founder)
    return client


def at(name: str, pk: int) -> str:
    return reverse(f"kiscloud:{name}", args=[pk])


@pytest.mark.rule("S13.1")
def test_the_list_shows_what_there_is(console, product):
    ready, failed = created(product, name="好账套"), begin_set(product, name="坏账套")
    give_up(set_id=failed.pk, fault="It stopped.")
    for address in (at("set-list", product.company_id), at("product-set-list", product.pk)):
        text = console.get(address).text
        for words in (ready.name, ready.number, failed.name, "It stopped.", at("set-user-add", ready.pk)):
            assert words in text
        assert at("backup-start", ready.pk) in text
        assert at("set-user-add", failed.pk) not in text
        assert at("backup-start", failed.pk) not in text
        assert at("set-delete", failed.pk) in text
    assert "2 of 3" in console.get(at("product-set-list", product.pk)).text


@pytest.mark.rule("S13.5")
def test_the_number_leads_in_whoever_is_in_the_set(console, product, founder):
    own, others = make_set(product, founder), make_set(product)
    text = console.get(at("product-set-list", product.pk)).text
    assert at("set-launch", own.pk) in text
    assert at("set-launch", others.pk) not in text
    assert at("set-launch", own.pk) in console.get(at("set-detail", own.pk)).text


@pytest.mark.rule("S13.1")
def test_lists_ask_the_same_for_one_and_for_many(console, product, django_assert_max_num_queries, founder):
    product.sets_total = 50
    product.save(update_fields=["sets_total"])
    make_set(product, founder)

    def count(address: str) -> int:
        with django_assert_max_num_queries(40) as found:
            assert console.get(address).status_code == 200
        return len(found)

    first = make_set(product, founder)
    addresses = [at("product-set-list", product.pk), at("set-list", product.company_id)]
    addresses += [at("set-user-list", first.pk), at("set-user-add", first.pk)]
    count(addresses[0])  # the first page of a log-in asks for more
    before = [count(address) for address in addresses]
    for number in range(4):
        make_set(product, founder, name=f"{number}")
        in_set(first, colleague(product, f"王{number}"))
    assert [count(address) for address in addresses] == before


@pytest.mark.rule("S13.2")
def test_my_products_leads_to_the_sets_and_to_a_new_one(console, product):
    page = at("company-detail", product.company_id)
    assert at("product-set-list", product.pk) in console.get(page).text
    assert at("set-create", product.pk) in console.get(page).text
    for _ in range(3):
        make_set(product)
    assert at("set-create", product.pk) not in console.get(page).text


@pytest.mark.rule("S13.2", "S13.4")
def test_a_set_is_created_and_its_page_shows_how_it_comes_on(console, product):
    assert 'name="code_lengths"' in console.get(at("set-create", product.pk)).text
    answer = console.post(
        at("set-create", product.pk), {**ANSWERS, "template": "small_business", "code_lengths": "4-3-2"}
    )
    account_set = AccountSet.objects.get(name="二号账套")
    assert answer["Location"] == at("set-detail", account_set.pk)
    assert account_set.parameters["code_lengths"] == [4, 3, 2]
    assert account_set.parameters["start_month"] == 202603
    text = console.get(answer["Location"]).text
    assert "Being created" in text
    assert "hx-get" in text
    AccountSet.objects.filter(pk=account_set.pk).update(state="ready")
    text = console.get(answer["Location"], headers={"hx-request": "true"}).text
    assert "<html" not in text
    assert "hx-get" not in text
    assert "4-3-2" in text


@pytest.mark.rule("S13.2")
@pytest.mark.parametrize(("edition", "asks"), [("trade", 5), ("professional", 7), ("flagship", 9)])
def test_each_edition_asks_for_its_own(console, product, edition, asks):
    Subscription.objects.filter(pk=product.pk).update(edition=edition)
    form = console.get(at("set-create", product.pk)).context["form"]
    assert len(form.fields) == asks
    more = {"template": "small_business", "code_lengths": "4-2", "address": "深圳", "phone": "0755-1"}
    assert console.post(at("set-create", product.pk), {**ANSWERS, **more}).status_code == 302
    assert AccountSet.objects.get().parameters["code_lengths"] == ([4, 2] if asks > 5 else [4, 2, 2, 2])


def test_wrong_answers_stand_at_their_fields(console, product):
    wrong = {"name": "", "company": "", "tax_kind": "x", "start_month": "2026-13", "code_lengths": "4-9"}
    answer = console.post(at("set-create", product.pk), wrong)
    assert answer.status_code == 422
    assert set(answer.context["form"].errors) == {*wrong, "template"}


@pytest.mark.rule("S8.3")
def test_a_full_product_says_so_instead_of_asking(console, product):
    for _ in range(3):
        make_set(product)
    assert "3 of 3" in console.get(at("product-set-list", product.pk)).text
    page = console.get(at("set-create", product.pk)).text
    assert '<form class="form"' not in page
    answer = console.post(
        at("set-create", product.pk), {**ANSWERS, "template": "small_business", "code_lengths": "4-2"}
    )
    assert answer.status_code == 409


def test_a_failed_set_is_created_again_or_deleted_without_a_code(console, product):
    failed = begin_set(product)
    give_up(set_id=failed.pk, fault="It stopped.")
    assert at("set-retry", failed.pk) in console.get(at("set-detail", failed.pk)).text
    console.post(at("set-retry", failed.pk))
    failed.refresh_from_db()
    assert failed.state == "creating"
    give_up(set_id=failed.pk, fault="It stopped again.")
    assert console.post(at("set-delete", failed.pk))["Location"] == at("product-set-list", product.pk)
    failed.refresh_from_db()
    assert failed.state == "deleted"


@pytest.mark.rule("S14.1", "S14.4")
def test_people_are_ticked_and_added(console, product):
    account_set = created(product)
    inside, outside = in_set(account_set, colleague(product, "在里面")), colleague(product, "在外面")
    text = console.get(at("set-user-add", account_set.pk)).text
    assert text.count("checked disabled") == 2  # the founder and 在里面
    answer = console.post(at("set-user-add", account_set.pk), {"people": [outside.pk]}, follow=True)
    assert "在外面" in answer.text
    assert account_set.users.count() == 3
    assert console.post(at("set-user-add", account_set.pk), {}).status_code == 422
    assert console.post(at("set-user-add", account_set.pk), {"people": ["x"]}).status_code == 422
    assert console.post(at("set-user-add", account_set.pk), {"people": [10**15]}).status_code == 404
    assert "在里面" in console.get(at("set-user-list", account_set.pk) + "?q=里").text
    assert "在外面" not in console.get(at("set-user-list", account_set.pk) + "?q=里").text
    assert inside.user.mobile not in console.get(at("set-user-list", account_set.pk)).text  # masked


@pytest.mark.rule("S14.3")
def test_a_number_is_checked_at_once_with_and_without_javascript(console, product):
    account_set, known, member = created(product), make_user(), colleague(product)
    address = at("set-user-check", account_set.pk)
    for mobile, words in (
        (known.mobile, "Registered"),
        (member.user.mobile, "in the list already"),
        ("13711112222", "Not registered"),
        ("123", "11 digits"),
    ):
        part = console.post(address, {"mobile": mobile}, headers={"hx-request": "true"}).text
        whole = console.post(address, {"mobile": mobile, "name": "张三"}).text
        assert words in part
        assert words in whole
        assert "<html" not in part
        assert 'value="张三"' in whole
        assert known.name not in part


@pytest.mark.rule("S14.1", "S14.3")
@pytest.mark.parametrize("registered", [True, False])
def test_a_platform_user_is_made_and_then_ticked(console, product, registered):
    account_set = created(product)
    mobile = make_user().mobile if registered else "13711112222"
    answer = console.post(at("set-user-person", account_set.pk), {"mobile": mobile, "name": "张三"})
    member = product.company.members.get(name="张三")
    assert answer["Location"] == f"{at('set-user-add', account_set.pk)}?tick={member.pk}"
    assert f'value="{member.pk}" checked>' in console.get(answer["Location"]).text
    assert (member.user.activated_at is None) is not registered
    again = console.post(at("set-user-person", account_set.pk), {"mobile": mobile, "name": "别名"})
    assert again["Location"] == answer["Location"]


@pytest.mark.rule("S14.6", "S14.9", "S14.11", "S14.13")
def test_what_is_done_with_a_user(console, product):
    account_set = created(product)
    user = in_set(account_set, colleague(product))
    assert console.post(at("set-user-rename", user.pk), {"name": "MANAGER"}).status_code == 422
    console.post(at("set-user-rename", user.pk), {"name": "新名字"})
    console.post(at("set-user-administrator", user.pk), {"admin": "1"})
    user.refresh_from_db()
    assert (user.name, user.is_admin) == ("新名字", True)
    assert at("set-user-delete", user.pk) not in console.get(at("set-user-list", account_set.pk)).text
    assert console.post(at("set-user-delete", user.pk)).status_code == 409
    console.post(at("set-user-administrator", user.pk), {"admin": "0"})
    assert "at once" in console.get(at("set-user-disable", user.pk)).text
    console.post(at("set-user-disable", user.pk))
    console.post(at("set-user-enable", user.pk))
    console.post(at("set-user-disable", user.pk))
    assert at("set-user-delete", user.pk) in console.get(at("set-user-list", account_set.pk)).text
    console.post(at("set-user-delete", user.pk))
    assert not SetUser.objects.filter(pk=user.pk).exists()


@pytest.mark.rule("S15.1", "S15.2", "S15.6")
def test_deleting_asks_for_the_founders_code_and_leaves_a_record(product, client, sent, founder):
    admin = make_user()
    product.company.members.create(user=admin, name=admin.name, is_admin=True)
    account_set = created(product)
    client.force_login(admin)
    assert founder.name in client.get(at("set-delete", account_set.pk)).text
    led = client.post(at("set-delete", account_set.pk), {"sure": "1", "mobile": admin.mobile})["Location"]
    assert "/account/code/" in led
    state = led.partition("?")[2]
    client.post(f"{reverse('accounts:code-send')}?{state}")
    assert sent()[0].to == founder.mobile
    back = client.post(led, {"clearance-code": sent()[0].facts["code"]})
    assert back.status_code == 307  # sent again, nobody is asked twice
    assert client.post(back["Location"])["Location"] == at("product-set-list", product.pk)
    account_set.refresh_from_db()
    assert account_set.state == "deleted"
    text = client.get(at("deletion-list", product.company_id)).text
    for words in (account_set.number, admin.name, founder.name, founder.mobile[-4:]):
        assert words in text
    assert founder.mobile not in text
    assert str(Deletion.objects.get().server_address) in text
    assert account_set.number not in client.get(at("deletion-list", product.company_id) + "?kind=backup").text


Everything = list[tuple[str, int]]


@pytest.fixture
def everything(product: Subscription) -> Everything:
    """Every address of sets, with something of this company."""
    account_set = created(product)
    user = in_set(account_set, colleague(product))
    of_set = ("detail", "retry", "delete", "user-list", "user-add", "user-person", "user-check")
    of_user = ("rename", "administrator", "enable", "disable", "delete")
    return [
        ("set-list", product.company_id),
        ("deletion-list", product.company_id),
        ("product-set-list", product.pk),
        ("set-create", product.pk),
        *((f"set-{name}", account_set.pk) for name in of_set),
        *((f"set-user-{name}", user.pk) for name in of_user),
    ]


@pytest.mark.rule("S2.3")
@pytest.mark.parametrize(("who", "status"), [("other", 404), ("stranger", 404), ("member", 403)])
def test_nobody_else_gets_in(everything: Everything, product, client, who, status):
    people: dict[str, Callable[[], Any]] = {
        "other": lambda: active(make_company(name="另一家")).company.founder,
        "stranger": make_user,
        "member": lambda: colleague(product).user,
    }
    client.force_login(people[who]())
    for name, pk in everything:
        for method in (client.get, client.post):
            answer = method(at(name, pk))
            assert answer.status_code in {status, 405}, (name, answer.status_code)
    assert AccountSet.objects.get().state == "ready"
