"""Activating an order: link and key of the newest letter, limited tries, the tenant it is used by."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import Delivery
from accounts.permissions import Role
from config.errors import InputError, NotAllowed, NotFound
from config.jobs import run_due
from invoicing import policy
from invoicing.models import CloudOrder, Tenant
from invoicing.services.activations import (
    KeyNeeded,
    LinkReplaced,
    activate_order,
    check_key,
    draw_secrets,
    find_activation,
)
from invoicing.services.cloud_orders import NotDelivered, resend_letter
from tests.factories import acting, make_account, make_operator, owner_of
from tests.finance.funds import mover, staff
from tests.invoicing.clouding import activated, delivered, package, paid, prove, take

pytestmark = pytest.mark.django_db


def activate(order, proof, **more):
    fields = {"actor": mover(order.account), "account": order.account, "order_id": order.pk, "erp": "eas"} | more
    return activate_order(proof=proof, **fields)


@pytest.mark.rule("I2.1")
def test_only_the_key_of_the_letter_opens_the_activation(manager):
    order = delivered(manager)
    drawn = draw_secrets(order_id=order.pk, reference="r")
    with pytest.raises(KeyNeeded):
        activate(order, "")
    with pytest.raises(InputError):
        check_key(token=drawn.token, key=drawn.key[:-1])
    typed = f" {drawn.key.lower().replace('-', ' ')} "
    done = activate(order, check_key(token=drawn.token, key=typed))
    assert (done.state, done.tenant.account, done.key_digest) == (CloudOrder.State.ACTIVATED, manager, "")


def test_link_and_key_are_kept_as_digests_only(manager):
    order = delivered(manager)
    drawn = draw_secrets(order_id=order.pk, reference="r")
    row = str(CloudOrder.objects.filter(pk=order.pk).values().get())
    assert len(drawn.token) == 43  # 256 bits
    assert drawn.token not in row
    assert drawn.key not in row
    assert drawn.key.replace("-", "") not in row


def test_a_letter_that_is_tried_again_is_the_same_and_another_is_not(manager):
    order = delivered(manager)
    first = draw_secrets(order_id=order.pk, reference="r")
    assert draw_secrets(order_id=order.pk, reference="r") == first
    other = draw_secrets(order_id=order.pk, reference="s")
    assert {first.token, first.key}.isdisjoint({other.token, other.key})
    assert find_activation(token=first.token) is None
    with pytest.raises(LinkReplaced):
        check_key(token=first.token, key=first.key)


def test_a_key_is_good_for_one_order(manager):
    one, other = delivered(manager), delivered(manager)
    proof = prove(one)
    with pytest.raises(KeyNeeded):
        activate(other, proof)


def test_wrong_keys_are_counted_and_the_tenth_locks_until_a_new_letter(manager):
    order = delivered(manager)
    drawn = draw_secrets(order_id=order.pk, reference="r")
    for _turn in range(policy.OPERATION_KEY_TRIES):
        with pytest.raises(InputError):
            check_key(token=drawn.token, key="WRONG")
    with pytest.raises(InputError):
        check_key(token=drawn.token, key=drawn.key)
    fresh = draw_secrets(order_id=order.pk, reference="s")
    assert check_key(token=fresh.token, key=fresh.key)


def test_neither_before_delivery_nor_after_activation(manager):
    waiting = delivered(manager, package(delivers_itself=False))
    with pytest.raises(NotDelivered):
        draw_secrets(order_id=waiting.pk, reference="r")
    order = delivered(manager)
    drawn = draw_secrets(order_id=order.pk, reference="r")
    proof = check_key(token=drawn.token, key=drawn.key)
    first = activate(order, proof)
    assert activate(order, proof).activated_at == first.activated_at  # a repeat changes nothing
    with pytest.raises(NotDelivered):
        check_key(token=drawn.token, key=drawn.key)


def test_who_may_activate(manager, stranger):
    order = delivered(manager)
    proof = prove(order)
    viewer = acting(manager, make_operator(manager, Role.VIEWER))
    with pytest.raises(NotAllowed):
        activate(order, proof, actor=viewer)
    with pytest.raises(NotFound):
        activate(order, proof, actor=acting(stranger))
    with pytest.raises(NotFound):
        activate(order, proof, actor=acting(stranger), account=stranger)
    finance = acting(manager, make_operator(manager, Role.FINANCE))
    assert activate(order, proof, actor=finance).state == "activated"


@pytest.mark.rule("I2.2")
def test_the_business_system_is_one_of_four(manager):
    order = delivered(manager)
    proof = prove(order)
    with pytest.raises(InputError):
        activate(order, proof, erp="sap")
    assert activate(order, proof, erp="other").tenant.erp == "other"


def test_a_later_order_uses_the_tenant_there_is_or_opens_another(manager, stranger):
    tenant = activated(manager).tenant
    second = delivered(manager)
    proof = prove(second)
    with pytest.raises(InputError):
        activate(second, proof, tenant_id=activated(stranger).tenant_id)
    assert activate(second, proof, tenant_id=tenant.pk, erp="other").tenant == tenant
    third = delivered(manager)
    with pytest.raises(InputError):
        activate(third, prove(third), name=tenant.name)
    assert activate(third, prove(third), name="第二租户").tenant != tenant
    assert Tenant.objects.filter(account=manager).count() == 2


def letters():
    """The activation letters so far, newest first."""
    texts = [str(letter.body) for letter in mail.outbox]
    return [text for text in reversed(texts) if "/invoice-cloud/activate/" in text]


def opened(letter: str) -> tuple[str, str]:
    """Address and key out of a letter."""
    address = next(word for word in letter.split() if "/invoice-cloud/activate/" in word)
    key = next(line.partition(":")[2] for line in letter.splitlines() if line.startswith("Operation key"))
    return address[address.index("/invoice-cloud/") :], key.strip()


@pytest.fixture
def in_english(english, manager):
    """The owner reads English."""
    owner = owner_of(manager)
    owner.language = "en"
    owner.save(update_fields=["language"])


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I1.1", "I1.3", "I2.1", "I2.2", "I2.3")
def test_from_the_paid_order_by_letter_to_the_assignment(manager, in_english, browse):
    paid(manager)
    run_due()
    [letter] = letters()
    address, key = opened(letter)
    order = CloudOrder.objects.get()
    assert order.email == owner_of(manager).email
    browser = browse(manager)
    assert browser.get(address).status_code == 200
    assert browser.post(address, {"key": "nonsense"}).status_code == 422
    onward = browser.post(address, {"key": key})
    assert onward["Location"] == reverse("invoicing:cloud-order-activate", args=[order.pk])
    done = browser.post(onward["Location"], {"erp": "xinghan", "name": "云岭集团"}, follow=True)
    assert reverse("invoicing:taxpayer-add", args=[Tenant.objects.get().pk]) in done.text
    assert "activated already" in browser.get(address).text


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I1.3")
def test_a_letter_sent_again_kills_the_one_before(manager, in_english):
    order = paid(manager)
    run_due()
    resend_letter(actor=staff(), company=manager.enterprise.name, number=str(order.pk))
    run_due()
    new, old = letters()
    assert opened(new) != opened(old)
    client = Client()
    assert client.get(opened(old)[0]).status_code == 404
    assert client.post(opened(new)[0], {"key": opened(old)[1]}).status_code == 422
    right = client.post(opened(new)[0], {"key": opened(new)[1]})
    assert "/login/" in right["Location"]  # the key is right, and now a person is asked for


@pytest.mark.django_db(transaction=True)
def test_of_two_letters_that_wait_only_the_newer_leaves(manager, in_english):
    order = paid(manager)
    take(order)
    resend_letter(actor=staff(), company=manager.enterprise.name, number=str(order.pk))
    run_due()
    [letter] = letters()
    assert Client().post(opened(letter)[0], {"key": opened(letter)[1]}).status_code == 302
    states = Delivery.objects.filter(letter="cloud_order_delivered").order_by("event_id")
    assert list(states.values_list("state", "problem")) == [("failed", "closed"), ("sent", "")]


def test_without_the_key_nobody_gets_further(manager, stranger, browse):
    order = delivered(manager)
    address = reverse("invoicing:cloud-order-activate", args=[order.pk])
    assert browse(manager).get(address).status_code == 403
    assert browse(stranger).get(address).status_code == 404


def test_with_the_key_but_elsewhere_the_page_says_what_to_do(manager, stranger, browse, english):
    order = delivered(manager)
    drawn = draw_secrets(order_id=order.pk, reference="r")
    link = reverse("invoicing:activation", args=[drawn.token])
    here = reverse("invoicing:cloud-order-activate", args=[order.pk])
    outsider = browse(stranger)
    outsider.post(link, {"key": drawn.key})
    assert "does not belong to the account" in outsider.get(here).text
    assert outsider.post(here, {"erp": "eas"}).status_code == 403
    two = owner_of(manager)
    other = make_account(owner=two)
    browser = browse(two)
    session = browser.session
    session["account"] = other.pk
    session.save()
    browser.post(link, {"key": drawn.key})
    assert f'value="{manager.pk}"' in browser.get(here).text
    order.refresh_from_db()
    assert order.state == "delivered"


def test_the_page_of_a_returned_order_says_so(manager, english):
    order = delivered(manager)
    drawn = draw_secrets(order_id=order.pk, reference="r")
    order.refund()
    order.save(update_fields=["state"])
    assert "given back" in Client().get(reverse("invoicing:activation", args=[drawn.token])).text
    assert timezone.now() > order.created_at
