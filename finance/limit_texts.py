"""What happened to limits, in words: alerts, budgets, stops of purchases, services that stop for unpaid bills."""

from django.utils.translation import gettext_lazy as _

from accounts.event_texts import Group, Words, add_texts

TEXTS = {
    "alert.set": Words(
        _("Is told when less than %(threshold)s yuan are available (%(other)s)"),
        _("Is told when this account has less than %(threshold)s yuan available"),
        icon="bell-ring",
    ),
    "alert.cleared": Words(
        _("Is no longer told of a low balance (%(other)s)"),
        _("Is no longer told when this account has little available"),
        icon="bell-off",
    ),
    "balance.low": Words(
        _("%(name)s has %(available)s yuan available, less than %(threshold)s yuan"), icon="bell-ring", tone="warn"
    ),
    "budget.created": Words(_("Made the budget “%(name)s”: %(amount)s yuan a month"), icon="gauge", tone="info"),
    "budget.changed": Words(_("Changed the budget “%(name)s”: %(amount)s yuan a month"), icon="gauge"),
    "budget.paused": Words(_("Paused the budget “%(name)s”"), icon="circle-pause"),
    "budget.resumed": Words(_("Went on with the budget “%(name)s”"), icon="circle-play", tone="info"),
    "budget.crossed": Words(
        _("The budget “%(name)s” has reached %(percent)s %%: %(amount)s of %(limit)s yuan"), icon="gauge", tone="warn"
    ),
    "budget.crossed/forecast": Words(
        _("The budget “%(name)s” is going to reach %(percent)s %%: %(amount)s of %(limit)s yuan are expected"),
        icon="trending-up",
        tone="warn",
    ),
    "purchase.asked": Words(_("A budget asks whether to stop new purchases of %(name)s"), icon="hand", tone="warn"),
    "purchase.declined": Words(_("New purchases of %(name)s go on"), icon="circle-check"),
    "purchase.stopped": Words(
        _("Stopped new purchases of %(name)s"), _("Stopped new purchases of this account"), icon="hand", tone="stop"
    ),
    "purchase.allowed": Words(
        _("Allowed new purchases of %(name)s again"),
        _("Allowed new purchases of this account again"),
        icon="circle-check",
        tone="ok",
    ),
    "service.grace": Words(
        _("%(arrears)s yuan are unpaid and nothing is available: %(count)s services run on for now (%(products)s)"),
        icon="timer",
        tone="warn",
    ),
    "service.suspended": Words(
        _("Suspended %(count)s services for unpaid bills (%(products)s)"), icon="circle-pause", tone="stop"
    ),
    "service.resumed": Words(_("%(count)s services run again (%(products)s)"), icon="circle-play", tone="ok"),
}
PREFIXES = ("alert.", "balance.", "budget.", "purchase.", "service.")


def register() -> None:
    """The log speaks of limits from now on, and can be narrowed to them."""
    add_texts(TEXTS, group=Group("limits", _("Budgets and alerts"), PREFIXES))
