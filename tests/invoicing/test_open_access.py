"""Who is let in to the open API, and what is opened: keys, tokens, limits, tenants."""

import base64
import json
from datetime import timedelta

import pytest
from django.utils import timezone

from config.logs import redact
from invoicing.models import IssueOrder
from invoicing.tax.cipher import sealed
from tests.invoicing.calling import CREATE, INVALID, QUERY, System, ask, code, invoice_body, issued
from tests.invoicing.opening import DAY, ENCRYPT_KEY, entitle, make_taxpayer, make_tenant, token_for

pytestmark = pytest.mark.django_db


@pytest.fixture
def system(db):
    return System()


@pytest.fixture
def taxpayer(system):
    return make_taxpayer(system.tenant)


@pytest.fixture
def right(taxpayer):
    return entitle(taxpayer, 10)


def used(right):
    right.refresh_from_db()
    return right.used


def test_ciphers_that_were_altered_or_made_with_another_key(system, taxpayer, right):
    body = sealed(json.dumps(invoice_body(taxpayer)), key=ENCRYPT_KEY)
    raw = base64.b64decode(body)
    turned = base64.b64encode(raw[:40] + bytes([raw[40] ^ 1]) + raw[41:]).decode()
    wrong = [turned, body[:-24], body[4:], body + "AAAA", "{}", "", sealed("{}", key="another-key-here")]
    for one in wrong:
        answer = system.post(CREATE, one.encode())
        assert (answer.status_code, code(answer)) in {(400, "1301"), (400, "1300")}, one[:20]
    assert code(system.post(CREATE, invoice_body(taxpayer))) == "1301"
    assert code(system.seal(CREATE, ["a"])) == "1300"
    assert (used(right), IssueOrder.objects.count()) == (0, 0)
    assert code(system.post(CREATE, body.encode())) == "0000"


def test_the_old_key_opens_until_its_end(taxpayer):
    client = System(
        make_tenant(),
        old_secret="x",
        old_encrypt_key=System().client.encrypt_key,
        old_until=timezone.now() + DAY,
    )
    own = make_taxpayer(client.tenant)
    entitle(own, 5)
    client.client.encrypt_key = ""
    client.client.save(update_fields=["encrypt_key"])
    assert code(client.seal(CREATE, invoice_body(own))) == "0000"
    client.client.old_until = timezone.now() - timedelta(seconds=1)
    client.client.save(update_fields=["old_until"])
    assert code(client.seal(CREATE, invoice_body(own))) == "1301"


def test_tokens_that_are_missing_wrong_old_or_blocked(system, taxpayer, right):
    body = invoice_body(taxpayer)
    assert code(system.seal(CREATE, body, access_token=None)) == "1210"
    assert code(system.seal(CREATE, body, access_token="wrong")) == "1211"
    old = token_for(system.client, timezone.now() - timedelta(hours=3))
    answer = system.seal(CREATE, body, access_token=old)
    assert (answer.status_code, code(answer)) == (401, "1211")
    for reqid in (None, "", "a%20b", "9" * 41):
        assert code(system.seal(CREATE, body, reqid=reqid)) == "1212"
    system.client.blocked_at = timezone.now()
    system.client.save(update_fields=["blocked_at"])
    assert code(system.seal(CREATE, body)) == "1211"
    assert used(right) == 0


def test_calls_a_minute_are_counted_by_client(system, taxpayer):
    system.client.calls_a_minute = 2
    system.client.save(update_fields=["calls_a_minute"])
    answers = [system.get(QUERY, taxNo="x", serialNo="y") for _turn in range(3)]
    assert [code(answer) for answer in answers] == ["1402", "1402", "1900"]
    assert answers[2].status_code == 429
    assert int(answers[2].headers["Retry-After"]) > 0
    assert code(System(make_tenant()).get(QUERY, taxNo="x", serialNo="y")) == "1402"


def test_another_tenant_sees_and_touches_nothing(system, taxpayer, right):
    body, said = issued(system, taxpayer)
    other = System(make_tenant())
    own = make_taxpayer(other.tenant)
    assert code(ask(other, body)) == "1402"
    red = {"serialNo": "R1", "originalInvoiceNo": said["invoiceNo"]}
    assert code(other.post(INVALID, red | {"salerTaxNo": taxpayer.tax_number})) == "1101"
    assert code(other.post(INVALID, red | {"salerTaxNo": own.tax_number})) == "1402"
    taxpayer.released_at = timezone.now()
    taxpayer.save(update_fields=["released_at"])
    moved = make_taxpayer(other.tenant, tax_number=taxpayer.tax_number)
    entitle(moved, 5)
    assert code(other.seal(CREATE, body)) == "1401"
    assert used(right) == 1


def test_the_log_holds_no_token_of_an_address(system, taxpayer, caplog):
    with caplog.at_level("DEBUG"):
        system.seal(CREATE, invoice_body(taxpayer, buyerName="海桐贸易"), access_token=system.token)
    assert system.token not in caplog.text
    assert "海桐贸易" not in caplog.text
    line = f'"POST {system.address(CREATE)} HTTP/1.1" 200 12'  # as the development server writes it
    assert system.token in line
    assert system.token not in redact(line)
