"""Every operation of our own description, called with what fits it, what nearly fits and what does not fit at all.

Whatever is sent: never a server error, only answers that the description names, each in its described shape.
"""

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts import policy
from accounts.models import Invitation, Relationship
from tests.accounts.api_client import ApiClient
from tests.factories import make_account, make_invitation, make_relationship

pytestmark = pytest.mark.django_db
EXAMPLES = 60
TARGETS = 8
KNOWN = {
    "identifier": [f"free{number}" for number in range(TARGETS + 1)],
    "remark": ["", "苏州工厂", "物流伙伴", "a\u200bb"],
}
METHODS = ("get", "post", "patch", "delete")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def description() -> dict[str, Any]:
    answer = Client().get("/api/v1/schema/")
    assert answer.status_code == 200
    return dict(answer.json())


@pytest.fixture
def world(manager, member, stranger, monkeypatch):
    """One link of each sort, and no limit in the way."""
    for name in ("API_CALLS_PER_KEY", "TARGET_CHECKS_PER_ACCOUNT", "RESENDS_PER_INVITATION"):
        monkeypatch.setattr(policy, name, (10**6, 60))
    make_relationship(manager, member, kind="group")
    make_invitation(manager, stranger, kind="partner")
    make_relationship(make_account(), manager, kind="partner")
    for number in range(TARGETS):
        make_account(username=f"free{number}")
        make_invitation(manager, make_account(), kind="partner")
        make_relationship(manager, make_account(), kind="partner")
    return ApiClient(manager)


def fitting(schema: dict[str, Any], whole: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    """Values that fit the schema, as far as it says; names of accounts are real ones now and then."""
    if "$ref" in schema:
        schema = whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    kind = schema["type"]
    if kind == "object":
        fields = {key: fitting(inner, whole, key) for key, inner in schema["properties"].items()}
        needed = {key: fields.pop(key) for key in schema.get("required", ())}
        return st.fixed_dictionaries(needed, optional=fields)
    if kind == "array":
        return st.lists(fitting(schema["items"], whole), max_size=4)
    if kind == "integer":
        return st.integers(schema.get("minimum", 0), schema.get("maximum", 2**70))
    if name in KNOWN:
        return st.sampled_from(KNOWN[name]) | st.text(min_size=1, max_size=20)
    return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 40), 300))


def bodies(operation: dict[str, Any], whole: dict[str, Any]) -> st.SearchStrategy[Any]:
    """For the operation's body: right, nearly right, and something else."""
    content = operation.get("requestBody", {}).get("content", {})
    if not content:
        return st.just(b"") | st.binary(max_size=20)
    right = fitting(content["application/json"]["schema"], whole)
    bent = st.tuples(right, st.text(max_size=10), anything).map(lambda made: {**made[0], made[1]: made[2]})
    broken = st.tuples(right.filter(bool), anything).map(lambda made: {**made[0], next(iter(made[0])): made[1]})
    return st.one_of(right, bent, broken, anything, st.binary(max_size=40))


def calls(path: str, operation: dict[str, Any], whole: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """Path, question, key and body of one call."""
    live = Invitation.objects.open() if "invitations" in path else Relationship.objects.in_force()
    real = st.sampled_from(sorted(live.values_list("pk", flat=True))).map(str)
    ids = real | st.integers(0, 30).map(str) | st.integers(-(2**70), 2**70).map(str) | st.text(min_size=1, max_size=5)
    params = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
    right = {each["name"]: fitting(each["schema"], whole, each["name"]).map(str) for each in params}
    return st.fixed_dictionaries(
        {
            "id": ids if "{id}" in path else st.just(""),
            "query": st.fixed_dictionaries({}, optional={**right, "extra": st.text(max_size=5)})
            | st.dictionaries(st.sampled_from([*right, "x"]), st.text(max_size=10), max_size=3),
            "key": st.uuids().map(str) | st.sampled_from(["", "one", "a" * 300]),
            "body": bodies(operation, whole),
        }
    )


def check(answer: Any, operation: dict[str, Any], whole: dict[str, Any]) -> None:
    status = str(answer.status_code)
    assert answer.status_code < 500, answer.text
    documented = operation["responses"].get(status)
    if documented is None:
        assert status in {"404", "405"}, f"{status} is not described: {answer.text}"
        return
    (media, shape), *_others = documented["content"].items()
    assert answer.headers["Content-Type"] == media
    schema = {**shape["schema"], "components": whole["components"]}
    jsonschema.validate(answer.json(), schema, cls=jsonschema.Draft202012Validator)


def test_nothing_that_is_sent_breaks_it(world):
    whole = description()
    operations = [(path, name, item[name]) for path, item in whole["paths"].items() for name in METHODS if name in item]
    assert len(operations) == 12
    seen = set()
    for path, method, operation in operations:
        before = transaction.savepoint()
        seen |= {(operation["operationId"], status) for status in fuzz(world, path, method, operation, whole)}
        transaction.savepoint_rollback(before)
    reached = {name for name, status in seen if status < 300}
    assert reached == {operation["operationId"] for _path, _method, operation in operations}


def fuzz(api: ApiClient, path: str, method: str, operation: dict[str, Any], whole: dict[str, Any]) -> set[int]:
    """Calls one operation many times; the statuses that it answered with."""
    statuses: set[int] = set()

    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(calls(path, operation, whole))
    def run(call: dict[str, Any]) -> None:
        url = path.replace("{id}", call["id"].replace("/", "%2F").replace("?", "%3F").replace("#", "%23"))
        headers = {**api.headers, **({"Idempotency-Key": call["key"]} if call["key"].isascii() else {})}
        if method == "get":
            answer = api.client.get(url, call["query"], headers=headers)
        else:
            answer = api.client.generic(
                method.upper(),
                url,
                call["body"] if isinstance(call["body"], bytes) else json.dumps(call["body"]).encode(),
                content_type="application/json",
                headers=headers,
            )
        statuses.add(answer.status_code)
        check(answer, operation, whole)

    run()
    return statuses
