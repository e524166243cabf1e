"""Every page of the admin: who may open it, that nothing can be written that must not be, and what it costs."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import (
    Account,
    ApiKey,
    Certification,
    Delivery,
    Enterprise,
    Event,
    Folder,
    Invitation,
    Message,
    OneTimeCode,
    Relationship,
    Session,
    ShortLink,
    User,
    WithheldPoint,
)
from config.csp import build_policy
from config.models import Job
from finance.models import (
    Category,
    Commitment,
    Coupon,
    CreditLine,
    Discount,
    MeteringKey,
    Product,
    Promotion,
    Reseller,
    StripedCredit,
    UsageImport,
    Voucher,
)
from invoicing.models import Package, ProductTax, TaxItem
from kiscloud.models import Offering, Release
from tests.accounts.api_client import make_key
from tests.factories import make_account, make_relationship
from tests.staff import make_staff, pages, put_one_of_each, staff_browser

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
OURS = (
    Account,
    ApiKey,
    Certification,
    Delivery,
    Enterprise,
    Event,
    Folder,
    Invitation,
    Message,
    Relationship,
    User,
    WithheldPoint,
)
WRITABLE: dict[type[Model], set[str]] = {
    CreditLine: {"add"},
    TaxItem: {"add"},
    ProductTax: {"add"},
    MeteringKey: {"add"},
    Reseller: {"add"},
    StripedCredit: {"add"},
    UsageImport: {"add"},
    **{
        model: {"add"}
        for model in (Category, Product, Discount, Promotion, Voucher, Coupon, Commitment, Offering, Package, Release)
    },
    Message: {"add"},
    WithheldPoint: {"add", "delete"},
    User: {"change"},
    Group: {"add", "change", "delete"},
}


@pytest.fixture
def boss():
    return staff_browser(make_staff(superuser=True))


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_page_opens_for_staff_under_the_policy(boss, settings, language):
    put_one_of_each()
    urls = ["/admin/", "/admin/accounts/", "/admin/accounts/message/add/", "/admin/accounts/withheldpoint/add/"]
    urls += [url for model in admin.site._registry for url in pages(model)]
    assert len(urls) > 35
    for url in urls:
        answer = boss.get(url, headers={"Accept-Language": language})
        assert answer.status_code == 200, url
        assert answer.headers["Content-Security-Policy"] == build_policy(settings.SECURE_CSP), url
        assert "<style" not in answer.text, url
        assert "style=" not in answer.text.replace("apple-mobile-web-app-status-bar-style=", ""), url


def test_without_the_right_a_page_is_closed():
    put_one_of_each()
    client = staff_browser(make_staff())
    assert client.get("/admin/").status_code == 200
    for model in admin.site._registry:
        for url in pages(model):
            assert client.get(url).status_code == 403, url


def test_without_the_second_factor_every_page_leads_to_the_login(client):
    put_one_of_each()
    client.force_login(make_staff(superuser=True))
    for model in admin.site._registry:
        for url in pages(model):
            answer = client.get(url)
            assert (answer.status_code, answer.headers["Location"]) == (302, f"/admin/login/?next={url}")


@pytest.mark.parametrize("model", [OneTimeCode, ShortLink, TOTPDevice])
def test_secrets_are_not_shown_at_all(model):
    assert not admin.site.is_registered(model)


def test_nothing_else_is_registered_by_accounts():
    registered = {model for model in admin.site._registry if model._meta.app_label == "accounts"}
    assert registered == {*OURS, Session}


def test_nothing_can_be_written_that_must_not_be(boss, rf):
    put_one_of_each()
    request = rf.get("/admin/")
    request.user = User.objects.get(is_superuser=True)
    for model, page in admin.site._registry.items():
        row = model.objects.order_by("-pk").first()
        writable = {
            what
            for what, may in (
                ("add", page.has_add_permission(request)),
                ("change", page.has_change_permission(request, row)),
                ("delete", page.has_delete_permission(request, row)),
            )
            if may
        }
        assert writable <= WRITABLE.get(model, set()), model
        assert set(page.get_actions(request)) <= {"retry", "delete_selected"}, model


@pytest.mark.parametrize("model", [model for model in OURS if model not in WRITABLE])
def test_a_sent_form_changes_nothing(boss, model):
    put_one_of_each()
    row = model.objects.order_by("pk").first()
    name, before = f"admin:accounts_{model._meta.model_name}", model.objects.filter(pk=row.pk).values().get()
    typed = {"name": "x", "state": "sent", "title": "x", "body": "x", "digest": "x"}
    for url in (
        reverse(f"{name}_change", args=[row.pk]),
        reverse(f"{name}_delete", args=[row.pk]),
        reverse(f"{name}_add"),
    ):
        assert boss.post(url, {**typed, "post": "yes"}).status_code == 403, url
    boss.post(reverse(f"{name}_changelist"), {"action": "delete_selected", "_selected_action": row.pk, "post": "yes"})
    assert model.objects.filter(pk=row.pk).values().get() == before


def test_a_personal_message_is_nobody_elses_business(boss):
    owner = User.objects.get(is_superuser=True)
    message = Message.objects.create(kind="personal", user=owner, title="私信", body="…")
    assert "私信" not in boss.get("/admin/accounts/message/").text
    assert boss.get(f"/admin/accounts/message/{message.pk}/change/").status_code == 302


def test_no_address_holds_the_key_of_a_session(boss):
    put_one_of_each()
    for url in ("/admin/accounts/session/", f"/admin/accounts/user/{User.objects.get(is_superuser=True).pk}/change/"):
        assert boss.session.session_key not in boss.get(url).text
    assert boss.get(f"/admin/accounts/session/{boss.session.session_key}/change/").status_code == 302


def test_many_rows_cost_as_much_as_one(boss):
    urls = [reverse(f"admin:accounts_{model._meta.model_name}_changelist") for model in (*OURS, Session)]

    def queries():
        counts = {}
        for url in urls:
            with CaptureQueriesContext(connection) as caught:
                assert boss.get(url).status_code == 200
            counts[url] = len(caught)
        return counts

    put_one_of_each()
    queries()
    one = queries()
    for number in range(2, 6):
        put_one_of_each(number)
    assert queries() == one
    assert max(one.values()) <= 12


def test_an_object_with_much_around_it_costs_as_much_as_one_with_little(boss):
    manager = make_account()
    url = reverse("admin:accounts_account_change", args=[manager.pk])

    def queries():
        with CaptureQueriesContext(connection) as caught:
            assert boss.get(url).status_code == 200
        return len(caught)

    make_relationship(manager, make_account(), kind="partner")
    make_key(manager)
    boss.get(url)
    one = queries()
    for _ in range(6):
        make_relationship(manager, make_account(), kind="partner")
        make_key(manager)
    assert queries() == one


@pytest.mark.parametrize("text", ["总部", "5182874627", "91110108MA00000070", "a@b.cn", "'; --", "\x00", "统" * 400])
def test_searching_for_anything_answers_a_list(boss, text):
    put_one_of_each()
    for model in (*OURS, Session):
        url = reverse(f"admin:accounts_{model._meta.model_name}_changelist")
        assert boss.get(url, {"q": text}).status_code in {200, 302}, url


@pytest.mark.parametrize("query", ["outcome=failed", "outcome=closed", "outcome=sent", "outcome=x"])
def test_deliveries_are_narrowed_by_outcome(boss, query):
    put_one_of_each()
    assert boss.get(f"/admin/accounts/delivery/?{query}").status_code in {200, 302}
    assert boss.get("/admin/accounts/event/?topic=links&door=console").status_code == 200


def test_the_first_page_counts_what_waits(boss):
    put_one_of_each()
    job = Job.objects.create(kind="config.tidy", state="parked")
    shown = {entry.url: (entry.count, entry.tone) for entry in boss.get("/admin/").context["waiting"]}
    assert list(shown.values())[:3] == [(1, "info"), (0, "ok"), (1, "stop")]
    for url in shown:
        assert boss.get(url).status_code == 200
    assert str(job.pk) in boss.get(list(shown)[2]).text
    assert staff_browser(make_staff("view_account")).get("/admin/").context["waiting"] == []
