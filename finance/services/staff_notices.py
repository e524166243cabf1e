"""What staff are told at once, because money is somewhere and nobody can credit it by rule, or came unexpectedly."""

from collections.abc import Mapping
from typing import Final

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.event_texts import sentence
from accounts.models import Event, User
from accounts.services.messages import send_message
from finance.services.top_ups import PERMISSION

JOB: Final = "finance.tell_staff"
# By kind of event: what to do, and the page of its subject.
WHAT_TO_DO: Final[Mapping[str, tuple[Promise, str]]] = {
    "top_up.arrived_late": (
        _("It was credited all the same. Look whether the account has announced and paid it a second time."),
        "admin:finance_topup_change",
    ),
    "top_up.trouble": (
        _("Nothing was credited for it. Find out at the payment provider what was paid, then settle the trouble."),
        "admin:finance_topup_change",
    ),
    "top_up.unknown_reference": (
        _("Nothing was credited. Find out at the payment provider who paid and for what."),
        "admin:finance_gatewaycallback_change",
    ),
}


def tell_staff(*, event_id: int) -> int:
    """Every member of staff who may confirm top-ups has a message about it, once; answers how many."""
    event = Event.objects.select_related("account", "counterpart").get(pk=event_id)
    advice, page = WHAT_TO_DO[event.kind]
    people = list(_who_confirms())
    for person in people:
        with override(person.language):
            account = _now("Account: %(account)s.") % {"account": event.account} if event.account else ""
            send_message(
                user=person,
                title=sentence(event, None),
                body=" ".join(part for part in (str(advice), account) if part),
                link=reverse(page, args=[event.subject_id]),
                event=event,
            )
    return len(people)


def _who_confirms() -> QuerySet[User]:
    app, codename = PERMISSION.split(".")
    own = Q(user_permissions__codename=codename, user_permissions__content_type__app_label=app)
    by_group = Q(groups__permissions__codename=codename, groups__permissions__content_type__app_label=app)
    staff = User.objects.filter(Q(is_superuser=True) | own | by_group, is_staff=True, is_active=True)
    return staff.distinct().order_by("pk")
