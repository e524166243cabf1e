"""Letters about limits: a low balance, a budget, a stop of purchases, services that stop for unpaid bills (A2.11)."""

from decimal import Decimal
from typing import Any

from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.letters.base import Fact, Letter, Text, asker, fact, facts, letter, moment, one_line
from accounts.letters.news import News
from accounts.models import Account, User
from accounts.notifications import CENTRE, EVERY_WAY, MAIL_AND_CENTRE, Audience, Notice, tell
from accounts.permissions import RIGHTS, Right
from finance.models import Budget, PurchaseStop, Suspension

FINANCE_ROLES = [role for role, rights in RIGHTS.items() if Right.MOVE_FUNDS in rights]
ROWS_NAMED = 10


def finance_people(account: Account | None) -> Audience:
    """Whoever looks after the account's money: owners and finance operators."""
    found = User.objects.filter(operates__account=account, operates__role__in=FINANCE_ROLES, is_active=True)
    people = tuple(found.distinct().order_by("pk")) if account is not None else ()
    return Audience(people, account)


def ours(news: News) -> Audience:
    """The finance people of the account that it happened to."""
    return finance_people(news.event.account)


def others(news: News) -> Audience:
    """Those of the other side, where there is one; nobody hears a thing twice."""
    theirs, heard = finance_people(news.event.counterpart), set(ours(news).people)
    return Audience(tuple(one for one in theirs.people if one not in heard), theirs.account)


def register() -> None:
    """They hear of it from now on."""
    tell(
        Notice("balance.low", "balance_low", ours, EVERY_WAY),
        Notice("balance.low", "balance_low", others, EVERY_WAY),
        Notice("budget.crossed", "budget_crossed", ours, MAIL_AND_CENTRE),
        Notice("purchase.stopped", "purchases_stopped", others, MAIL_AND_CENTRE),
        Notice("purchase.allowed", "purchases_allowed", others, CENTRE),
        Notice("service.grace", "services_will_stop", ours, EVERY_WAY),
        Notice("service.suspended", "services_stopped", ours, EVERY_WAY),
        Notice("service.resumed", "services_resumed", ours, MAIL_AND_CENTRE),
    )


def _yuan(amount: Any) -> str:
    return _("%(amount)s yuan") % {"amount": f"{Decimal(str(amount)):,.2f}"}


@letter
def balance_low(news: News) -> Letter:
    """The available amount has fallen below the threshold that somebody set."""
    told = news.event.facts
    return Letter(
        subject=_("%(name)s has only %(amount)s left")
        % {"name": one_line(told["name"]), "amount": _yuan(told["available"])},
        says=(
            _(
                "Cash and credit that can still be drawn, less unpaid bills, have fallen below the amount at which you "
                "wanted to be told."
            ),
        ),
        facts=facts(
            fact(_("Account"), f"{told['name']} ({told['number']})"),
            fact(_("Available"), _yuan(told["available"])),
            fact(_("Told below"), _yuan(told["threshold"])),
            _lasts(told.get("days")),
        ),
        button=_("Open the alerts"),
        page=reverse("finance:alert-list"),
        idle=_("You hear of it again only when the balance has recovered and falls once more."),
        text=Text("balance_low", {"name": one_line(told["name"]), "amount": f"{Decimal(told['available']):,.2f}"}),
    )


def _lasts(days: int | None) -> Fact | None:
    if days is None:
        return None
    words = ngettext("about %(days)s day", "about %(days)s days", days) % {"days": days}
    return fact(_("At the spending of the last 30 days it lasts"), words)


@letter
def budget_crossed(news: News) -> Letter:
    """A month has reached a share of its budget, or is going to."""
    told, crossing = news.event.facts, news.subject
    words = {"name": one_line(told["name"]), "percent": told["percent"]}
    if told["purpose"] == "forecast":
        subject = _("The budget “%(name)s” is going to reach %(percent)s %%")
        says = _("If spending goes on as in the last seven days, the month comes to this share of the budget.")
    else:
        subject = _("The budget “%(name)s” has reached %(percent)s %%")
        says = _("What stands in the bills of this month has come to this share of the budget.")
    return Letter(
        subject=subject % words,
        says=(says, *_done(told)),
        facts=facts(
            fact(_("Month"), f"{crossing.month:%Y-%m}"),
            fact(_("Expected") if told["purpose"] == "forecast" else _("Spent"), _yuan(told["amount"])),
            fact(_("Budget"), _yuan(told["limit"])),
        ),
        button=_("Decide about purchases") if told["action"] == Budget.Action.ASK else _("Open the budget"),
        page=reverse("finance:stop-list")
        if told["action"] == Budget.Action.ASK
        else reverse("finance:budget-detail", args=[crossing.budget_id]),
    )


def _done(told: dict[str, Any]) -> tuple[str, ...]:
    count = told.get("stops", 0)
    if told["action"] == Budget.Action.STOP:
        done = ngettext(
            "New purchases of %(count)s account are stopped until the end of the month.",
            "New purchases of %(count)s accounts are stopped until the end of the month.",
            count,
        )
        return (done % {"count": count},)
    if told["action"] == Budget.Action.ASK:
        asked = ngettext(
            "Shall new purchases of %(count)s account stop until the month ends? Nothing happens until you decide.",
            "Shall new purchases of %(count)s accounts stop until the month ends? Nothing happens until you decide.",
            count,
        )
        return (asked % {"count": count},)
    return ()


def _stop(news: News) -> PurchaseStop:
    stop: PurchaseStop = news.subject
    return stop


@letter
def purchases_stopped(news: News) -> Letter:
    """The manager stopped buying; for the member."""
    stop = _stop(news)
    words = {"manager": asker(stop.relationship.manager)}
    return Letter(
        subject=_("%(manager)s has stopped new purchases of your account") % words,
        says=(_("New orders are refused. What runs goes on, and it can be renewed."),),
        facts=facts(
            fact(_("Stopped by"), words["manager"]),
            fact(_("Account"), stop.relationship.member),
            fact(_("Reason"), stop.reason) if stop.reason else None,
        ),
        button=_("See who is linked with you"),
        page=reverse("accounts:manager-list"),
        idle=_("Ask your manager if you need something now."),
    )


@letter
def purchases_allowed(news: News) -> Letter:
    """Buying goes on; for the member."""
    stop = _stop(news)
    words = {"manager": asker(stop.relationship.manager)}
    return Letter(
        subject=_("New purchases of your account are possible again"),
        says=(_("%(manager)s no longer stops new orders.") % words,),
        facts=facts(fact(_("Account"), stop.relationship.member)),
        button=_("See who is linked with you"),
        page=reverse("accounts:manager-list"),
    )


def _services(news: News) -> tuple[Fact | None, ...]:
    """Which services of which account, the first few by name; and what is unpaid."""
    rows = Suspension.objects.filter(pk__in=news.event.facts["suspensions"]).select_related("owner", "product")
    named = [f"{row.product} ({row.owner})" for row in rows.order_by("stops_at", "pk")[: ROWS_NAMED + 1]]
    if len(named) > ROWS_NAMED:
        named[-1] = _("and more: %(count)s in all") % {"count": news.event.facts["count"]}
    arrears = Decimal(news.event.facts["arrears"])
    return fact(_("Services"), *named), fact(_("Unpaid"), _yuan(arrears)) if arrears else None


def _about_services(
    news: News, subject: str, says: str, *more: Fact, idle: str = "", text: Text | None = None
) -> Letter:
    account = news.event.account
    return Letter(
        subject=subject % {"name": one_line(account)},
        says=(says,),
        facts=facts(fact(_("Account"), account), *_services(news), *more),
        button=_("See what to do"),
        page=reverse("finance:suspension-list"),
        idle=idle,
        text=text,
    )


def _account(news: News) -> str:
    return one_line(news.event.account)


@letter
def services_will_stop(news: News) -> Letter:
    """Nothing is available and bills are unpaid: the grace has begun."""
    ends = parse_datetime(news.event.facts["stops_at"])
    return _about_services(
        news,
        _("%(name)s: services will stop because bills are unpaid"),
        _("Nothing is available to pay with. Services run on for now; they stop when their time is over."),
        *([fact(_("The first stop"), moment(ends))] if ends else []),
        idle=_("Top up or repay, and everything goes on. If you do nothing, the services stop at that time."),
        text=Text("services_will_stop", {"name": _account(news), "time": moment(ends)}) if ends else None,
    )


@letter
def services_stopped(news: News) -> Letter:
    """The grace is over."""
    return _about_services(
        news,
        _("%(name)s: services have stopped because bills are unpaid"),
        _("Nothing was available to pay with when their time was over."),
        idle=_("They run again as soon as the unpaid bills are paid and something is available."),
        text=Text("services_stopped", {"name": _account(news)}),
    )


@letter
def services_resumed(news: News) -> Letter:
    """Everything goes on."""
    return _about_services(
        news,
        _("%(name)s: services run again"),
        _("The unpaid bills are paid and something is available, so these services go on."),
        idle=_("There is nothing for you to do."),
    )
