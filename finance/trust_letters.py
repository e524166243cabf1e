"""Letters about trusteeships: who is asked, what was answered, from when on who pays (A2.20)."""

from datetime import datetime
from decimal import Decimal

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.letters.base import Fact, Letter, asker, fact, facts, letter, moment, shown
from accounts.letters.news import News
from accounts.notifications import CENTRE, MAIL_AND_CENTRE, Notice, manager, member, tell
from finance.models import Trust


def register() -> None:
    """Both sides hear of every step from now on."""
    tell(
        Notice("trust.proposed", "trust_proposed", member, MAIL_AND_CENTRE),
        Notice("trust.agreed", "trust_agreed", manager, MAIL_AND_CENTRE),
        Notice("trust.agreed", "trust_given", member, MAIL_AND_CENTRE),
        Notice("trust.refused", "trust_refused", manager, MAIL_AND_CENTRE),
        Notice("trust.expired", "trust_expired", manager, MAIL_AND_CENTRE),
        Notice("trust.withdrawn", "trust_withdrawn", member, MAIL_AND_CENTRE),
        Notice("trust.begun", "trust_begun", member, CENTRE),
        Notice("trust.end_planned", "trust_end_planned", member, MAIL_AND_CENTRE),
        Notice("trust.kept", "trust_kept", member, CENTRE),
        Notice("trust.cap_reached", "trust_cap_reached", manager, MAIL_AND_CENTRE),
        Notice("trust.cap_reached", "trust_cap_passed", member, MAIL_AND_CENTRE),
        Notice("trust.ended", "trust_ended", member, MAIL_AND_CENTRE),
        Notice("trust.ended", "trust_ended_by_us", manager, CENTRE),
    )


def _words(news: News) -> dict[str, str]:
    return {"manager": asker(news.manager), "member": shown(news.member)}


def _when(at: datetime | None) -> str:
    return moment(at) if at else _("at once, as soon as it is accepted")


def conditions(trust: Trust) -> tuple[Fact | None, ...]:
    """What the two agree on, in words."""
    cap: Decimal | None = trust.cap
    return (
        fact(_("From"), _when(trust.starts_at)),
        fact(_("Paid from"), _("cash, and credit after it") if trust.from_cash else _("credit only")),
        fact(_("Limit a month"), _("%(amount)s yuan") % {"amount": f"{cap:,.2f}"}) if cap else None,
        fact(_("Above the limit"), _("orders are refused; usage is paid by the account itself")) if cap else None,
        fact(_("Vouchers"), _("the manager's general vouchers may pay")) if trust.shares_vouchers else None,
    )


def _sides(news: News) -> tuple[Fact, Fact]:
    return fact(_("Pays"), shown(news.manager)), fact(_("Is paid for"), shown(news.member))


def _to_member(news: News, subject: str, *says: str, button: str = "", idle: str = "", more: bool = False) -> Letter:
    words = _words(news)
    return Letter(
        subject=subject % words,
        says=tuple(each % words for each in says),
        facts=facts(*_sides(news), *(conditions(news.subject) if more else ())),
        button=button or _("See who pays from when"),
        page=reverse("finance:mode-own"),
        idle=idle,
    )


def _to_manager(news: News, subject: str, *says: str, more: bool = False) -> Letter:
    words = _words(news)
    return Letter(
        subject=subject % words,
        says=tuple(each % words for each in says),
        facts=facts(*_sides(news), *(conditions(news.subject) if more else ())),
        button=_("See who pays from when"),
        page=reverse("finance:mode-detail", args=[news.relationship.pk]),
    )


@letter
def trust_proposed(news: News) -> Letter:
    """The manager would like to pay; for the member."""
    return _to_member(
        news,
        _("%(manager)s proposes to pay for your account"),
        _(
            "If you agree, %(manager)s pays for what you buy and use, with its own discounts. Your bills stand with "
            "it, you need no funds of your own, and your own credit and vouchers rest meanwhile."
        ),
        _("Billing periods that are running when it begins are still paid by you; the next ones are not."),
        button=_("Read the proposal and answer"),
        idle=_("If you do nothing, it expires after 48 hours and you go on paying for yourself."),
        more=True,
    )


@letter
def trust_agreed(news: News) -> Letter:
    """The member agreed; for the manager."""
    subject = _("%(member)s agrees that you pay for it")
    says = _("What it buys, and its billing periods that begin from then on, are charged to your account.")
    return _to_manager(news, subject, says, more=True)


@letter
def trust_given(news: News) -> Letter:
    """A receipt for the member."""
    return _to_member(
        news,
        _("You have agreed that %(manager)s pays for your account"),
        _("This is your receipt. Billing periods that are running when it begins are still paid by you."),
        idle=_("If it was not you who agreed, change your password at once and write to us."),
        more=True,
    )


@letter
def trust_refused(news: News) -> Letter:
    """The member goes on paying for itself; for the manager."""
    subject = _("%(member)s has refused your proposal to pay for it")
    return _to_manager(news, subject, _("Everything stays as it is: the account pays for itself."))


@letter
def trust_expired(news: News) -> Letter:
    """Nobody answered in time; for the manager."""
    says = _("Nobody answered within 48 hours, which counts as refused. You can propose it again.")
    return _to_manager(news, _("%(member)s has not answered your proposal to pay for it"), says)


@letter
def trust_withdrawn(news: News) -> Letter:
    """Taken back before it had any effect; for the member."""
    says = _("It has had no effect: you pay for yourself as before.")
    return _to_member(news, _("The proposal of %(manager)s to pay for your account was withdrawn"), says)


@letter
def trust_begun(news: News) -> Letter:
    """The day has come; for the member."""
    return _to_member(
        news,
        _("%(manager)s now pays for your account"),
        _("Each product counts on it from its next billing period on. What is running now is still paid by you."),
        more=True,
    )


@letter
def trust_end_planned(news: News) -> Letter:
    """The last day is set; for the member."""
    end = _("From %(day)s on you pay for yourself again. Until then nothing changes.")
    words = {"day": _when(news.subject.ends_at)}
    return _to_member(news, _("%(manager)s will stop paying for your account"), end % words)


@letter
def trust_kept(news: News) -> Letter:
    """It goes on after all; for the member."""
    says = _("The end that had been announced was taken back. Nothing changes.")
    return _to_member(news, _("%(manager)s goes on paying for your account"), says)


def _limit(news: News) -> dict[str, str]:
    return {"amount": f"{Decimal(news.event.facts['amount']):,.2f}", "month": news.event.facts["month"]}


@letter
def trust_cap_reached(news: News) -> Letter:
    """What is paid a month is used up; for the manager."""
    limit = _("You have paid %(amount)s yuan for its usage and orders of %(month)s, as much as was agreed.") % _limit(
        news
    )
    rest = _("Further orders are refused, and it pays for further usage of that month itself.")
    return _to_manager(news, _("%(member)s has reached its limit a month"), limit, rest)


@letter
def trust_cap_passed(news: News) -> Letter:
    """The rest of the month is its own; for the member."""
    return _to_member(
        news,
        _("You have reached the limit a month that was agreed"),
        _("%(amount)s yuan of your usage and orders of %(month)s were paid for you, as much as was agreed.")
        % _limit(news),
        _("Further usage of that month is charged to you: keep enough cash, or you owe it. Orders are refused."),
    )


@letter
def trust_ended(news: News) -> Letter:
    """It is over; for the member."""
    return _to_member(
        news,
        _("%(manager)s no longer pays for your account"),
        _("You pay for what you buy from now on, and for billing periods that begin from now on."),
        _("Your own credit and vouchers can be used again. Keep enough funds ready, so that nothing is suspended."),
    )


@letter
def trust_ended_by_us(news: News) -> Letter:
    """A receipt for the manager."""
    says = _("Billing periods that are running now are still charged to your account; the next ones are not.")
    return _to_manager(news, _("You no longer pay for %(member)s"), says)
