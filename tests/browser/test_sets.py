"""A company's administrator creates a set, adds people, and deletes it with the founder's code; a colleague uses it."""

import pytest

from config.jobs import run_due
from kiscloud.models import AccountSet, SetUser
from kiscloud.services.workbench import choose_set
from tests.factories import make_user
from tests.kiscloud.kis import DAY, NOW, active, add_admin, make_company, make_set
from tests.kiscloud.sets import colleague, created, in_set

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.rule("S13.1", "S13.2", "S14.1", "S14.3", "S15.1", "S15.2", "S15.6", "S19.1")
def test_a_set_from_its_creation_to_its_end(person):
    company = make_company(name="云岭商贸有限公司")
    product, founder = active(company), company.founder
    admin = add_admin(company, make_user(name="陈静")).user
    clerk = colleague(product, "王芳")
    here = person()
    here.log_in(admin)
    here.go(f"/manage/products/{product.pk}/sets/")
    here.keep("sets-none")
    here.page.get_by_role("link", name="创建账套").first.click()
    here.page.fill("input[name=name]", "云岭商贸 2026")
    here.keep("sets-create")
    here.submit()
    here.keep("sets-creating")
    run_due()
    here.page.get_by_role("link", name="添加用户").wait_for()  # the page looks again by itself
    here.keep("sets-ready")
    account_set = AccountSet.objects.get()
    here.page.get_by_role("link", name="添加用户").click()
    here.page.get_by_label("王芳").check()
    here.keep("sets-people")
    here.page.get_by_role("link", name="新增平台用户").click()
    here.page.fill("input[name=mobile]", "13711112222")
    here.page.press("input[name=mobile]", "Tab")
    here.page.get_by_text("未注册").wait_for()
    here.page.fill("input[name=name]", "赵敏")
    here.keep("sets-person")
    here.submit()
    assert here.page.get_by_label("赵敏").is_checked()
    here.page.get_by_label("王芳").check()
    here.submit()
    here.keep("sets-users")
    assert SetUser.objects.filter(account_set=account_set).count() == 3
    there = person()
    there.log_in(clerk.user)
    there.go("/")
    assert there.page.get_by_text("云岭商贸 2026").first.is_visible()
    there.keep("workbench-clerk")
    here.go(f"/manage/products/{product.pk}/sets/")
    here.keep("sets-list")
    here.page.get_by_role("link", name="删除: 云岭商贸 2026").click()
    here.keep("sets-delete")
    here.page.get_by_role("button", name="下一步").click()
    here.pass_code(founder)
    account_set.refresh_from_db()
    assert account_set.state == "deleted"
    here.go(f"/manage/companies/{company.pk}/deletions/")
    here.keep("sets-deletions")
    there.go("/")
    assert there.page.get_by_text("云岭商贸 2026").count() == 0


@pytest.mark.rule("S19.2", "S19.3", "S19.7")
def test_what_the_workbench_looks_like(person):
    user = make_user(name="李强")
    mine = active(make_company(user, name="云岭商贸有限公司"))
    first, second = created(mine, name="一号账套"), created(mine, name="二号账套")
    other = active(make_company(name="海通精密制造（苏州）有限公司"), until=NOW + 400 * DAY)
    in_set(make_set(other, name="海通 2026"), colleague(other))
    ended = active(make_company(name="旧企业"), until=NOW)
    for product in (other, ended):
        SetUser.objects.create(account_set=make_set(product, name=f"账套{product.pk}"), user=user, name="李强")
    choose_set(user=user, set_id=second.pk)
    here = person()
    here.log_in(user)
    here.go("/workbench/")
    here.keep("workbench")
    here.page.get_by_text("切换账套").click()
    here.keep("workbench-open")
    here.page.get_by_role("link", name="按企业").click()
    here.keep("workbench-companies")
    here.page.emulate_media(color_scheme="dark")
    here.keep("workbench-dark")
    here.page.get_by_role("button", name="一号账套").click()
    here.page.wait_for_load_state()
    assert here.page.get_by_role("heading", name="一号账套").is_visible()
    assert first.pk
    here.go(f"/manage/companies/{mine.company_id}/sets/")
    here.keep("sets-dark")
    here.go(f"/manage/companies/{mine.company_id}/")
    here.keep("sets-products")
