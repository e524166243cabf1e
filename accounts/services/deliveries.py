"""Letters and texts: asked for once per event and person, tried until they have left or cannot, re-sent by staff.

A delivery's own row says what is known about its last attempt. Before the outside is called, the row says that the
call is under way; so if the process dies in the middle, the next attempt finds that out. A mail is then sent again
under the same Message-ID. A text is not: it may have arrived, and nobody wants two.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts import letters, policy
from accounts.actors import Actor, require_staff
from accounts.delivery_problems import UNDER_WAY
from accounts.email_address import mask_email
from accounts.events import record
from accounts.letters import News
from accounts.letters.base import is_void
from accounts.mobile import mask_mobile
from accounts.models import Account, Delivery, User
from accounts.notifications import Audience, Notice, Way, notices_for, owners_of
from accounts.services.messages import send_message
from accounts.shipping import Attempt, Known, ship
from config.errors import DomainError, NotFound
from config.jobs import enqueue
from config.jobs.policy import pause_after
from config.models import Job
from config.transactions import atomic

JOB: Final = "accounts.deliver"


class AlreadyClosed(DomainError):
    """Its link would lead to nothing."""

    code = "delivery_closed"
    rule = "K4.9"
    sentence = _("The question of this letter has been closed, so sending it again is of no use.")


@atomic
def announce(*, event_id: int) -> list[Delivery]:
    """Everybody in the table has the message, and a delivery waits for each letter and text; twice changes nothing."""
    news = News.of(event_id)
    if news.is_moot:
        return []
    queued: list[Delivery] = []
    for notice in notices_for(news):
        audience = notice.to(news)
        if Way.CENTRE in notice.by:
            _put_into_centre(news, notice, audience)
        if Way.MAIL in notice.by:
            queued += _queue(news, notice, audience, Delivery.Channel.MAIL, audience.mailboxes())
        if Way.SMS in notice.by:
            queued += _queue(news, notice, audience, Delivery.Channel.SMS, audience.mobiles())
    return queued


def _put_into_centre(news: News, notice: Notice, audience: Audience) -> None:
    for person in audience.people:
        with translation.override(person.language):
            letter = letters.write(notice.letter, news)
            send_message(user=person, title=letter.subject, body=letter.message, link=letter.page, event=news.event)


def _queue(
    news: News, notice: Notice, audience: Audience, channel: str, people: Iterable[User | None]
) -> list[Delivery]:
    queued = []
    for person in people:
        delivery, created = Delivery.objects.get_or_create(
            event=news.event,
            letter=notice.letter,
            channel=channel,
            user=person,
            account=audience.account,
            defaults={"target": _masked(channel, _address_of(channel, person, audience.account, audience.box))},
        )
        if created:
            enqueue(JOB, key=f"delivery-{delivery.pk}", delivery=delivery.pk)
            queued.append(delivery)
    return queued


def deliver(*, delivery_id: int, reference: str, asked_at: datetime, now: datetime | None = None) -> timedelta | None:
    """One attempt, its outcome in the row; the wait before the next one, or None when the matter is settled.

    Never inside a transaction: what is known must stand in the row before and after the outside is called.
    `reference` is the same at every attempt. Links drawn before `asked_at` are replaced, but for
    those that others were sent on the same occasion.
    """
    delivery = _begin(delivery_id)
    if delivery is None:
        return None
    attempt = _prepared(delivery, reference, asked_at)
    if not isinstance(attempt, Attempt):
        return _settle(delivery, attempt, "", now or timezone.now())
    with translation.override(_language(delivery)):
        known = ship(attempt)
    return _settle(delivery, known, attempt.address, now or timezone.now())


@transaction.atomic(durable=True)
def _begin(delivery_id: int) -> Delivery | None:
    """Counts the attempt. One that is settled is left alone; so is a text whose last attempt nobody saw the end of."""
    delivery = _locked(delivery_id)
    if delivery is None or delivery.state != Delivery.State.QUEUED:
        return None
    if delivery.channel == Delivery.Channel.SMS and delivery.problem == UNDER_WAY:
        delivery.fail(problem="unknown_outcome")
        delivery.save(update_fields=["state", "problem"])
        return None
    delivery.attempts += 1
    delivery.problem = UNDER_WAY
    delivery.save(update_fields=["attempts", "problem"])
    return delivery


def _prepared(delivery: Delivery, reference: str, asked_at: datetime) -> Attempt | Known:
    news = News.of(delivery.event_id) if delivery.event_id is not None else None
    if news is None or news.is_moot:
        return Known("gone", final=True)
    address = _address_of(delivery.channel, delivery.user, delivery.account, _box(delivery, news))
    if not address:
        return Known("no_address", final=True)
    return Attempt(delivery, news, address, reference=reference, asked_at=asked_at)


def _language(delivery: Delivery) -> str:
    """The reader's; a mailbox is read by the account's first owner."""
    reader = delivery.user
    if reader is None and delivery.account is not None:
        reader = next(iter(owners_of(delivery.account)), None)
    return reader.language if reader is not None else settings.LANGUAGE_CODE


@transaction.atomic(durable=True)
def _settle(delivery: Delivery, known: Known, address: str, at: datetime) -> timedelta | None:
    """Writes down what became of this attempt, unless another one has taken over meanwhile."""
    row = _locked(delivery.pk)
    if row is None or row.state != Delivery.State.QUEUED or row.attempts != delivery.attempts:
        return None
    if address:
        row.target = _masked(row.channel, address)
    if not known.problem:
        row.succeed(provider_id=known.provider_id, at=at)
    elif known.final or row.attempts >= policy.DELIVERY_ATTEMPTS_MAX:
        row.fail(problem=known.problem)
    else:
        row.problem = known.problem[:200]
    row.save(update_fields=["state", "target", "problem", "provider_id", "sent_at"])
    return pause_after(row.attempts) if row.state == Delivery.State.QUEUED else None


def _locked(delivery_id: int) -> Delivery | None:
    rows = Delivery.objects.select_for_update(of=("self",)).select_related("user", "account", "event")
    return rows.filter(pk=delivery_id).first()


@atomic
def resend_delivery(*, actor: Actor, delivery_id: int) -> Delivery:
    """The letter or text goes out once more, with a new link that replaces this reader's old one. Locks the delivery.

    For staff. Raises AlreadyClosed for a question that nobody can answer any more, and a refusal while it still waits.
    """
    require_staff(actor, "accounts.change_delivery")
    delivery = _locked(delivery_id)
    if delivery is None:
        raise NotFound()
    _refuse_closed(delivery)
    delivery.queue_again()
    delivery.save(update_fields=["state", "attempts", "problem"])
    record(
        "delivery.resent",
        actor=actor,
        account=delivery.account,
        subject=delivery,
        letter=delivery.letter,
        channel=delivery.channel,
    )
    enqueue(JOB, delivery=delivery.pk)
    return delivery


def _refuse_closed(delivery: Delivery) -> None:
    if delivery.event_id is None:
        raise AlreadyClosed()
    news = News.of(delivery.event_id)
    if news.is_moot or is_void(letters.write(delivery.letter, news), news):
        raise AlreadyClosed()


def give_up_parked() -> int:
    """Deliveries whose process died in each attempt are failed, so that staff see them; answers how many."""
    parked = Job.objects.filter(kind=JOB, state=Job.State.PARKED).values_list("payload__delivery", flat=True)
    waiting = Delivery.objects.filter(pk__in=list(parked), state=Delivery.State.QUEUED)
    return sum(_give_up(delivery_id) for delivery_id in waiting.values_list("pk", flat=True))


@atomic
def _give_up(delivery_id: int) -> int:
    delivery = _locked(delivery_id)
    latest = Job.objects.filter(kind=JOB, payload__delivery=delivery_id).order_by("-pk").first()
    if delivery is None or delivery.state != Delivery.State.QUEUED or latest is None:
        return 0
    if latest.state != Job.State.PARKED:
        return 0
    delivery.fail(problem="worker_died")
    delivery.save(update_fields=["state", "problem"])
    return 1


def _address_of(channel: str, person: User | None, account: Account | None, box: str = "") -> str:
    """Where it goes now: the number, the person's own address, or without a person the matter's or the account's."""
    if person is not None:
        reached = person.mobile if channel == Delivery.Channel.SMS else person.email
        return (reached or "") if person.is_active else ""
    return box or (account.email or "") if account is not None and channel == Delivery.Channel.MAIL else ""


def _box(delivery: Delivery, news: News) -> str:
    """The address that the matter itself names now, for a letter that goes to no person."""
    if delivery.user_id is not None:
        return ""
    notices = (notice for notice in notices_for(news) if notice.letter == delivery.letter)
    return next((notice.to(news).box for notice in notices), "")


def _masked(channel: str, address: str) -> str:
    """The same as staff may see it."""
    return (mask_mobile if channel == Delivery.Channel.SMS else mask_email)(address)
