"""What is no longer needed is forgotten: ended log-ins, old codes."""

from datetime import datetime

from django.utils import timezone

from accounts import policy
from accounts.models import OneTimeCode, Session


def forget_sessions(*, now: datetime | None = None) -> int:
    """Log-ins past their end are gone; answers how many."""
    gone, _by_model = Session.objects.filter(expire_date__lt=now or timezone.now()).delete()
    return gone


def forget_codes(*, now: datetime | None = None) -> int:
    """Codes that no limit and no act can ask for any more are gone, and with them the numbers; answers how many."""
    gone, _by_model = OneTimeCode.objects.filter(sent_at__lt=(now or timezone.now()) - policy.CODES_KEPT).delete()
    return gone
