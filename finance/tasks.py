"""What this app does outside requests."""

from datetime import datetime, timedelta

from accounts.models import Event
from config.jobs import job
from config.models import Job
from finance.services import (
    alerts,
    arrivals,
    batches,
    billing,
    budget_watch,
    day_sums,
    exports,
    funds_watch,
    inheritances,
    orders,
    partitions,
    payments,
    plan_runs,
    plans,
    proof,
    purchase_stops,
    resources,
    staff_notices,
    statement_parts,
    statements,
    suspensions,
    top_ups,
    trust_effects,
    usage_files,
)


# Outside, though the first calls nobody: each top-up commits on its own.
@job("finance.expire_top_ups", outside=True, every=timedelta(minutes=10))
def expire_top_ups(_work: Job) -> None:
    """Top-ups that nobody paid in time are closed."""
    top_ups.expire_top_ups()


@job("finance.end_orders", outside=True, every=timedelta(minutes=5))
def end_orders(_work: Job) -> None:
    """Orders that nobody paid in time are cancelled, and resources whose time is over are released."""
    orders.expire_orders()
    resources.release_ended()


@job("finance.ask_gateway", outside=True, every=timedelta(minutes=1))
def ask_gateway(_work: Job) -> None:
    """The payment gateway was asked about orders that it is silent about."""
    payments.ask_gateway()


# Outside, so that the page sees how far the file is; it is written anew by each attempt.
@job(exports.JOB, outside=True)
def write_export(work: Job) -> None:
    """The file that somebody asked for lies ready, or after the last attempt shows as failed."""
    try:
        exports.write_export(export_id=work.payload["export"])
    except Exception:
        if work.is_last_attempt:
            exports.give_up_export(export_id=work.payload["export"])
        raise


@job("finance.forget", outside=True, every=timedelta(days=1))
def forget(_work: Job) -> None:
    """Old files and batches that were never sent are gone."""
    exports.forget_exports()
    batches.forget_batches()


@job(staff_notices.JOB)
def tell_staff(work: Job) -> None:
    """Staff who confirm top-ups have a message about it."""
    staff_notices.tell_staff(event_id=work.payload["event"])


@job("finance.bill_usage", every=timedelta(minutes=10))
def bill_usage(_work: Job) -> None:
    """Usage of cycles that ended is being billed, piece by piece."""
    billing.plan_billing()


@job(billing.JOB)
def bill_shards(work: Job) -> None:
    """Some accounts' usage is billed."""
    billing.bill_next(first=work.payload["first"], until=datetime.fromisoformat(work.payload["until"]))


@job("finance.make_months", every=timedelta(days=1))
def make_months(_work: Job) -> None:
    """The coming months have their tables of usage."""
    partitions.ensure_coming_months()


# Outside, because each piece of the file commits on its own.
@job(usage_files.JOB, outside=True)
def import_usage(work: Job) -> None:
    """The file of usage is read on; another job goes on where this one's minute ends."""
    upload = work.payload["upload"]
    try:
        if not usage_files.import_usage(upload_id=upload):
            usage_files.go_on(upload_id=upload)
    except Exception:
        if work.is_last_attempt:
            usage_files.give_up_import(upload_id=upload)
        raise


@job("finance.verify_ledger", every=timedelta(days=1))
def verify_ledger(work: Job) -> None:
    """The whole ledger is being proved anew, piece by piece."""
    proof.plan_verification(key=str(work.pk))


@job(proof.PIECE_JOB)
def verify_piece(work: Job) -> None:
    """A piece of the ledger is proved right, or staff know that it is not."""
    proof.verify_piece(piece=work.payload)


@job("finance.seal_ledger", every=timedelta(hours=1))
def seal_ledger(_work: Job) -> None:
    """Days that ended are sealed."""
    proof.seal_days()


# Outside, though it calls nobody: each statement commits on its own.
@job("finance.issue_statements", outside=True, every=timedelta(minutes=5))
def issue_statements(_work: Job) -> None:
    """Months that are over and billed have their statements."""
    statements.issue_statements()


# Outside, though it calls nobody: each statement is counted on its own.
@job("finance.count_parts", outside=True, every=timedelta(minutes=1))
def count_parts(_work: Job) -> None:
    """Drafts to which many charges add at once are no more than a minute behind their lines."""
    statement_parts.count_in_all()


# Outside, though it calls nobody: each account pays in a transaction of its own.
@job(arrivals.JOB, outside=True)
def use_arrived_cash(work: Job) -> None:
    """Cash that arrived has paid what comes first."""
    arrivals.use_arrived_cash(event_id=work.payload["event"])


@job(arrivals.REVIEW)
def review_plans(work: Job) -> None:
    """Plans that an event concerns are judged anew."""
    arrivals.review_plans(event_id=work.payload["event"])


# Outside, though it calls nobody: each statement of the plan is paid in a transaction of its own.
@job(plans.JOB, outside=True)
def execute_plan(work: Job) -> None:
    """A plan has paid what it could."""
    plan_runs.execute_plan(plan_id=work.payload["plan"])


@job("finance.sweep_debts", outside=True, every=timedelta(hours=1))
def sweep_debts(work: Job) -> None:
    """Debts and plans that no event told of are looked at."""
    arrivals.sweep_debts(key=str(work.pk))


# Outside, though it calls nobody: each statement commits on its own.
@job("finance.keep_sums", outside=True, every=timedelta(hours=1))
def keep_sums(_work: Job) -> None:
    """Large closed months have their totals by day."""
    day_sums.keep_sums()


@job(inheritances.JOB)
def follow_inheritance(work: Job) -> None:
    """A member has its manager's discounts exactly while the two have agreed on it."""
    inheritances.follow_event(event_id=work.payload["event"])


@job("finance.follow_certification")
def follow_certification(work: Job) -> None:
    """What holds within one enterprise only has ended where the two are no longer one."""
    event = Event.objects.select_related("account").get(pk=work.payload["event"])
    if event.account is not None:
        trust_effects.end_unequal(account=event.account)
        inheritances.follow_account(account=event.account)


# Outside, though it calls nobody: each trusteeship commits on its own.
@job("finance.advance_trusts", outside=True, every=timedelta(minutes=1))
def advance_trusts(_work: Job) -> None:
    """Trusteeships whose day has come have begun or ended, and proposals that nobody answered are closed."""
    trust_effects.advance_trusts()


@job(funds_watch.JOB)
def watch_funds(work: Job) -> None:
    """Funds moved: who asked for it knows of a low balance, and services have resumed or been warned of."""
    funds_watch.watch_event(event_id=work.payload["event"])


# Outside, though they call nobody: each hundred, budget or payer commits on its own.
@job("finance.check_alerts", outside=True, every=timedelta(minutes=10))
def check_alerts(_work: Job) -> None:
    """Whoever asked for it knows of every balance that usage has brought low."""
    alerts.check_alerts()


@job("finance.evaluate_budgets", outside=True, every=timedelta(minutes=10))
def evaluate_budgets(_work: Job) -> None:
    """Thresholds of budgets that the month has reached are told, and stops of earlier months are over."""
    purchase_stops.lift_overdue()
    budget_watch.evaluate_budgets()


@job("finance.review_payers", outside=True, every=timedelta(minutes=1))
def review_payers(_work: Job) -> None:
    """What is used on arrears is warned of, has stopped or runs again."""
    suspensions.review_payers()
