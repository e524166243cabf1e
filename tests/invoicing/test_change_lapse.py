"""Change requests that the other account does not answer end; merged tenants keep no keys."""

from datetime import timedelta
from functools import partial

import pytest
from django.utils import timezone

from accounts.models import Event
from config.jobs import run_due
from invoicing import policy
from invoicing.models import ChangeRequest, Tenant
from invoicing.services import change_answers, credentials
from invoicing.services.change_answers import agree_to_change, decline_change
from tests.factories import make_account, owner_of
from tests.finance.funds import mover, staff
from tests.invoicing.changing import ask_to_move, fresh
from tests.invoicing.opening import make_client, make_taxpayer, make_tenant

pytestmark = pytest.mark.django_db
NOW, MINUTE, LIFE = timezone.now(), timedelta(minutes=1), policy.CHANGE_ANSWER_LIFE


@pytest.mark.rule("I7.4")
def test_only_who_can_still_answer_is_counted() -> None:
    account = make_account()
    for begun in (NOW - LIFE - MINUTE, NOW - LIFE + 60 * MINUTE):
        ask_to_move(make_taxpayer(make_tenant(account)), make_tenant(), now=begun)
    assert ChangeRequest.objects.to_agree(account).count() == 1


@pytest.mark.rule("I7.4")
def test_without_an_answer_it_is_over_after_thirty_days():
    taxpayer, to = make_taxpayer(), make_tenant()
    change = ask_to_move(taxpayer, to, now=NOW - policy.CHANGE_ANSWER_LIFE + MINUTE)
    late = NOW + MINUTE
    assert change_answers.lapse_changes(now=NOW) == 0
    for act in (agree_to_change, partial(decline_change, answer="否")):
        with pytest.raises(change_answers.ChangeLapsed):
            act(actor=mover(change.other_account), change_id=change.pk, now=late)
    assert change.has_lapsed(at=late)
    again = ask_to_move(taxpayer, to, now=late)  # though no job has closed the first one
    assert (fresh(change).state, again.state) == ("withdrawn", "to_agree")
    assert change_answers.lapse_changes(now=late + LIFE) == 1
    assert change_answers.lapse_changes(now=late + LIFE) == 0
    assert Event.objects.filter(kind="change_request.lapsed").count() == 2


@pytest.mark.rule("I7.4")
def test_who_asked_reads_that_it_is_over(mailoutbox):
    change = ask_to_move(make_taxpayer(), make_tenant(), now=NOW - 2 * LIFE)
    change_answers.lapse_changes(now=NOW)
    run_due()
    assert [owner_of(change.account).email] in [mail.to for mail in mailoutbox]


def test_a_merged_tenants_key_stays_blocked():
    one, into = make_tenant(), make_tenant()
    client = make_client(one, blocked_at=NOW)
    Tenant.objects.filter(pk=one.pk).update(merged_into=into, merged_at=NOW)
    with pytest.raises(credentials.TenantMerged):
        credentials.unblock_credential(actor=staff(), credential_id=client.pk)
