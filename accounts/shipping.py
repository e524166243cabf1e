"""One call to the outside: a letter to the mail server, or a text to its provider, and what is known afterwards."""

import logging
import smtplib
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from accounts import letters, links, sms
from accounts.emails import compose, message_id
from accounts.letters import Letter, News
from accounts.letters.base import is_void
from accounts.models import Delivery

log = logging.getLogger(__name__)
PERMANENT: Final = range(500, 600)  # SMTP's replies that mean never


@dataclass(frozen=True, slots=True)
class Known:
    """What became of an attempt: nothing wrong, or the problem, and whether trying again is of no use."""

    problem: str = ""
    final: bool = False
    provider_id: str = ""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One delivery with everything that sending it takes."""

    delivery: Delivery
    news: News
    address: str
    reference: str
    asked_at: datetime


def ship(attempt: Attempt) -> Known:
    """The letter or text has been handed over, or the result says why not; it raises only if the process shall die.

    Runs in the reader's language. A short link is drawn only now, so no row and no queue ever held it.
    """
    try:
        letter = letters.write(attempt.delivery.letter, attempt.news)
        if is_void(letter, attempt.news):
            return Known("closed", final=True)
        letter, url = _addressed(attempt, letter)
        if attempt.delivery.channel == Delivery.Channel.SMS:
            return _text(attempt, letter, url)
        return _mail(attempt, letter, url)
    except Exception:
        log.exception("letter could not be made", extra=_facts(attempt))
        return Known("internal")


def _addressed(attempt: Attempt, letter: Letter) -> tuple[Letter, str]:
    """The letter with what only this mail holds, and where its button leads."""
    if letter.draws is not None:
        drawn = letter.draws(attempt.reference)
        return replace(letter, facts=(*letter.facts, *drawn.facts)), settings.SITE_URL + drawn.page
    if not letter.answers:
        return letter, settings.SITE_URL + letter.page
    delivery = attempt.delivery
    url = links.draw_link(
        attempt.news.invitation, delivery.channel, delivery=delivery, replaces_before=attempt.asked_at
    )
    return letter, url


def _text(attempt: Attempt, letter: Letter, url: str) -> Known:
    if letter.text is None:
        raise LookupError(f"letter {attempt.delivery.letter} has no text message")
    params = dict(letter.text.params)
    if letter.answers:
        params["path"] = url.removeprefix(f"{settings.SITE_URL}/")
    try:
        told = sms.send(mobile=attempt.address, template=letter.text.template, params=params, out_id=attempt.reference)
    except ImproperlyConfigured:
        log.exception("text could not be sent", extra=_facts(attempt))
        return Known("configuration")
    except Exception:
        # Nobody foresaw it, so nobody knows whether the text had left.
        log.exception("text may or may not have been sent", extra=_facts(attempt))
        return Known("unknown_outcome", final=True)
    if told.accepted:
        return Known(provider_id=told.provider_id)
    return Known(f"{told.category} {told.code}".strip(), final=not told.retryable)


def _mail(attempt: Attempt, letter: Letter, url: str) -> Known:
    mail = compose(letter, to=attempt.address, url=url, reference=attempt.reference)
    try:
        taken = mail.send()
    except smtplib.SMTPRecipientsRefused as refusal:
        code = next((reply[0] for reply in refusal.recipients.values()), 0)
        return _refused(code, final=code in PERMANENT)
    except smtplib.SMTPDataError as refusal:
        return _refused(refusal.smtp_code, final=refusal.smtp_code in PERMANENT)
    except smtplib.SMTPAuthenticationError as refusal:
        log.exception("the mail server does not accept our log-in", extra=_facts(attempt))
        return Known(f"auth {refusal.smtp_code}")
    except smtplib.SMTPResponseException as refusal:
        return _refused(refusal.smtp_code, final=False)
    except (OSError, smtplib.SMTPException) as error:
        return Known(f"no_connection {type(error).__name__}")
    return Known(provider_id=message_id(attempt.reference)) if taken else Known("refused_now")


def _refused(code: int, *, final: bool) -> Known:
    """Only the code is kept: servers like to repeat the whole address in their words."""
    return Known(f"{'refused' if final else 'refused_now'} {code}", final=final)


def _facts(attempt: Attempt) -> dict[str, object]:
    return {"delivery": attempt.delivery.pk, "letter": attempt.delivery.letter}
