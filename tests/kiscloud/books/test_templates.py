"""The rows of a voucher form by its buttons, and vouchers that begin with a template."""

import pytest
from django.http import QueryDict
from django.urls import reverse

from config.errors import InputError
from kiscloud.books import policy
from kiscloud.books.forms.vouchers import Row, rows_after
from kiscloud.books.models import TemplateLine, Voucher, VoucherTemplate
from kiscloud.books.services.people import NotGranted
from kiscloud.books.services.templates import delete_template, make_template, rename_template
from tests.kiscloud.books.bookkeeping import Office
from tests.kiscloud.books.test_pages import client_of
from tests.kiscloud.kis import person

SALE = (("1002", "10.50", ""), ("5001", "", "10.50"))


@pytest.mark.parametrize(
    ("asked", "rows", "at"),
    [
        ("above-1", "-AB", 1),
        ("below-1", "A-B", 2),
        ("below-2", "AB-", 3),
        ("copy-1", "AAB", 2),
        ("delete-1", "B", 1),
        ("delete-2", "A", 1),
        ("above-4", "AB---", 4),  # of the empty rows below
        ("burn-1", "AB", 1),
        ("above-0", "AB", 1),
        ("above-9999", "AB", 1),
        ("", "AB", 1),
    ],
)
def test_a_button_of_a_row_makes_one_more_or_less(asked, rows, at):
    found, place = rows_after([Row("A"), Row("B")], asked)
    assert ("".join(row.summary or "-" for row in found), place) == (rows, at)


def test_no_more_rows_than_a_voucher_has():
    full = [Row("A")] * policy.LINES_MAX
    assert len(rows_after(full, "copy-1")[0]) == policy.LINES_MAX


def typed(**more):
    """A form with two rows, not complete."""
    head = {"word": "记", "day": "2026-03-05", "attachments": "2"}
    data = QueryDict(mutable=True)
    data.update({**head, **more})
    for name, cells in {"summary": ["收款", ""], "subject": ["1002", "5001"], "debit": ["7", ""]}.items():
        data.setlist(name, cells)
    return data.urlencode()


def at(office, name, **more):
    return reverse(f"books:{name}", kwargs={"number": office.set.number, **more})


@pytest.mark.django_db
def test_the_form_works_without_a_script():
    office = Office().open()
    client, form = client_of(office.makers_user), "application/x-www-form-urlencoded"
    page = client.post(at(office, "voucher-new"), typed(row="copy-1"), content_type=form)
    text = page.content.decode()
    assert (page.status_code, text.count('value="收款"'), Voucher.objects.exists()) == (200, 2, False)
    assert 'value="2026-03-05"' in text
    assert 'aria-label="摘要 2" autofocus' in text
    voucher = office.write(*SALE)
    changed = client.post(at(office, "voucher-edit", pk=voucher.pk), typed(row="delete-1"), content_type=form)
    assert changed.content.decode().count('value="收款"') == 0
    assert voucher.lines.count() == 2


@pytest.mark.django_db
def test_a_voucher_begins_with_a_template_with_amounts_or_without():
    office = Office().open()
    voucher, client = office.write(*SALE, word="收"), client_of(office.makers_user)
    for name, amounts in (("有金额", "on"), ("无金额", "")):
        client.post(at(office, "voucher-template", pk=voucher.pk), {"name": name, "with_amounts": amounts})
    whole, bare = VoucherTemplate.objects.order_by("pk")
    assert client.post(at(office, "voucher-template", pk=voucher.pk), {"name": "有金额"}).status_code == 422
    fresh = client.get(at(office, "voucher-new"), {"template": whole.pk}).content.decode()
    assert [text in fresh for text in ('value="10.50"', "1002 银行存款", '<option value="收" selected>')] == [True] * 3
    fresh = client.get(at(office, "voucher-new"), {"template": bare.pk}).content.decode()
    assert ['value="10.50"' in fresh, 'value="1002 银行存款"' in fresh, "有金额" in fresh] == [False, True, True]
    client.post(at(office, "template-rename", pk=bare.pk), {"name": "收款"})
    listed = client.get(at(office, "template-list")).content.decode()
    assert [text in listed for text in ("收款", "有金额", "无金额", "10.50")] == [True, True, False, True]
    client.post(at(office, "template-delete", pk=whole.pk))
    assert set(TemplateLine.objects.values_list("template", "debit")) == {(bare.pk, 0)}


@pytest.mark.django_db
@pytest.mark.rule("S19.6")
def test_who_enters_vouchers_keeps_templates(monkeypatch):
    office = Office().open()
    voucher = office.write(*SALE)
    facts = {"account_set": office.set, "voucher_id": voucher.pk, "name": "工资"}
    made = make_template(actor=office.maker, **facts)
    one = {"actor": person(office.add()), "account_set": office.set, "template_id": made.pk}
    for service, more in ((rename_template, {"name": "x"}), (delete_template, {})):
        with pytest.raises(NotGranted):
            service(**one, **more)
    with pytest.raises(NotGranted):
        make_template(**{**facts, "actor": one["actor"]})
    monkeypatch.setattr(policy, "TEMPLATES_MAX", 1)
    with pytest.raises(InputError):
        make_template(actor=office.maker, **{**facts, "name": "房租"})
