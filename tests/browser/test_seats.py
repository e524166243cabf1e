"""A full house: somebody waits, an administrator logs somebody off, and the one who waits comes in."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from kiscloud.models import Seat, SeatPeak
from kiscloud.services.seats import enter_inventory
from tests.factories import make_user
from tests.kiscloud.clients import KisClient
from tests.kiscloud.kis import active, make_company, make_set
from tests.kiscloud.kis import person as acting_person
from tests.kiscloud.seating import released, sit

pytestmark = pytest.mark.django_db(transaction=True)


def past(product):
    """Four weeks in which it became full."""
    hour = timezone.now().replace(minute=0, second=0, microsecond=0)
    for day in range(1, 28):
        most, refused = (0, 0) if day % 7 in (5, 6) else (min(3, 1 + (28 - day) // 7), (28 - day) // 12)
        SeatPeak.objects.create(subscription=product, hour=hour - timedelta(days=day), most=most, refused=refused)


@pytest.mark.rule("S12.1", "S12.2", "S12.3", "S12.4", "S12.5")
def test_from_a_full_house_to_a_free_seat(person):
    people = [make_user(name=name) for name in ("陈静", "王芳", "李强", "赵敏")]
    product = active(make_company(people[0], name="云岭商贸有限公司"), users=3)
    books = make_set(product, *people, name="云岭商贸 2026")
    past(product)
    clients = [KisClient(user, name="财务部电脑") for user in people[:3]]
    seats = [client.post("seats/", {"set": books.pk}).json()["id"] for client in clients[:2]]
    enter_inventory(actor=acting_person(people[2]), subscription_id=product.pk, device=clients[2].device)
    Seat.objects.filter(pk=seats[1]).update(used_at=timezone.now() - timedelta(minutes=42))
    waiting = KisClient(people[3])
    assert waiting.post("seats/", {"set": books.pk}).json()["code"] == "seats_taken"
    assert waiting.post("queue/", {"set": books.pk}).json()["free"] is False
    here = person()
    here.log_in(people[0])
    here.go(f"/manage/companies/{product.company_id}/online/")
    here.keep("online-company")
    here.page.get_by_role("link", name="排队与在线峰值").click()
    here.page.get_by_text("王芳 空闲最久").wait_for()
    here.keep("online-product")
    here.page.get_by_role("button", name="注销 王芳").click()
    here.page.get_by_text(re.compile(r"\d+ 秒后退出")).wait_for()
    here.keep("online-countdown")
    assert 0 < clients[1].post(f"seats/{seats[1]}/beat/", {}).json()["seconds_left"] <= 60
    Seat.objects.filter(pk=seats[1]).update(ending_at=timezone.now())
    here.page.locator(".figure", has_text="2 / 3").wait_for()  # the page looks again by itself
    assert waiting.post("queue/", {"set": books.pk}).json()["free"] is True
    assert waiting.post("seats/", {"set": books.pk}).status_code == 201
    assert clients[1].post(f"seats/{seats[1]}/beat/", {}).json()["end"] == "logged_off"
    here.page.get_by_role("button", name="注销 李强").click()
    here.page.get_by_text("已注销 李强").wait_for()
    assert here.page.get_by_role("row", name="李强").count() == 0


@pytest.mark.rule("S2.9", "S13.5", "S20.3", "S20.15", "S24.9")
def test_clients_and_what_belongs_to_them(person):
    user = make_user(name="王芳")
    product = active(make_company(user, name="云岭商贸有限公司"))
    books = make_set(product, user, name="云岭商贸 2026")
    for platform, version, needs in (("windows", "9.0.1", "Windows 10"), ("mac", "9.0.0", "OS X 10.13")):
        released(
            version,
            platform=platform,
            needs=needs,
            size=48_300_000,
            sha256="3f" * 32,
            notes="启动更快。\n修复打印问题。",
        )
    released("2.4.0", platform="iphone")
    released("9.1.0", channel="beta", size=49_000_000, sha256="4a" * 32)
    here = person()
    here.go("/login/")
    here.keep("login-downloads")
    here.page.get_by_role("link", name="下载客户端").click()
    here.keep("downloads")
    here.log_in(user)
    here.go("/workbench/clients/")
    here.keep("clients-none")
    sit(user, books, name="财务部电脑")
    KisClient(user, "mac-00001", name="王芳的 MacBook", remember=True)
    here.go("/workbench/clients/")
    here.keep("clients")
    here.go("/workbench/drive/")
    here.keep("drive-none")
    here.page.set_input_files(
        "input[type=file]", {"name": "三月凭证.xlsx", "mimeType": "application/octet-stream", "buffer": b"x" * 20_000}
    )
    here.submit()
    here.page.get_by_role("link", name="三月凭证.xlsx").wait_for()
    here.keep("drive")
    here.go(f"/manage/products/{product.pk}/private-cloud/")
    here.keep("private-register")
    here.submit()
    here.page.get_by_text("请立即复制授权码").wait_for()
    here.keep("private-code")
    here.go(f"/manage/companies/{product.company_id}/private-clouds/")
    here.keep("private-clouds")
    here.context.add_cookies([{"name": "theme", "value": "dark", "url": here.base}])
    for name, path in (("drive", "/workbench/drive/"), ("downloads", "/downloads/")):
        here.go(path)
        here.keep(f"{name}-dark")
    sit(user, books, name="财务部电脑")
    past(product)
    here.go(f"/manage/products/{product.pk}/online/")
    here.keep("online-dark")
