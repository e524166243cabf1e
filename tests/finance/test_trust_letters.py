"""Letters about who pays: each step, in each language, to the side it concerns."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from accounts import letters
from accounts.letters import News
from accounts.models import Delivery, Event, Message
from accounts.notifications import notices_for
from config.jobs import run_due
from finance.models.usage import SHARDS
from finance.services import trust_effects
from finance.services.billing import bill_usage
from finance.trust_texts import TEXTS
from tests.factories import owner_of
from tests.finance.bills import make_product, use
from tests.finance.funds import D
from tests.finance.trusting import agree, end, keep, make_pair, propose, refuse, withdraw

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("cheap_hashes")]


def everything():
    """One event of each kind of step."""
    now = timezone.now()
    refuse(propose(make_pair(), cap=None))
    withdraw(propose(make_pair(), starts_on=timezone.localdate()))
    propose(make_pair())
    trust_effects.advance_trusts(now=now + timedelta(days=3))
    trust = agree(make_pair(), from_cash=True, shares_vouchers=True, cap=D("5.00"))
    use(trust.member, make_product(price="1"), now + timedelta(hours=1), "9")
    bill_usage(shards=range(SHARDS), until=now + timedelta(days=2), now=now)
    keep(end(trust, ends_on=timezone.localdate() + timedelta(days=9)))
    end(trust)
    return Event.objects.filter(kind__startswith="trust.")


@pytest.mark.rule("A2.20")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_every_step_has_its_words_for_everybody_concerned(language):
    events = list(everything())
    assert {event.kind for event in events} == {kind for kind in TEXTS if kind.startswith("trust.")}
    for event in events:
        news = News.of(event.pk)
        for notice in notices_for(news):
            assert notice.to(news).people
            with translation.override(language):
                letter = letters.write(notice.letter, news)
            assert letter.page.startswith("/finance/modes/")
            assert "%(" not in letter.subject + letter.message
            assert all(letter.says)


def test_the_members_owner_gets_a_letter_and_a_message_about_a_proposal():
    pair = make_pair()
    trust = propose(pair)
    while run_due():
        pass
    event = Event.objects.get(kind="trust.proposed", subject_id=trust.pk)
    assert Message.objects.filter(user=owner_of(pair.member), event=event).exists()
    assert Delivery.objects.filter(event=event, account=pair.member, channel="mail").exists()
