"""Telling everybody what a release brought (S22.1, S23.2)."""

from datetime import datetime

from django.urls import reverse
from django.utils import timezone

from accounts.models import Message
from accounts.services.messages import announce
from kiscloud import policy
from kiscloud.handbook.pages import LANGUAGES, changes_of


def announce_changes(*, now: datetime | None = None) -> list[Message]:
    """Every release that is out, and still news, has its system message, which each reads in the own language.

    A release is published by its file in `content/…/changes/`; this is asked again and again and tells each once.
    """
    at = now or timezone.now()
    told, english = [], changes_of("en")
    for change in changes_of(LANGUAGES[0]).values():
        age = timezone.localdate(at) - change.released
        if 0 <= age.days < policy.RELEASE_NEWS.days:
            link = reverse("kiscloud:help-change", args=[change.slug])
            ends = at + policy.RELEASE_NEWS
            told.append(
                announce(
                    title=change.title,
                    body=change.summary,
                    title_en=english[change.version].title,
                    body_en=english[change.version].summary,
                    link=link,
                    valid_until=ends,
                    now=at,
                )
            )
    return [message for message in told if message is not None]
