"""Letters about links that begin, change or end without a question."""

from django.utils.translation import gettext as _

from accounts.letters.base import Letter, Text, asker, fact, facts, labels, letter, page, shown
from accounts.letters.news import News
from accounts.permissions import Inherit, Point


@letter
def changed(news: News) -> Letter:
    """Permissions changed at once, as nobody is there to ask; for the manager (K13.2)."""
    words = {"member": shown(news.member)}
    return Letter(
        subject=_("The permissions on %(member)s have changed") % words,
        says=(_("This account is a container without a log-in of its own, so the change applies at once."),),
        facts=facts(fact(_("Permissions in force"), *labels(news.relationship.points, Point))),
        button=_("Open the linked account"),
        page=page("member-detail", news.relationship.pk),
    )


@letter
def dissolved(news: News) -> Letter:
    """The manager ended the link; for the member (K8.5, K8.10)."""
    name = asker(news.manager)
    ended = _(
        "As of now %(asker)s can no longer see or do anything in your account. Your account, its data and its log-ins "
        "stay as they are."
    )
    ends = {
        Inherit.DISCOUNT: _("Discounts that you took over return to what they were before the link."),
        Inherit.CREDIT: _("The credit identity that you took over ends: services stop again when bills are unpaid."),
    }
    return Letter(
        subject=_("%(asker)s has ended the link with your account") % {"asker": name},
        says=(ended % {"asker": name}, *(ends[item] for item in Inherit if item in news.relationship.inherits)),
        facts=facts(fact(_("Ended by"), shown(news.manager)), fact(_("Your account"), shown(news.member))),
        button=_("See who is linked with you"),
        page=page("manager-list"),
        idle=_("There is nothing for you to do."),
        text=Text("dissolved", {"manager": name}),
    )


@letter
def dissolved_by_us(news: News) -> Letter:
    """A receipt for the manager's side."""
    return Letter(
        subject=_("The link with %(member)s has ended") % {"member": asker(news.member)},
        says=(_("All permissions on this account have ended. What happened until now stays in your records."),),
        facts=facts(
            fact(_("Linked account"), shown(news.member)), fact(_("Ended by"), news.event.actor_name or _("System"))
        ),
        button=_("Open the linked account"),
        page=page("member-detail", news.relationship.pk),
    )


@letter
def member_registered(news: News) -> Letter:
    """An account was made for the reader (K5.1, K5.3)."""
    words = {"asker": asker(news.manager)}
    return Letter(
        subject=_("%(asker)s has created an account for you") % words,
        says=(
            _(
                "You own this account. It is verified as %(asker)s and linked with the account that created it, "
                "which has the permissions listed here."
            )
            % words,
        ),
        facts=facts(
            fact(_("Your account"), shown(news.member)),
            fact(_("Created by"), shown(news.manager)),
            fact(_("Permissions in force"), *labels(news.relationship.points, Point)),
        ),
        button=_("See what others can see"),
        page=page("manager-list"),
        idle=_("You log in with this mobile number or the user name. Set a password of your own soon."),
        text=Text("member_registered", {"manager": asker(news.manager)}),
    )


@letter
def migrated(news: News) -> Letter:
    """The link was taken over from the former account group; for the member (K12.9)."""
    words = {"asker": asker(news.manager)}
    return Letter(
        subject=_("Your link with %(asker)s has moved to Enterprise Finance") % words,
        says=(
            _("Your account and %(asker)s were in one account group. The link goes on unchanged, in its new place.")
            % words,
        ),
        facts=facts(
            fact(_("Linked with"), shown(news.manager)),
            fact(_("Your account"), shown(news.member)),
            fact(_("Permissions in force"), *labels(news.relationship.points, Point)),
        ),
        button=_("See what others can see"),
        page=page("manager-list"),
        idle=_("There is nothing for you to do."),
    )
