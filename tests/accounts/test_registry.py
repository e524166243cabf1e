from collections.abc import Iterator

import pytest
from django.core.exceptions import ImproperlyConfigured

from accounts.credit_code import parse
from accounts.registry import (
    RESULTS_MAX,
    HttpRegistry,
    RegistryEntry,
    RegistryUnavailable,
    SampleRegistry,
    _sample,
    registry,
    searchable,
)
from tests.servers.local import Reply, dripping, nobody, silence
from tests.servers.registry import KEY, Register, register

PARENT = "云岭科技集团有限公司"
CAST = [
    PARENT,
    "云岭数据服务有限公司",
    "云岭智能制造有限公司",
    "云岭国际贸易有限公司",
    "晨曦供应链管理有限公司",
    "海桐文化传媒有限公司",
    "北辰软件有限公司",
]


def names(text: str) -> list[str]:
    return [entry.name for entry in SampleRegistry().search(text)]


def code_of(name: str) -> str:
    return SampleRegistry().search(name)[0].credit_code


def test_the_invented_companies_have_valid_codes_of_their_own():
    sample = _sample()

    assert len(sample) >= 40
    assert len({entry.credit_code for entry in sample}) == len({entry.name for entry in sample}) == len(sample)
    assert all(parse(entry.credit_code).organisation_fits for entry in sample)
    assert all(entry.legal_representative and entry.registered_address for entry in sample)
    assert {entry.status for entry in sample} == {"active", "deregistered"}


@pytest.mark.parametrize("name", CAST)
def test_a_whole_name_finds_the_company_first(name):
    assert names(name)[0] == name


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("云岭数据", "云岭数据服务有限公司"),
        ("数据服务", "云岭数据服务有限公司"),
        ("云领数据服务", "云岭数据服务有限公司"),
        ("云岭服务数据", "云岭数据服务有限公司"),
        ("海铜文化传媒有限公司", "海桐文化传媒有限公司"),
        (" 晨曦初光(上海) 科技", "晨曦初光（上海）科技有限公司"),
        ("北辰软件有限责任公司", "北辰软件有限公司"),
    ],
)
def test_a_part_a_slip_or_another_spelling_finds_it_too(typed, found):
    assert names(typed)[0] == found


def test_beginnings_come_before_parts_and_at_most_eight_are_offered():
    assert names("云岭")[0].startswith("云岭")
    assert len(names("有限公司")) == RESULTS_MAX


def test_a_code_or_its_beginning_finds_the_company():
    code = code_of(PARENT)

    assert names(f" {code.lower()} ") == [PARENT]
    assert PARENT in names(code[:17])


@pytest.mark.parametrize("typed", ["", " ", "云", "（）", "\u202e", "云" * 200, "完全没有的东西", "xyzzy"])
def test_what_means_no_company_finds_none(typed):
    assert names(typed) == []


def test_the_setting_chooses_the_source(settings):
    settings.REGISTRY_BACKEND = "accounts.registry.HttpRegistry"
    settings.REGISTRY_OPTIONS = {"endpoint": "http://127.0.0.1:1", "api_key": KEY}
    assert isinstance(registry(), HttpRegistry)

    settings.REGISTRY_BACKEND = "accounts.registry.SampleRegistry"
    assert isinstance(registry(), SampleRegistry)


@pytest.fixture
def there() -> Iterator[Register]:
    with register() as state:
        yield state


def at(url: str, **more: str) -> HttpRegistry:
    return HttpRegistry({"endpoint": url, "api_key": KEY, **more})


def test_the_service_is_asked_with_key_and_text(there):
    entry = {"name": PARENT, "credit_code": code_of(PARENT), "legal_representative": "林远舟"}
    there.companies = [entry]

    assert at(there.url).search(" 云岭＆科技/#? ") == [RegistryEntry(PARENT, code_of(PARENT), "林远舟")]
    assert there.asked == [{"q": "云岭&科技/#?", "limit": "8"}]


def test_entries_that_do_not_hold_together_are_left_out(there):
    good = {"name": PARENT, "credit_code": code_of(PARENT), "status": "deregistered"}
    there.companies = [
        {"name": "改名有限公司", "credit_code": "91110108551385082A"},
        {"name": "云岭\u202e", "credit_code": code_of(PARENT)},
        {"name": None, "credit_code": 7},
        "云岭",
        None,
        good,
    ]

    assert at(there.url).search("云岭") == [RegistryEntry(PARENT, code_of(PARENT), status="deregistered")]


def test_a_service_that_floods_is_cut_to_eight(there):
    there.companies = [{"name": PARENT, "credit_code": code_of(PARENT)}] * 50

    assert len(at(there.url).search("云岭")) == RESULTS_MAX


@pytest.mark.parametrize(
    "reply",
    [
        Reply(200, b"<html>"),
        Reply(200, b"[]"),
        Reply(200, b'{"companies": {}}'),
        Reply(200, b"{}"),
        Reply(200, b" " * 300_000),
        Reply(500, b'{"companies": []}'),
        Reply(302, b""),
    ],
    ids=str,
)
def test_an_answer_without_sense_is_said_in_a_sentence(there, reply):
    there.plays = reply
    with pytest.raises(RegistryUnavailable) as caught:
        at(there.url).search("云岭")

    assert (caught.value.status, caught.value.code) == (503, "registry_unavailable")


@pytest.mark.parametrize("host", [silence, dripping, nobody])
def test_a_service_that_is_not_there_is_said_in_a_sentence(host):
    with host() as url, pytest.raises(RegistryUnavailable):
        at(url, timeout="0.2").search("云岭")


def test_a_wrong_key_is_said_without_the_key(there, caplog):
    with pytest.raises(RegistryUnavailable):
        HttpRegistry({"endpoint": there.url, "api_key": "wrong-key"}).search("云岭")

    assert "answer 401" in caplog.text
    assert "wrong-key" not in caplog.text


@pytest.mark.parametrize("missing", ["endpoint", "api_key"])
def test_a_missing_setting_is_named(missing):
    with pytest.raises(ImproperlyConfigured, match=f"REGISTRY_{missing.upper()}"):
        HttpRegistry({"endpoint": "http://x", "api_key": KEY, missing: ""})


@pytest.mark.parametrize("value", ["soon", "0", "31"])
def test_a_timeout_without_sense_is_named(value):
    with pytest.raises(ImproperlyConfigured, match="REGISTRY_TIMEOUT"):
        at("http://x", timeout=value)


def test_what_is_worth_asking():
    assert [searchable(text) for text in ("云岭", "云", "云 - ", "云" * 61)] == [True, False, False, False]
