"""The queue of change requests: what would move, what stands in the way, and the three buttons."""

import pytest
from django.contrib.messages import get_messages
from django.urls import reverse

from tests.invoicing.changing import ask, fee, fresh, pay, under_way
from tests.invoicing.opening import entitle, make_taxpayer
from tests.staff import make_staff, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True, username="boss"))


def page(row):
    return reverse("admin:invoicing_changerequest_change", args=[row.pk])


def press(client, row, button, **typed):
    """Presses it; the last sentence that staff are told, and whether it is a refusal."""
    client.post(reverse("admin:invoicing_changerequest_press", args=[row.pk, button]), typed)
    said = list(get_messages(client.get(page(row)).wsgi_request))[-1]
    return str(said), said.level_tag == "error"


def offered(client, row):
    return [button.name for button, _url in client.get(page(row)).context["buttons"]]


@pytest.mark.rule("I7.3")
def test_staff_waive_approve_and_see_what_was_moved(boss):
    fee()
    taxpayer = make_taxpayer()
    entitle(taxpayer, 4711)
    change = ask(taxpayer)
    assert offered(boss, change) == ["waive"]
    assert "&lt;span" not in boss.get(page(change)).content.decode()
    assert press(boss, change, "waive", reason="")[1]
    assert not press(boss, change, "waive", reason="我方录入错误")[1]
    assert offered(boss, change) == ["approve", "reject"]
    assert "4711" in boss.get(page(change)).content.decode()
    said, refused = press(boss, change, "approve", answer="已核对营业执照")
    assert ("4711" in said, refused, offered(boss, change)) == (True, False, [])
    assert fresh(change).answer == "已核对营业执照"
    assert "4711" in boss.get(page(change)).content.decode()


@pytest.mark.rule("I7.3")
def test_staff_reject_with_an_answer(boss):
    fee()
    change = pay(ask(make_taxpayer()))
    assert press(boss, change, "reject", answer="")[1]
    assert not press(boss, change, "reject", answer="材料不全")[1]
    assert fresh(change).state == "rejected"


@pytest.mark.rule("I7.4")
def test_staff_read_what_stands_in_the_way_before_they_press(boss):
    taxpayer = make_taxpayer()
    change = ask(taxpayer)
    under_way(taxpayer, "DD-2026-7")
    assert "DD-2026-7" in boss.get(page(change)).content.decode()
    assert press(boss, change, "approve")[1]


def test_the_queue_and_who_may_not(boss):
    change = ask(make_taxpayer())
    queue = reverse("admin:invoicing_changerequest_changelist")
    assert str(change) in boss.get(queue, {"needs": "review"}).content.decode()
    reader = staff_browser(make_staff("view_changerequest", username="reader"))
    assert offered(reader, change) == []
    assert reader.post(reverse("admin:invoicing_changerequest_press", args=[change.pk, "approve"])).status_code == 403
    assert fresh(change).state == "in_review"
