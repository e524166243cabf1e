"""Who is told what about change requests, in Chinese: both sides, each with what it must do next."""

import pytest
from django.utils.translation import override

from accounts.event_texts import sentence
from accounts.letters import News, write
from accounts.models import Event
from accounts.notifications import notices_for
from finance.services.orders import cancel_order
from invoicing.services.change_answers import agree_to_change, decline_change, waive_fee
from invoicing.services.changes import withdraw_change
from tests.factories import credit_code
from tests.finance.funds import mover, staff
from tests.invoicing.changing import RIGHT, approve, ask, ask_to_merge, ask_to_move, fee, hear, pay, reject
from tests.invoicing.opening import entitle, make_taxpayer, make_tenant

pytestmark = pytest.mark.django_db


def written(kind):
    """The letters of the latest such event: what each account is told, in one text."""
    news = News.of(Event.objects.filter(kind=f"change_request.{kind}").latest("pk").pk)
    found = {}
    with override("zh-hans"):
        for notice in notices_for(news):
            if (audience := notice.to(news)).people:
                letter = write(notice.letter, news)
                found[audience.account] = f"{letter.subject}\n{letter.message}\n{letter.page}"
    return found


def said(kind, viewer):
    with override("zh-hans"):
        return sentence(Event.objects.filter(kind=f"change_request.{kind}").latest("pk"), viewer)


@pytest.mark.rule("I1.2", "I7.3")
def test_who_must_pay_is_told_the_price_and_who_is_done_what_moved():
    fee("300")
    taxpayer = make_taxpayer()
    entitle(taxpayer, 4711)
    change = ask(taxpayer)
    [(account, letter)] = written("asked").items()
    assert account == change.account
    assert all(text in letter for text in ("300.00", RIGHT, taxpayer.tax_number, f"/{change.pk}/"))
    pay(change)
    assert "审核" in written("paid")[account]
    approve(change, answer="已核对")
    assert all(text in written("done")[account] for text in ("4711", "已核对", "原税号不能再使用"))
    assert taxpayer.name in said("done", account)


@pytest.mark.rule("I7.3")
def test_a_rejection_says_why_and_that_the_fee_comes_back():
    fee("300")
    change = pay(ask(make_taxpayer()))
    reject(change, "执照与税号不一致")
    letter = written("rejected")[change.account]
    assert ("执照与税号不一致" in letter, "费用已退回" in letter) == (True, True)


@pytest.mark.rule("I7.4")
def test_the_other_account_is_asked_and_both_hear_of_the_end():
    taxpayer, to = make_taxpayer(), make_tenant()
    change = ask_to_move(taxpayer, to)
    letters = written("asked")
    assert set(letters) == {to.account, taxpayer.tenant.account}
    assert taxpayer.tenant.name not in letters[to.account]  # whose tenant it is, its owner may not want to tell
    assert change.account.enterprise.name in letters[taxpayer.tenant.account]
    assert said("asked", taxpayer.tenant.account) != said("asked", to.account)
    agree_to_change(actor=mover(change.other_account), change_id=change.pk)
    assert set(written("agreed")) == {to.account}
    approve(change)
    assert set(written("done")) == {to.account, taxpayer.tenant.account}


@pytest.mark.rule("I7.4")
def test_a_merger_says_that_the_keys_are_blocked_and_why():
    ends, stays = make_tenant(), make_tenant()
    change = ask_to_merge(ends, stays)
    agree_to_change(actor=mover(change.other_account), change_id=change.pk)
    approve(change)
    for letter in written("done").values():
        assert "授权凭证已停用：一套凭证只代表一个租户" in letter


def test_what_ends_without_a_decision_is_told_to_whom_it_concerns():
    declined, withdrawn = ask_to_move(make_taxpayer(), make_tenant()), ask_to_move(make_taxpayer(), make_tenant())
    decline_change(actor=mover(declined.other_account), change_id=declined.pk, answer="不同意")
    assert "不同意" in written("declined")[declined.account]
    withdraw_change(actor=mover(withdrawn.account), change_id=withdrawn.pk)
    assert set(written("withdrawn")) == {withdrawn.other_account}
    fee()
    fallen, waived = ask(make_taxpayer()), ask(make_taxpayer(), credit_code(777_002))
    assert waived.state == "to_pay"
    waive_fee(actor=staff(), change_id=waived.pk, reason="我方录入错误")
    assert "我方录入错误" in said("waived", waived.account)
    cancel_order(actor=mover(fallen.account), order_id=fallen.fee_order.pk)
    hear(fallen.fee_order, "order.cancelled")
    assert set(written("fell")) == {fallen.account}
