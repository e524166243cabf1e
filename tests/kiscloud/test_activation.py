"""Keys: made for orders, guessed, reused, of others; activating and renewing with them (S8, S10, S24.6)."""

import pytest
from django.conf import settings

from accounts.models import Event
from config.errors import InputError, TooMany
from kiscloud import policy
from kiscloud.activation_keys import SIGNS, cd_key, read_cd_key, read_serial, serial_number
from kiscloud.models import ActivationKey, Offering, Subscription
from kiscloud.services.activation import (
    KeyUsed,
    NothingToRenew,
    OtherAccount,
    OtherEdition,
    WrongKey,
    activate_product,
    add_module,
    draw_cd_key,
    make_key,
    revoke_key,
    update_service,
)
from kiscloud.services.subscriptions import add_product, try_product
from tests.factories import make_user
from tests.finance.buying import buy, give_back, prepaid
from tests.finance.funds import top_up
from tests.kiscloud.kis import DAY, active, make_company, make_set, person

pytestmark = pytest.mark.django_db
State = Subscription.State


@pytest.fixture
def company():
    made = make_company(make_user())
    top_up(made.account, "100000.00")
    return made


def offered(edition="professional", **more):
    return Offering.objects.create(product=prepaid(), edition=edition, users=1, **more).product


def ordered(company, product, quantity="5", months=12):
    """A paid order's key and the CD-Key of its letter."""
    order = buy(company.account, product, quantity=quantity, months=months)
    event = Event.objects.get(kind="order.paid", subject_id=order.pk)
    key = make_key(event_id=event.pk)
    assert make_key(event_id=event.pk) == key
    return key, draw_cd_key(key_id=key.pk, reference="job-1")


def added(company, edition="professional"):
    return add_product(actor=person(company.founder), company_id=company.pk, edition=edition)


def activate(company, product, key, typed):
    actor = person(company.founder)
    return activate_product(actor=actor, subscription_id=product.pk, serial=key.serial, cd_key=typed)


def test_forms_of_serials_and_keys():
    assert serial_number(short="ZY", year=2026, number=42) == "KIS-ZY-26-00000042"
    assert read_serial(" kis zy26 00000042") == "KIS-ZY-26-00000042"
    assert read_serial("KIS-ZY-26-42") is None
    key = cd_key(seed=b"seed", secret="s")
    assert len(key) == 29
    assert set(key) <= set(SIGNS) | {"-"}
    assert read_cd_key(key.lower().replace("-", "—"), secret="s") == key
    other = SIGNS[(SIGNS.index(key[0]) + 1) % 32] + key[1:]
    assert read_cd_key(other, secret="s") is None
    assert read_cd_key(key, secret="other") is None


@pytest.mark.rule("S8.1", "S8.2", "S8.4", "S9.4")
def test_an_order_brings_a_key_that_activates_once(company):
    key, typed = ordered(company, offered())
    assert (key.users, key.sets, key.months) == (5, 3, 12)
    assert typed not in key.cd_key
    product = activate(company, added(company), key, typed.lower())
    assert (product.state, product.users_total, product.sets_total) == (State.PUBLIC, 5, 3)
    assert 364 * DAY < product.expires_at - product.activated_at < 367 * DAY
    company.refresh_from_db()
    assert company.served_since == product.activated_at
    with pytest.raises(KeyUsed):
        activate(company, added(company), key, typed)
    with pytest.raises(KeyUsed):
        draw_cd_key(key_id=key.pk, reference="job-2")


def test_the_cd_key_is_kept_as_a_salted_hash_and_a_new_letter_has_a_new_one(company):
    key, typed = ordered(company, offered())
    key.refresh_from_db()
    assert key.cd_key.split("$")[0] in {"md5", "argon2"}
    assert draw_cd_key(key_id=key.pk, reference="job-1") == typed
    again = draw_cd_key(key_id=key.pk, reference="job-2")
    with pytest.raises(WrongKey):
        activate(company, added(company), key, typed)
    activate(company, added(company), key, again)


@pytest.mark.rule("S8.1")
def test_a_trial_goes_on_with_its_sets(company):
    product = added(company)
    try_product(actor=person(company.founder), subscription_id=product.pk)
    books = make_set(product)
    key, typed = ordered(company, offered())
    assert activate(company, product, key, typed).sets.get() == books


@pytest.mark.rule("S8.1")
def test_guessing_is_limited_and_slips_are_no_guesses(company):
    key, typed = ordered(company, offered())
    product = added(company)
    with pytest.raises(InputError):
        activate(company, product, key, typed[:-1])
    guesses = [cd_key(seed=str(n).encode(), secret=settings.SECRET_KEY) for n in range(policy.KEY_ATTEMPTS)]
    for guess in guesses:
        with pytest.raises(WrongKey):
            activate(company, product, key, guess)
    with pytest.raises(TooMany):
        activate(company, product, key, typed)
    elsewhere = make_company(make_user(), name="别家")
    with pytest.raises(TooMany):  # not even from another company
        activate(elsewhere, added(elsewhere), key, typed)


@pytest.mark.rule("S24.6")
def test_keys_of_others_are_refused(company):
    key, typed = ordered(company, offered())
    with pytest.raises(OtherEdition):
        activate(company, added(company, "trade"), key, typed)
    other = make_company(make_user(), name="别家")
    with pytest.raises(OtherAccount):
        activate(other, added(other), key, typed)
    activate(company, added(company), key, typed)


@pytest.mark.rule("S10.5", "S10.6")
def test_renewing_counts_from_the_update(company):
    product = active(company, users=2, until=company.created_at - DAY)
    with pytest.raises(NothingToRenew):
        update_service(actor=person(company.founder), subscription_id=product.pk)
    ordered(company, offered(), quantity="7", months=1)
    later = company.created_at + 3 * DAY
    renewed = update_service(actor=person(company.founder), subscription_id=product.pk, now=later)
    assert (renewed.state, renewed.starts_at, renewed.users_total) == (State.PUBLIC, later, 7)
    assert 28 * DAY <= renewed.expires_at - later <= 31 * DAY
    with pytest.raises(NothingToRenew):  # the same order is no second renewal
        update_service(actor=person(company.founder), subscription_id=product.pk, now=later)


def test_a_private_one_stays_private_when_renewed(company):
    product = active(company, until=company.created_at - DAY)
    Subscription.objects.filter(pk=product.pk).update(mode="private", state="expired")
    ordered(company, offered())
    assert update_service(actor=person(company.founder), subscription_id=product.pk).state == State.PRIVATE


def test_a_module_belongs_to_the_product(company):
    product = active(company)
    ordered(company, offered(kind=Offering.Kind.MODULE))
    assert add_module(actor=person(company.founder), subscription_id=product.pk).has_module


def test_a_key_of_an_order_that_was_given_back_opens_nothing(company):
    key, typed = ordered(company, offered())
    back = give_back(key.order)
    revoked = revoke_key(event_id=Event.objects.filter(kind="order.refunded", subject_id=back.pk).get().pk)
    assert revoked == ActivationKey.objects.get(pk=key.pk)
    with pytest.raises(KeyUsed):
        activate(company, added(company), key, typed)
