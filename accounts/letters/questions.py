"""Letters about an open question: it is put to the member, put again, taken back, or about to run out."""

from django.utils.translation import gettext as _

from accounts import policy
from accounts.letters.base import (
    Fact,
    Letter,
    Text,
    asker,
    fact,
    facts,
    labels,
    letter,
    member_called,
    member_shown,
    moment,
    page,
    shown,
)
from accounts.letters.news import News
from accounts.models import Invitation, Relationship
from accounts.permissions import ConsoleRole, Inherit, Point


def hours(news: News) -> int:
    """How long an answer was waited for."""
    question = news.invitation
    return round((question.expires_at - question.sent_at).total_seconds() / 3600)


def is_link(news: News) -> bool:
    """The question is whether to link, not what to change."""
    return bool(news.invitation.purpose == Invitation.Purpose.LINK)


def _who(news: News) -> tuple[Fact | None, ...]:
    sender = news.invitation.sent_by
    return (
        fact(_("Asked by"), asker(news.manager)),
        fact(_("Its account"), shown(news.manager)),
        fact(_("Sent by"), sender) if sender else None,
        fact(_("Your account"), shown(news.member)),
    )


def _console(role: str) -> Fact | None:
    return None if role == ConsoleRole.NONE else fact(_("Console access"), *labels([role], ConsoleRole))


@letter
def invitation(news: News) -> Letter:
    """Somebody wants to link the reader's account (K4.6)."""
    question = news.invitation
    name = asker(news.manager)
    return Letter(
        subject=_("%(asker)s invites you to link accounts") % {"asker": name},
        says=(
            _(
                "%(asker)s asks to link your account with its own. If you agree, the link begins at once and "
                "%(asker)s gets the permissions listed here. You can read everything first and then agree or refuse."
            )
            % {"asker": name},
        ),
        facts=facts(
            *_who(news),
            fact(_("Relationship"), *labels([news.relationship.kind], Relationship.Kind)),
            fact(_("Permissions"), *labels(question.points, Point)),
            fact(_("You may take over"), *labels(question.inherits, Inherit)),
            _console(question.console_role),
            fact(_("Answer by"), moment(question.expires_at)),
        ),
        button=_("Read the invitation"),
        page=page("invitation-received"),
        idle=_("If you do nothing, the invitation expires after %(hours)s hours and nothing is linked.")
        % {"hours": hours(news)},
        text=Text("invitation", {"inviter": name}),
        answers=True,
    )


@letter
def change(news: News) -> Letter:
    """A manager asks for other permissions than it has (K7.3)."""
    question, now = news.invitation, news.relationship
    name = asker(news.manager)
    added = [point for point in question.points if point not in now.points]
    dropped = [point for point in now.points if point not in question.points]
    return Letter(
        subject=_("%(asker)s asks to change its permissions on your account") % {"asker": name},
        says=(
            _(
                "%(asker)s is linked with your account and asks for different permissions. They apply only if you "
                "agree; until then everything stays as it is."
            )
            % {"asker": name},
        ),
        facts=facts(
            *_who(news),
            fact(_("Would be added"), *labels(added, Point)),
            fact(_("Would be taken away"), *labels(dropped, Point)),
            fact(_("All permissions afterwards"), *labels(question.points, Point)),
            fact(_("You may take over"), *labels(question.inherits, Inherit)),
            _console(question.console_role),
            fact(_("Answer by"), moment(question.expires_at)),
        ),
        button=_("Read the request"),
        page=page("invitation-received"),
        idle=_("If you do nothing, the request expires after %(hours)s hours and the present permissions stay.")
        % {"hours": hours(news)},
        text=Text("permission_change", {"inviter": name}),
        answers=True,
    )


@letter
def withdrawn(news: News) -> Letter:
    """The manager took its question back; for the member."""
    name = asker(news.manager)
    if is_link(news):
        subject = _("%(asker)s has withdrawn its invitation")
        says = _("%(asker)s no longer asks to link your account. The links in earlier letters and texts do not work.")
    else:
        subject = _("%(asker)s has withdrawn its request")
        says = _("%(asker)s no longer asks for other permissions. What you agreed to before stays in force.")
    return Letter(
        subject=subject % {"asker": name},
        says=(says % {"asker": name},),
        facts=facts(fact(_("Your account"), shown(news.member))),
        button=_("See who is linked with you"),
        page=page("manager-list"),
        idle=_("There is nothing for you to do."),
    )


@letter
def missed(news: News) -> Letter:
    """Nobody answered in time; for the member (K4.11)."""
    name = asker(news.manager)
    if is_link(news):
        subject = _("The invitation of %(asker)s has expired")
        says = _("Your account was not linked. Should you still want it, ask %(asker)s for a new invitation.")
    else:
        subject = _("The request of %(asker)s has expired")
        says = _("The permissions of %(asker)s stay as they were.")
    return Letter(
        subject=subject % {"asker": name},
        says=(says % {"asker": name},),
        facts=facts(fact(_("Your account"), shown(news.member))),
        button=_("See who is linked with you"),
        page=page("manager-list"),
    )


@letter
def unopened(news: News) -> Letter:
    """Twelve hours are left and nobody has opened a link; for the manager."""
    left = int(policy.INVITATION_NUDGE_BEFORE.total_seconds() // 3600)
    words = {"member": member_called(news), "hours": left}
    return Letter(
        subject=_("%(member)s has not opened your letter yet") % words,
        says=(
            _(
                "Less than %(hours)s hours are left and no link to it has been opened. The letter may lie in a "
                "junk folder: send it again, or ring them up."
            )
            % words,
        ),
        facts=facts(
            fact(_("Linked account"), member_shown(news)), fact(_("Answer by"), moment(news.invitation.expires_at))
        ),
        button=_("Send it again"),
        page=page("member-detail", news.relationship.pk),
        idle=_("If nobody answers in time, it counts as refused. You can ask again at any time."),
    )


@letter
def asked_again(news: News) -> Letter:
    """Somebody with an ended link would like a new one; for the manager."""
    words = {"member": member_called(news)}
    return Letter(
        subject=_("%(member)s asks you for a new invitation") % words,
        says=(
            _(
                "Somebody opened the link of a question that is closed and asked for a new one. Whoever has the link "
                "can do that without logging in, so make sure that you know whom you invite."
            ),
        ),
        facts=facts(
            fact(_("Linked account"), member_shown(news)),
            fact(_("Sent at first"), moment(news.invitation.sent_at)),
            fact(_("How it ended"), *labels([news.invitation.state_at()], Invitation.State)),
        ),
        button=_("Look at it"),
        page=page("member-detail", news.relationship.pk),
        idle=_("If you do nothing, nothing is sent."),
    )
