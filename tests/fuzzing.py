"""Calls operations of our own description with what fits them, what nearly fits and what does not fit at all.

Whatever is sent: never a server error, only answers that the description names, each in its described shape.
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import jsonschema  # type: ignore[import-untyped]
from django.db import transaction
from django.test import Client
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.accounts.api_client import ApiClient

METHODS = ("get", "post", "patch", "delete")
anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def mostly(usual: st.SearchStrategy[Any], odd: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Three times out of four the usual."""
    return st.sampled_from([usual, usual, usual, odd]).flatmap(lambda chosen: chosen)


@dataclass
class Fuzzer:
    """A caller, and what it knows: real values for some names, real ids for some addresses."""

    api: ApiClient
    known: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    ids: Mapping[str, Collection[int]] = field(default_factory=dict)  # by the first word of the address
    examples: int = 30
    whole: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.whole = dict(Client().get("/api/v1/schema/").json())
        for schema in self.whole["components"]["schemas"].values():
            jsonschema.Draft202012Validator.check_schema(schema)

    def operations(self, tags: Collection[str]) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Path, method and description of every operation with one of these tags."""
        for path, item in self.whole["paths"].items():
            for method in METHODS:
                if method in item and set(item[method]["tags"]) & set(tags):
                    yield path, method, item[method]

    def run(self, tags: Collection[str]) -> dict[str, set[int]]:
        """Every status that each operation answered with; what one of them changed is undone before the next."""
        seen = {}
        for path, method, operation in self.operations(tags):
            before = transaction.savepoint()
            seen[operation["operationId"]] = self.call_often(path, method, operation)
            transaction.savepoint_rollback(before)
        return seen

    def call_often(self, path: str, method: str, operation: dict[str, Any]) -> set[int]:
        """Calls one operation many times; the statuses that it answered with."""
        statuses: set[int] = set()

        @settings(
            max_examples=self.examples,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(self.calls(path, operation))
        def run(call: dict[str, Any]) -> None:
            answer = self.send(path, method, call)
            statuses.add(answer.status_code)
            self.check(answer, operation)

        run()
        return statuses

    def send(self, path: str, method: str, call: dict[str, Any]) -> Any:
        """One call."""
        url = path.replace("{id}", call["id"].replace("/", "%2F").replace("?", "%3F").replace("#", "%23"))
        headers = {**self.api.headers, **({"Idempotency-Key": call["key"]} if call["key"].isascii() else {})}
        if method == "get":
            return self.api.client.get(url, call["query"], headers=headers)
        body = call["body"] if isinstance(call["body"], bytes) else json.dumps(call["body"]).encode()
        kind, query = call.get("kind", "application/json"), call["query"]
        return self.api.client.generic(
            method.upper(), url, body, content_type=kind, headers=headers, query_params=query
        )

    def check(self, answer: Any, operation: dict[str, Any]) -> None:
        """Described, and in its described shape."""
        status = str(answer.status_code)
        assert answer.status_code < 500, answer.text
        documented = operation["responses"].get(status)
        if documented is None:
            assert status in {"404", "405"}, f"{status} is not described: {answer.text}"
            return
        if "content" not in documented:
            assert not answer.content
            return
        (media, shape), *_others = documented["content"].items()
        assert answer.headers["Content-Type"] == media
        if "json" not in media:
            return  # a file
        # Not `jsonschema.validate`, which checks the whole description anew each time.
        described = {**shape["schema"], "components": self.whole["components"]}
        jsonschema.Draft202012Validator(described).validate(answer.json())

    def calls(self, path: str, operation: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
        """Path, question, key and body of one call."""
        ids = st.integers(0, 30).map(str) | st.integers(-(2**70), 2**70).map(str) | st.text(min_size=1, max_size=5)
        if real := self.ids.get(path.split("/")[3]):
            ids = mostly(st.sampled_from(sorted(real)).map(str), ids)
        params = [each for each in operation.get("parameters", ()) if each["in"] == "query"]
        right = {each["name"]: self.fitting(each["schema"], each["name"]).map(str) for each in params}
        asked = st.fixed_dictionaries({}, optional={**right, "extra": st.text(max_size=5)})
        odd = st.dictionaries(st.sampled_from([*right, "x"]), st.text(max_size=10), max_size=3)
        return st.fixed_dictionaries(
            {
                "id": ids if "{id}" in path else st.just(""),
                "query": asked | odd,
                "key": mostly(st.uuids().map(str), st.sampled_from(["", "one", "a" * 300])),
                "body": self.bodies(operation),
                "kind": st.just(next(iter(operation.get("requestBody", {}).get("content", ())), "application/json")),
            }
        )

    def bodies(self, operation: dict[str, Any]) -> st.SearchStrategy[Any]:
        """For the operation's body: right, nearly right, and something else."""
        content = operation.get("requestBody", {}).get("content", {})
        if "application/json" not in content:
            return st.just(b"") | st.binary(max_size=20)
        right = self.fitting(content["application/json"]["schema"])
        bent = st.tuples(right, st.text(max_size=10), anything).map(lambda made: {**made[0], made[1]: made[2]})
        broken = st.tuples(right.filter(bool), anything).map(lambda made: {**made[0], next(iter(made[0])): made[1]})
        return mostly(right, bent | broken | anything | st.binary(max_size=40))

    def fitting(self, schema: dict[str, Any], name: str = "") -> st.SearchStrategy[Any]:
        """Values that fit the schema, as far as it says; known ones now and then."""
        if "$ref" in schema:
            schema = self.whole["components"]["schemas"][schema["$ref"].rpartition("/")[2]]
        if "enum" in schema:
            return st.sampled_from(schema["enum"])
        if name in self.known:
            return mostly(st.sampled_from(self.known[name]), st.text(min_size=1, max_size=20))
        kind = schema["type"]
        if kind == "object":
            fields = {key: self.fitting(inner, key) for key, inner in schema.get("properties", {}).items()}
            needed = {key: fields.pop(key) for key in schema.get("required", ())}
            return st.fixed_dictionaries(needed, optional=fields)
        if kind == "array":
            return st.lists(self.fitting(schema["items"]), max_size=4)
        if kind == "integer":
            return st.integers(schema.get("minimum", 0), schema.get("maximum", 2**70))
        return st.text(min_size=schema.get("minLength", 0), max_size=min(schema.get("maxLength", 40), 300))
