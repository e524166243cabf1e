"""The pages about who pays: what they show, what they refuse, and that many rows cost as much as one."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import OneTimeCode
from finance.models import Trust
from tests.factories import clear, make_account, make_relationship, owner_of
from tests.finance.funds import spend
from tests.finance.pages import at
from tests.finance.trusting import add_member, agree, end, make_pair, propose, trust_row

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
DAY = timedelta(days=1)


@pytest.fixture
def pair():
    """A manager with credit and a member of one enterprise."""
    return make_pair()


def browser(account):
    client = Client(headers={"accept-language": "en"})
    client.force_login(owner_of(account))
    return client


def test_the_list_costs_the_same_for_many_members(pair):
    client = browser(pair.manager)

    def cost():
        with CaptureQueriesContext(connection) as caught:
            assert client.get(at("mode-list")).status_code == 200
        return len(caught)

    trust_row(pair)
    cost()
    one = cost()
    for _number in range(4):
        trust_row(make_relationship(pair.manager, make_account(enterprise=pair.manager.enterprise)))
    assert cost() == one


@pytest.mark.rule("A2.15", "A2.20")
def test_the_review_shows_dates_and_consequences_before_a_code_is_asked(pair):
    client = browser(pair.manager)
    day = timezone.localdate() + 40 * DAY
    shown = client.get(at("trust-review", pair.pk), {"starts_on": str(day), "cap": "5000"})
    assert shown.status_code == 200
    turns = {turn.label: turn.counts_from for turn in shown.context["turns"]}
    assert len(turns) == 6
    assert min(turns.values()) >= shown.context["start"]
    assert "A2.20" in shown.text
    typed = {"starts_on": str(day), "cap": "5000"}
    asked = client.post(at("trust-review", pair.pk), typed)
    assert asked.status_code == 302
    assert "/account/code/" in asked["Location"]
    assert not Trust.objects.exists()
    passed(pair)
    sent = client.post(at("trust-review", pair.pk), typed)
    assert sent["Location"] == at("mode-detail", pair.pk)
    assert Trust.objects.get().cap == 5000


def passed(pair):
    """The manager's owner typed the code for this relationship."""
    clear(owner_of(pair.manager), OneTimeCode.Purpose.SWITCH_PAYING, f"relationship:{pair.pk}")


def test_what_stands_in_the_way_is_shown_instead_of_the_form(pair):
    spend(pair.member, "100.00")
    shown = browser(pair.manager).get(at("trust-create", pair.pk))
    assert "A2.20" in shown.text
    assert "starts_on" not in shown.text
    assert browser(pair.manager).get(at("trust-review", pair.pk)).status_code == 409


@pytest.mark.parametrize("wrong", [{"starts_on": "2020-01-01"}, {"cap": "0"}, {"cap": "abc"}, {"starts_on": "x"}])
def test_wrong_conditions_come_back_at_their_field(pair, wrong):
    shown = browser(pair.manager).get(at("trust-review", pair.pk), wrong)
    assert shown.status_code == 422
    assert list(shown.context["form"].errors) == list(wrong)


@pytest.mark.rule("A2.20")
def test_the_member_agrees_only_with_its_tick(pair):
    trust, client = propose(pair), browser(pair.member)
    assert client.post(at("trust-accept", trust.pk)).status_code == 422
    assert client.post(at("trust-accept", trust.pk), {"understood": "on"})["Location"] == at("mode-own")
    assert Trust.objects.get().state == "agreed"


def test_a_member_that_cannot_agree_reads_why(pair):
    trust, client = propose(pair), browser(pair.member)
    spend(pair.member, "100.00")
    shown = client.get(at("mode-own"))
    assert "A2.20" in shown.text
    assert at("trust-accept", trust.pk) not in shown.text
    assert client.post(at("trust-accept", trust.pk), {"understood": "on"}).status_code == 409


def test_another_accounts_question_does_not_exist(pair):
    trust = propose(pair)
    stranger = browser(make_account())
    assert stranger.post(at("trust-accept", trust.pk), {"understood": "on"}).status_code == 404
    assert stranger.post(at("trust-refuse", trust.pk)).status_code == 404
    assert browser(pair.manager).post(at("trust-refuse", trust.pk)).status_code == 404


def test_a_planned_end_is_shown_and_taken_back(pair):
    trust, client = agree(pair), browser(pair.manager)
    end(trust, ends_on=timezone.localdate() + 9 * DAY)
    assert client.get(at("mode-detail", pair.pk)).context["back"]
    assert client.post(at("trust-keep", pair.pk)).status_code == 302
    assert Trust.objects.get().ends_at is None


def test_a_manager_does_not_see_who_else_pays_for_its_partner(pair):
    partner = make_relationship(make_account(), pair.member, kind="partner")
    agree(pair)
    shown = browser(partner.manager).get(at("mode-detail", partner.pk))
    assert pair.manager.name not in shown.text
    assert shown.context["row"].mode.stage == "own"


def test_every_stage_has_its_page_on_both_sides(pair):
    others = [add_member(pair.manager) for _ in range(2)]
    propose(pair)
    agree(others[0])
    agree(others[1], starts_on=timezone.localdate() + 9 * DAY)
    for link, stage in zip([pair, *others], ["proposed", "running", "coming"], strict=True):
        assert browser(pair.manager).get(at("mode-detail", link.pk)).context["row"].mode.stage == stage
        assert browser(link.member).get(at("mode-own")).context["mode"].stage == stage


def test_the_history_of_a_link_and_the_members_log_tell_each_step(pair):
    trust = agree(pair)
    end(trust)
    told = browser(pair.manager).get(reverse("accounts:member-detail", args=[pair.pk])).text
    assert "Proposed to pay for this account" in told
    assert "Agreed that your account pays for it" in told
    assert "Ended paying for this account" in told
    read = browser(pair.member).get(reverse("accounts:manager-log")).text
    assert "Proposed to pay for this account" in read
    assert f"Agreed that {pair.manager.name} pays for this account" in read
    assert "Ended paying for this account" in read


@pytest.mark.rule("A2.3", "A1.1")
def test_the_comparison_says_whom_each_way_suits(pair):
    shown = browser(pair.manager).get(at("mode-comparison")).text
    assert "Groups in which one account settles and nobody needs to watch the spending of each." in shown
    assert "Groups whose subsidiaries settle by themselves" in shown
    assert at("mode-comparison") in browser(pair.manager).get(at("trust-create", pair.pk)).text
