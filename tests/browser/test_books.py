"""A small trading company keeps a month of its books; they outlive the set they were kept in."""

import re

import pytest

from config.jobs import run_due
from kiscloud.books.models import Books, Voucher
from kiscloud.models import AccountSet
from tests.factories import make_user
from tests.kiscloud.kis import active, add_admin, make_company

pytestmark = pytest.mark.django_db(transaction=True)

# What happens in the month: (summary, [(subject, debit, credit)]).
MONTH = (
    ("收到投资款", [("1002", "100000", ""), ("3001", "", "100000")]),
    ("采购商品", [("1405", "40000", ""), ("2202", "", "40000")]),
    ("销售商品", [("1122", "60000", ""), ("5001", "", "60000")]),
    ("结转成本", [("5401", "30000", ""), ("1405", "", "30000")]),
    ("支付房租", [("560207", "5000", ""), ("1002", "", "5000")]),
    ("收回货款", [("1002", "45000", ""), ("1122", "", "45000")]),
)


def enter(here, number):
    """Every voucher of the month, one after the other, without the mouse."""
    here.go(f"/sets/{number}/vouchers/new/")
    for place, (summary, lines) in enumerate(MONTH):
        for row, (subject, debit, credit) in enumerate(lines):
            here.page.locator("input[name=summary]").nth(row).fill(summary)
            here.page.locator("input[name=subject]").nth(row).fill(subject)
            here.page.locator("input[name=debit]").nth(row).fill(debit)
            here.page.locator("input[name=credit]").nth(row).fill("=" if credit else "")
        assert "平衡" in here.page.locator("[data-difference]").inner_text()
        if place == 0:
            here.keep("books-voucher")
        with here.page.expect_navigation():
            here.page.keyboard.press("Control+s")


def audit_all(here, number):
    """Somebody else looks at them, and posts them."""
    here.go(f"/sets/{number}/vouchers/")
    here.page.locator("[data-tick-all]").check()
    here.page.locator("button[value=audit]").first.click()
    here.page.wait_for_load_state()
    here.page.locator("button[value=post-all]").click()
    here.page.wait_for_load_state()


def sheet(here, number):
    """The figures of the balance sheet, as they are read."""
    here.go(f"/sets/{number}/balance-sheet/")
    return re.findall(r"[\d,]+\.\d\d", here.page.locator("#report").inner_text())


@pytest.mark.rule("S13.1", "S15.1", "S16.1", "S17.1", "S17.11")
def test_a_month_outlives_its_set(person):
    company = make_company(name="云岭商贸有限公司")
    product, founder = active(company), company.founder
    accountant = add_admin(company, make_user(name="陈静")).user
    here, there = person(), person()
    here.log_in(founder)
    here.go(f"/manage/products/{product.pk}/sets/new/")
    here.page.fill("input[name=name]", "云岭商贸 2026")
    here.submit()
    run_due()
    number = AccountSet.objects.get().number
    here.page.get_by_role("link", name="添加用户").click()
    here.page.get_by_label("陈静").check()
    here.submit()
    with here.page.expect_navigation():
        here.page.locator("tr", has_text="陈静").locator("form[action*='administrator'] button").click()
    here.go(f"/sets/{number}/openings/")
    here.page.locator("button[value=finish]").click()
    enter(here, number)
    assert Voucher.objects.count() == len(MONTH)
    there.log_in(accountant)
    audit_all(there, number)
    there.go(f"/sets/{number}/closing/")
    there.keep("books-closing")
    there.page.locator("button[value=carry]").click()
    audit_all(here, number)
    there.go(f"/sets/{number}/closing/")
    month = Books.objects.get().month
    there.page.locator("button[value=close]").click()
    there.page.get_by_text("已结账").first.wait_for()
    assert Books.objects.get().month != month
    before = sheet(there, number)
    there.keep("books-sheet")
    assert "165,000.00" in before  # 140,000 in the bank, 15,000 receivable, 10,000 of goods; 40,000 owed; 25,000 earned
    here.go(f"/manage/products/{product.pk}/sets/")
    here.page.locator("form[action$='/backup/'] button").first.click()
    run_due()
    here.go(f"/manage/sets/{AccountSet.objects.get().pk}/delete/")
    here.page.get_by_role("button", name="下一步").click()
    here.pass_code(founder)
    run_due()
    assert there.page.goto(f"{there.base}/sets/{number}/").status == 404
    here.go(f"/manage/products/{product.pk}/backups/")
    here.page.get_by_role("link", name="恢复").last.click()
    here.page.locator("input[name=backup]").first.check()
    here.submit()
    run_due()
    restored = AccountSet.objects.get(state="ready")
    assert restored.number != number
    assert sheet(here, restored.number) == before
