"""What letters about limits say, in each language."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts import letters
from accounts.letters import News
from accounts.models import Delivery, Event
from accounts.notifications import Way, notices_for
from accounts.sms.templates import TEMPLATES
from config.jobs import run_due
from finance.services.alerts import set_alert
from finance.services.budget_watch import evaluate_budgets
from finance.services.purchase_stops import allow_purchases, stop_purchases
from finance.services.suspensions import review_payers
from tests.accounts.linking import dissolve
from tests.factories import make_account, make_relationship
from tests.finance.bills import make_product
from tests.finance.funds import D, mover, top_up
from tests.finance.limiting import DAY, bill, budget
from tests.finance.test_suspensions import pay_arrears

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]
TOLD = (
    "balance.low",
    "budget.crossed",
    "purchase.stopped",
    "purchase.allowed",
    "service.grace",
    "service.suspended",
    "service.resumed",
)


def everything_happens(manager, member):
    """One event of each kind that people are told of, and of each action of a budget."""
    link, now = make_relationship(manager, member), timezone.now()
    for action in ("notify", "ask", "stop"):
        other = make_relationship(manager, make_account())
        budget(manager, "5.00", relationship_id=other.pk, action=action, now=now)
        for days in range(3):
            bill(other.member, "2.00", at=now - timedelta(minutes=days))
    evaluate_budgets()
    set_alert(actor=mover(manager), account=manager, threshold=D("10.00"))
    stop_purchases(actor=mover(manager), relationship_id=link.pk, reason="预算已用完")
    allow_purchases(actor=mover(manager), relationship_id=link.pk)
    for _number in range(12):
        bill(manager, "1.00", product=make_product(), at=now)
    review_payers()
    review_payers(now=now + 2 * DAY)
    top_up(manager, "50.00")
    pay_arrears(manager)
    review_payers(now=now + 2 * DAY)
    dissolve(link)


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_letter_has_its_words(manager, member, language):
    everything_happens(manager, member)
    seen = set()
    for event in Event.objects.filter(kind__in=TOLD):
        news = News.of(event.pk)
        for notice in notices_for(news):
            with translation.override(language):
                letter = letters.write(notice.letter, news)
            assert letter.subject
            if Way.SMS in notice.by:
                assert letter.text is not None
                assert TEMPLATES[letter.text.template].text(letter.text.params)
            assert "%(" not in letter.subject + letter.message
            assert "%%" not in letter.subject + letter.message
            assert letter.page.startswith("/finance/" if "purchases" not in notice.letter else "/")
            seen.add(event.kind)
    assert seen == set(TOLD)


def test_what_is_urgent_comes_as_a_text_message_too(manager, member, english):
    everything_happens(manager, member)
    while run_due():
        pass
    sent = Delivery.objects.filter(channel=Delivery.Channel.SMS, event__kind__in=TOLD).values_list(
        "event__kind", flat=True
    )
    assert set(sent) == {"balance.low", "service.grace", "service.suspended"}


def test_a_long_list_of_services_is_cut_and_says_how_many(manager, member, english):
    everything_happens(manager, member)
    news = News.of(Event.objects.get(kind="service.grace", account=manager).pk)
    message = letters.write("services_will_stop", news).message
    assert "and more: 12 in all" in message
    assert message.count(manager.name) == 11  # the account itself, and ten services
