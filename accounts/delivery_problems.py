"""Why a letter or text has not left, in words: a delivery's row keeps a short code and the provider's own code."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

UNDER_WAY: Final = "under_way"

PROBLEMS: Final[dict[str, str | Promise]] = {
    UNDER_WAY: _("Being sent right now, or the process died while it was."),
    "closed": _("The question was closed before the letter could be sent."),
    "gone": _("What it was about no longer exists."),
    "no_address": _("There is no address or number to send it to."),
    "internal": _("An error of ours; the log has it."),
    "configuration": _("The provider is not configured correctly."),
    "no_connection": _("The mail server could not be reached."),
    "refused_now": _("The mail server did not take it for now."),
    "refused": _("The mail server refuses this address or this letter."),
    "rate_limited": _("The provider has sent too many texts to this number."),
    "invalid_number": _("This is no number that can receive texts."),
    "template_or_signature": _("The provider does not accept the template or the signature."),
    "content_blocked": _("The provider does not send this content."),
    "no_balance": _("The provider's balance is used up."),
    "auth": _("The provider does not accept our key."),
    "blacklist": _("The number is on the provider's block list."),
    "transient": _("The provider could not take it for now."),
    "unknown_outcome": _("Nobody knows whether it arrived, so it is not sent again by itself."),
    "worker_died": _("The process died in each attempt."),
}


def describe_problem(problem: str) -> str:
    """The problem of a delivery as staff read it, with the provider's code behind it."""
    word, _space, detail = problem.partition(" ")
    sentence = str(PROBLEMS.get(word, word))
    return f"{sentence} ({detail})" if detail else sentence
