"""What happened to who pays, in words, for the log of either side."""

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Group, Words, add_texts
from accounts.history import tell_of
from accounts.models import Relationship
from finance.models import Trust

BY_MEMBER = ("trust.agreed", "trust.refused")

TEXTS = {
    "trust.proposed": Words(
        _("Proposed to pay for %(other)s"), _("Proposed to pay for this account"), icon="hand-coins", tone="info"
    ),
    "trust.agreed": Words(
        _("Agreed that %(other)s pays for this account"),
        _("Agreed that your account pays for it"),
        "circle-check",
        "ok",
    ),
    "trust.refused": Words(
        _("Refused that %(other)s pays for this account"),
        _("Refused that your account pays for it"),
        icon="circle-x",
        tone="warn",
    ),
    "trust.expired": Words(
        _("Had no answer to the proposal to pay for %(other)s"),
        _("Had no answer to the proposal to pay for this account"),
        icon="clock",
    ),
    "trust.withdrawn": Words(
        _("Withdrew paying for %(other)s before it began"),
        _("Withdrew paying for this account before it began"),
        icon="undo-2",
        tone="warn",
    ),
    "trust.begun": Words(
        _("Began to pay for %(other)s"), _("Began to pay for this account"), icon="hand-coins", tone="ok"
    ),
    "trust.end_planned": Words(
        _("Set the day on which paying for %(other)s ends"),
        _("Set the day on which paying for this account ends"),
        icon="calendar-clock",
        tone="warn",
    ),
    "trust.kept": Words(
        _("Took back the planned end of paying for %(other)s"),
        _("Took back the planned end of paying for this account"),
        icon="undo-2",
        tone="ok",
    ),
    "trust.cap_reached": Words(
        _("Reached the agreed limit a month of paying for %(other)s"),
        _("Reached the agreed limit a month of what is paid for this account"),
        icon="gauge",
        tone="warn",
    ),
    "trust.ended": Words(
        _("Ended paying for %(other)s"), _("Ended paying for this account"), icon="unlink", tone="warn"
    ),
    "reseller.marked": Words(_("Marked as a reseller's account"), icon="store", tone="warn"),
    "reseller.unmarked": Words(_("No longer marked as a reseller's account"), icon="store", tone="ok"),
}


def _of(relationship: Relationship) -> Q:
    trusts = Trust.objects.filter(relationship=relationship).values("pk")
    return Q(subject_type=Trust._meta.label_lower, subject_id__in=trusts)


def register() -> None:
    """The logs and the history of a link speak of who pays from now on, and can be narrowed to it."""
    steps = [kind for kind in TEXTS if kind.startswith("trust.")]
    tell_of(
        by_manager=[kind for kind in steps if kind not in BY_MEMBER],
        by_member=BY_MEMBER,
        subjects=_of,
    )
    group = Group("trusts", _("Ways of paying"), ("trust.", "reseller."))
    add_texts(TEXTS, group=group, pages={"mode": _("way of paying")})
