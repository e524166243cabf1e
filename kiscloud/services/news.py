"""Short personal messages: what somebody else did that concerns a person."""

from collections.abc import Mapping

from django.urls import reverse
from django.utils import translation
from django.utils.functional import Promise

from accounts.models import User
from accounts.services.messages import send_message
from config.transactions import atomic


@atomic
def tell_person(
    *, user: User, title: "str | Promise", body: "str | Promise", page: str, of: int | None, words: Mapping[str, object]
) -> None:
    """The person has a message in their own language, with a link to a page. Part of the caller's transaction."""
    link = reverse(page, args=[of] if of is not None else None)
    with translation.override(user.language):
        send_message(user=user, title=str(title) % words, body=str(body) % words, link=link)
