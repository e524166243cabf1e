"""What finance adds to the first page of the admin."""

from django.utils.translation import gettext_lazy as _

from accounts.admin_index import Topic, Waiting, add_topic, add_waiting
from finance.models import Dispute, LateUsage, LedgerAlarm, TopUp, Withdrawal

TOP_UPS = Waiting(
    _("Bank transfers to confirm"),
    "banknote",
    "finance.view_topup",
    "admin:finance_topup_changelist",
    "needs=confirming",
    lambda: TopUp.objects.to_confirm().count(),
)
WITHDRAWALS = Waiting(
    _("Withdrawals to check and pay"),
    "landmark",
    "finance.view_withdrawal",
    "admin:finance_withdrawal_changelist",
    "needs=paying",
    lambda: Withdrawal.objects.under_way().count(),
)
TROUBLES = Waiting(
    _("Payments that do not fit their top-up"),
    "triangle-alert",
    "finance.view_topup",
    "admin:finance_topup_changelist",
    "needs=settling",
    lambda: TopUp.objects.in_trouble().count(),
    "stop",
)
ALARMS = Waiting(
    _("Alarms of the ledger: no money moves"),
    "triangle-alert",
    "finance.view_ledgeralarm",
    "admin:finance_ledgeralarm_changelist",
    "needs=clearing",
    lambda: LedgerAlarm.objects.raised().count(),
    "stop",
)
DISPUTES = Waiting(
    _("Disputes to answer"),
    "message-circle-question-mark",
    "finance.view_dispute",
    "admin:finance_dispute_changelist",
    "needs=answer",
    lambda: Dispute.objects.filter(state=Dispute.State.OPEN).count(),
)
UNBILLED = Waiting(
    _("Usage that waits for its bill"),
    "hourglass",
    "finance.view_lateusage",
    "admin:finance_lateusage_changelist",
    "",
    LateUsage.objects.count,
    "warn",
)
BILLS = Topic(
    "bills",
    _("Statements and repayment"),
    ["finance.statement", "finance.dispute", "finance.repaymentplan"],
)
MONEY = Topic(
    "money",
    _("Money in, out and lent"),
    ["finance.topup", "finance.withdrawal", "finance.creditline", "finance.creditallotment", "finance.stripedcredit"],
)
CATALOGUE = Topic(
    "catalogue",
    _("Catalogue and orders"),
    ["finance.category", "finance.product", "finance.order", "finance.resource"],
)
OFFERS = Topic(
    "offers",
    _("Discounts, vouchers and commitments"),
    ["finance.discount", "finance.promotion", "finance.voucher", "finance.coupon", "finance.commitment"],
)
LEDGER = Topic(
    "ledger",
    _("Ledger and fund flow"),
    [
        "finance.book",
        "finance.transfer",
        "finance.entry",
        "finance.allotment",
        "finance.batch",
        "finance.export",
        "finance.gatewaycallback",
        "finance.ledgerseal",
        "finance.ledgeralarm",
    ],
)

PAYERS = Topic("payers", _("Who pays for whom"), ["finance.trust", "finance.inheritance", "finance.reseller"])
LIMITS = Topic(
    "limits",
    _("Budgets, alerts and services at risk"),
    ["finance.budget", "finance.balancealert", "finance.purchasestop", "finance.suspension"],
)


USAGE = Topic(
    "usage",
    _("Usage and bills"),
    ["finance.usageimport", "finance.meteringkey", "finance.billingshard", "finance.lateusage", "finance.billline"],
)


def register() -> None:
    """Staff see what waits about money, and its pages by topic, from now on."""
    for waiting in (TOP_UPS, WITHDRAWALS, TROUBLES, ALARMS, DISPUTES, UNBILLED):
        add_waiting(waiting)
    for topic in (CATALOGUE, OFFERS, BILLS, MONEY, PAYERS, LIMITS, USAGE, LEDGER):
        add_topic(topic)
