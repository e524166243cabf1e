"""Usage told by the vendor's metering, and by nobody else."""

import json
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from accounts.actors import StaffOnly
from finance import policy
from finance.models import MeteringKey, Usage
from finance.services.metering_keys import create_metering_key, revoke_metering_key
from finance.services.staging import FIELDS
from tests.accounts.api_client import ApiClient
from tests.finance.bills import make_product
from tests.finance.funds import mover, staff
from tests.finance.test_metering import row

pytestmark = pytest.mark.django_db
TOO_MANY = policy.USAGE_PER_CALL_MAX + 1


@pytest.fixture
def secret(db) -> str:
    make_product(code="cpu")
    return create_metering_key(actor=staff(), name="计量")[1]


def record(account, source: str = "s1", **more) -> dict[str, str]:
    now = timezone.now().replace(microsecond=0).isoformat()
    return dict(zip(FIELDS, row(account, source, started_at=now, ended_at=now, **more), strict=True))


def post(secret: str, body, key: str = ""):
    headers = {"Authorization": f"Bearer {secret}", "Idempotency-Key": key or str(uuid4())}
    return Client().post("/api/v1/usage/", json.dumps(body), content_type="application/json", headers=headers)


def test_records_are_kept_and_refused_ones_named(manager, secret):
    good = record(manager)
    answer = post(secret, {"records": [good, record(manager, "s2", quantity="-3"), "nonsense"]})
    told = answer.json()
    assert (answer.status_code, told["kept"], told["known"]) == (200, 1, 0)
    assert [(one["index"], one["reason"]) for one in told["refused"]] == [(1, "quantity"), (2, "source_id")]
    assert told["refused"][0]["detail"]
    assert post(secret, {"records": [good | {"quantity": 2.5}]}).json()["known"] == 1


def test_the_same_request_has_the_same_answer(manager, secret):
    body = {"records": [record(manager)]}
    first, second = (post(secret, body, key="once") for _time in range(2))
    assert first.json() == second.json() == {"kept": 1, "known": 0, "refused": []}
    assert post(secret, {"records": [record(manager, "s9")]}, key="once").status_code == 409


@pytest.mark.parametrize("body", [{"records": [{"instance": "\ud800"}]}, {"\udc00": 1}])
def test_half_a_character_is_no_json(secret, body):
    assert post(secret, body).status_code == 400


@pytest.mark.parametrize(
    "body", [{}, {"records": []}, {"records": "x"}, [], {"records": [{}] * (policy.USAGE_PER_CALL_MAX + 1)}]
)
def test_what_is_no_list_of_records_is_refused(secret, body):
    assert post(secret, body).status_code == 422


def test_ten_thousand_records_fit_into_one_call(manager, secret):
    base = record(manager)
    records = [base | {"source_id": f"s{n}"} for n in range(policy.USAGE_PER_CALL_MAX)]
    assert post(secret, {"records": records}).json()["kept"] == policy.USAGE_PER_CALL_MAX
    assert Usage.objects.count() == policy.USAGE_PER_CALL_MAX


def test_customers_and_revoked_keys_are_kept_out(manager, secret):
    body = {"records": [record(manager)]}
    assert ApiClient(manager).post("usage/", body).status_code == 401
    assert Client().post("/api/v1/usage/", json.dumps(body), content_type="application/json").status_code == 401
    assert Client().get("/api/v1/balances/", headers={"Authorization": f"Bearer {secret}"}).status_code == 401
    revoke_metering_key(actor=staff(), key_id=MeteringKey.objects.get().pk)
    assert post(secret, body).status_code == 401
    assert not Usage.objects.exists()


def test_only_staff_make_keys(manager):
    with pytest.raises(StaffOnly):
        create_metering_key(actor=mover(manager), name="x")
