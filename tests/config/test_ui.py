"""The look's tags, filters and forms."""

from datetime import date, datetime
from decimal import Decimal
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django import forms
from django.template import engines
from django.test import Client, RequestFactory

from config.errors import DomainError, InputError
from config.forms import CardSelect, CodeField, refuse
from config.look_views import PAGES
from config.nav import Console, Product

SHANGHAI = ZoneInfo("Asia/Shanghai")


def drawn(source, request=None, **context):
    return engines["django"].from_string(source).render(context, request)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1234.5", "¥1,234.50"),
        (Decimal("-560"), "−¥560.00"),
        (0, "¥0.00"),
        ("0.005", "¥0.01"),
        (None, "—"),
        ("", "—"),
        ("abc", "—"),
        ("NaN", "—"),
        ("99999999999999.99", "¥99,999,999,999,999.99"),
    ],
)
def test_money(value, expected):
    text = drawn("{{ value|money }}", value=value)
    assert expected in text


def test_numbers_and_addresses_are_masked_and_none_is_none():
    masked = "{{ mobile|mask_mobile }} {{ email|mask_email }} {{ none|mask_mobile }}{{ none|mask_email }}"
    assert drawn(masked, mobile="13812346620", email="zhang@example.com", none=None) == "138****6620 z***@example.com "


@pytest.mark.parametrize(
    ("value", "only", "expected"),
    [
        (datetime(2026, 11, 21, 9, 30, tzinfo=SHANGHAI), "", "09:30</time>"),
        (datetime(2026, 11, 19, 7, 3, tzinfo=SHANGHAI), "", "11-19 07:03"),
        (datetime(2025, 3, 6, 9, 3, tzinfo=SHANGHAI), "", "2025-03-06 09:03"),
        (datetime(2026, 11, 19, 7, 3, 5, tzinfo=SHANGHAI), "full", "2026-11-19 07:03:05"),
        (datetime(2026, 11, 19, 20, 0, tzinfo=ZoneInfo("UTC")), "date", "2026-11-20"),
        (date(2026, 11, 19), "", "2026-11-19"),
        (None, "", "—"),
    ],
)
def test_a_moment_is_short_and_says_the_whole_beside(value, only, expected):
    with time_machine.travel(datetime(2026, 11, 21, 12, tzinfo=SHANGHAI), tick=False):
        assert expected in drawn("{% moment value only=only %}", value=value, only=only)


def test_a_form_names_the_account_that_it_was_drawn_for():
    request = RequestFactory().get("/")
    assert "_account" not in drawn("{% form_guard %}", request)
    request.account = SimpleNamespace(pk=42)
    guard = drawn("{% form_guard %}", request)
    assert 'name="_account" value="42"' in guard
    assert 'name="csrfmiddlewaretoken"' in guard


def test_the_current_page_is_marked():
    request = RequestFactory().get("/finance/members/12/")
    assert drawn('{% active "/finance/members/" %}', request) == 'aria-current="page"'
    assert drawn('{% active "/finance/members/" exact=True %}', request) == ""
    assert drawn('{% active "/finance/invoices/" %}', request) == ""


def test_addresses_in_chinese_text_become_links_and_nothing_else_does():
    text = drawn("{{ value|linkify }}", value='处理：https://a.cn/s/x1。<img src="http://b.cn/">')
    assert '<a href="https://a.cn/s/x1">https://a.cn/s/x1</a>。' in text
    assert "<img" not in text


@pytest.mark.parametrize(("name", "expected"), [("沈若岚", "若岚"), ("Ada Lovelace", "AL"), ("", "?")])
def test_initials(name, expected):
    assert drawn("{{ value|initials }}", value=name) == expected


def test_an_icon_is_silent_unless_it_has_a_label():
    assert 'aria-hidden="true"' in drawn('{% icon "bell" %}')
    assert 'aria-label="&lt;b&gt;"' in drawn("{% icon 'bell' label=words %}", words="<b>")
    assert drawn('{% icon "" %}') == ""


class Sample(forms.Form):
    name = forms.CharField(label="名称", help_text="全称")
    kind = forms.ChoiceField(choices=[("a", "甲"), ("b", "乙")], widget=CardSelect(hints={"a": "第一种"}))
    code = CodeField()
    note = forms.CharField(required=False)


def test_a_form_links_each_error_to_its_control():
    form = Sample({})
    text = str(form)
    assert 'role="alert"' in text
    for control in ("id_name", "id_kind_0", "id_code"):
        assert f'href="#{control}"' in text
        assert f'id="{control}"' in text
    assert 'aria-describedby="id_name_helptext id_name_error"' in text
    assert 'id="id_name_helptext"' in text
    assert 'id="id_name_error"' in text
    assert "第一种" in text


def test_an_unsent_form_has_no_summary():
    assert 'role="alert"' not in str(Sample())


@pytest.mark.parametrize("typed", ["482913", " 482 913 ", "４８２９１３"])
def test_a_code_is_understood_as_phones_paste_it(typed):
    assert CodeField().clean(typed) == "482913"


@pytest.mark.parametrize("typed", ["48291", "4829134", "48291a", "²82913", "", "482913\n1"])
def test_a_code_has_six_digits(typed):
    with pytest.raises(forms.ValidationError):
        CodeField().clean(typed)


def test_a_refusal_stands_at_its_field_or_above_the_form():
    form = Sample({"name": "x", "kind": "a", "code": "482913"})
    refuse(form, InputError("name", "Too long: %(most)s at most.", most=3))
    refuse(form, InputError("elsewhere", "Somewhere else."))
    refuse(form, DomainError("Not now."))
    assert form.errors["name"] == ["Too long: 3 at most."]
    assert form.non_field_errors() == ["Somewhere else.", "Not now."]


def test_the_frame_knows_its_product_and_its_red_number():
    product = Product("finance", "企业财务", "/finance/", "landmark", current=True)
    assert Console(products=(product,)).product is product
    assert [Console(unread=number).unread_badge for number in (0, 7, 99, 100)] == ["", "7", "99", "99+"]


@pytest.mark.django_db
@pytest.mark.urls("tests.config.look_urls")
@pytest.mark.parametrize("name", PAGES)
def test_every_page_of_the_gallery_opens(name):
    answer = Client().get(f"/dev/look/{name}/")
    assert answer.status_code == (409 if name == "refusal" else 200)
    assert answer.text.lstrip().startswith("<!DOCTYPE html>")


@pytest.mark.django_db
@pytest.mark.urls("tests.config.look_urls")
def test_a_form_that_comes_back_is_422_and_says_so_in_its_title():
    answer = Client().post("/dev/look/form/", {"note": "kept as typed"})
    assert answer.status_code == 422
    assert "kept as typed" in answer.text
    assert "data-focus-on-load" in answer.text
