"""A tenant's keys: sealed, shown once after a code, renewed with a day's overlap, blocked by staff."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from accounts.actors import StaffOnly
from accounts.models import Delivery, Event, Message, OneTimeCode
from accounts.permissions import Role
from accounts.services.codes import CodeNeeded
from config.errors import NotAllowed, NotFound
from config.jobs import run_due
from invoicing.client_secrets import encrypt_keys_at, secrets_at
from invoicing.models import Credential
from invoicing.services.credentials import (
    ShownAlready,
    block_credential,
    renew_credential,
    show_credential,
    unblock_credential,
)
from tests.factories import acting, clear, make_operator, owner_of
from tests.finance.funds import mover, staff
from tests.invoicing.clouding import assigned, credential_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def credential(manager):
    return credential_of(assigned(manager))


def cleared(credential):
    """The owner has just typed the right code for this tenant."""
    clear(owner_of(credential.tenant.account), OneTimeCode.Purpose.SHOW_CREDENTIALS, f"tenant:{credential.tenant_id}")


@pytest.mark.rule("I5.2")
def test_the_keys_are_sealed_and_of_the_right_form(credential):
    [secret], [key] = secrets_at(credential, timezone.now()), encrypt_keys_at(credential, timezone.now())
    assert (len(credential.client_id), len(key)) == (20, 16)
    assert len(secret) >= 43
    assert secret not in str(vars(credential))
    assert key not in str(vars(credential))


@pytest.mark.rule("I5.2")
def test_they_are_shown_once_after_a_code(credential, manager):
    with pytest.raises(CodeNeeded):
        show_credential(actor=acting(manager), tenant_id=credential.tenant_id)
    cleared(credential)
    _row, keys = show_credential(actor=acting(manager), tenant_id=credential.tenant_id)
    assert [keys.secret] == secrets_at(credential, timezone.now())
    cleared(credential)
    with pytest.raises(ShownAlready):
        show_credential(actor=acting(manager), tenant_id=credential.tenant_id)
    assert keys.secret not in f"{keys}{keys!r}"


@pytest.mark.rule("I5.2")
def test_renewed_ones_are_new_and_the_old_ones_work_for_a_day(credential, manager):
    now = timezone.now()
    [before] = secrets_at(credential, now)
    row, keys = renew_credential(actor=mover(manager), tenant_id=credential.tenant_id, now=now)
    assert secrets_at(row, now + timedelta(hours=23)) == [keys.secret, before]
    assert secrets_at(row, now + timedelta(hours=24)) == [keys.secret]
    assert len(encrypt_keys_at(row, now)) == 2


def test_who_may_see_and_renew(credential, manager, stranger):
    for act in (show_credential, renew_credential):
        with pytest.raises(NotAllowed):
            act(actor=acting(manager, make_operator(manager, Role.VIEWER)), tenant_id=credential.tenant_id)
        with pytest.raises(NotFound):
            act(actor=acting(stranger), tenant_id=credential.tenant_id)


def test_staff_block_and_let_in_again_but_never_see(credential):
    with pytest.raises(StaffOnly):
        block_credential(actor=mover(credential.tenant.account), credential_id=credential.pk)
    assert block_credential(actor=staff(), credential_id=credential.pk).blocked_at is not None
    assert unblock_credential(actor=staff(), credential_id=credential.pk).blocked_at is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.rule("I5.1", "I5.2")
def test_no_letter_message_or_event_holds_a_secret_and_the_letter_names_the_client(manager):
    order = assigned(manager).order
    credential = Credential.objects.get()
    _row, renewed = renew_credential(actor=mover(manager), tenant_id=credential.tenant_id)
    run_due()
    now = timezone.now()
    secrets = {*secrets_at(credential, now), *encrypt_keys_at(credential, now), renewed.secret, renewed.encrypt_key}
    mails = [str(letter.body) for letter in mail.outbox]
    told = [*mails, *Message.objects.values_list("body", flat=True), *map(str, Event.objects.values("facts"))]
    assert not [text for text in told if any(secret in text for secret in secrets)]
    authorised = [text for text in mails if credential.client_id in text and "/keys/" in text]
    assert authorised
    contact = Delivery.objects.get(letter="entitlement_assigned", channel="mail")
    assert contact.user is None
    assert contact.target.endswith(order.email.partition("@")[2])


@pytest.mark.rule("I5.2")
def test_the_page_asks_for_a_code_and_shows_the_keys_in_that_one_answer(credential, manager, browse):
    browser = browse(manager)
    page, show = (reverse(f"invoicing:credential-{name}", args=[credential.tenant_id]) for name in ("detail", "show"))
    [secret] = secrets_at(credential, timezone.now())
    seen = browser.get(page).text
    assert credential.client_id in seen
    assert secret not in seen
    assert "/code/" in browser.get(show)["Location"]
    cleared(credential)
    assert secret not in browser.get(show).text
    assert secret in browser.post(show).text
    assert secret not in browser.get(page).text
    cleared(credential)
    assert browser.post(show).status_code == 409


def test_renewing_by_the_page(credential, manager, browse):
    browser = browse(manager)
    cleared(credential)
    answer = browser.post(reverse("invoicing:credential-renew", args=[credential.tenant_id]))
    credential.refresh_from_db()
    assert secrets_at(credential, timezone.now())[0] in answer.text
    assert "no-store" in answer.headers["Cache-Control"]
