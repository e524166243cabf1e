"""Two people agree who pays: conditions, a code, the dates read and ticked, and the pictures afterwards."""

from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from finance.models import Trust
from tests.factories import make_relationship, owner_of
from tests.finance.trusting import add_member, agree, make_pair, make_resource, propose, trust_row

pytestmark = pytest.mark.django_db(transaction=True)
DAY = timedelta(days=1)


@pytest.mark.rule("A2.20", "A2.15")
def test_a_manager_proposes_and_the_member_reads_the_dates_and_agrees(person):
    pair = make_pair()
    make_resource(pair.member)
    manager, member = owner_of(pair.manager), owner_of(pair.member)
    there = person()
    there.log_in(manager)
    there.go(f"/finance/modes/{pair.pk}/")
    there.keep("modes-detail-own")
    there.page.get_by_role("link", name="提议财务托管").click()
    there.page.fill("input[name=cap]", "5000")
    there.keep("modes-conditions")
    there.submit()
    there.keep("modes-review")
    there.submit()
    there.pass_code(manager)
    assert Trust.objects.get().state == "proposed"
    there.keep("modes-proposed")
    here = person()
    here.log_in(member)
    here.go("/finance/modes/own/")
    here.page.get_by_role("button", name="同意").click()
    here.page.wait_for_load_state()
    assert Trust.objects.get().state == "proposed"
    here.keep("modes-own-proposed")
    here.page.check("input[name=understood]")
    here.page.get_by_role("button", name="同意").click()
    here.page.wait_for_load_state()
    assert Trust.objects.get().state == "agreed"
    here.keep("modes-own-agreed")
    there.go(f"/finance/modes/{pair.pk}/end/")
    there.keep("modes-end")


def test_what_the_list_and_the_comparison_look_like(person):
    pair = make_pair(inherits=["discount"])
    manager, now = pair.manager, timezone.now()
    names = ["云岭数据科技", "云岭智能制造（苏州）有限公司研发中心", "云岭实验室", "云岭海外", "云岭培训"]
    links = [pair, *(add_member(manager) for _ in names[1:])]
    for link, name in zip(links, names, strict=True):
        link.member.name = name
        link.member.save(update_fields=["name"])
    trust_row(links[1], state="ended", starts_at=now - 150 * DAY, ends_at=now - 40 * DAY, expires_at=now)
    agree(links[1])
    agree(links[2], starts_on=(now + 20 * DAY).date())
    propose(links[3])
    trust_row(links[4], starts_at=now - 70 * DAY, ends_at=now + 30 * DAY, begun_at=now - 70 * DAY, expires_at=now)
    make_relationship(manager, make_pair().manager, kind="partner")
    there = person()
    there.log_in(owner_of(manager))
    there.go("/finance/modes/")
    there.keep("modes-list")
    there.go("/finance/modes/comparison/")
    there.keep("modes-comparison")
    there.go(f"/finance/modes/{links[4].pk}/")
    there.keep("modes-detail-ending")
    assert datetime.now(UTC) > now
