"""Every number that the business chose, with its unit in the name and its rule beside it."""

from datetime import timedelta
from decimal import Decimal

from config import env

ALLOTMENT_ABOVE = Decimal("0.01")  # K10.6, Q-4: strictly more than this, in yuan
ALLOTMENTS_PER_BATCH_MAX = 1000
TOP_UP_MOST = Decimal("100000000.00")
TOP_UP_FOUR_EYES_FROM = Decimal("500000.00")  # from here on two people of support confirm a bank transfer
TOP_UPS_WAITING_MAX = 20  # per account; whoever needs more can close one
WITHDRAWAL_LEAST = Decimal("1.00")
WITHDRAWAL_FOUR_EYES_FROM = TOP_UP_FOUR_EYES_FROM  # one person of support approves, another pays
CODE_ABOVE_DEFAULT = Decimal("50000.00")  # allotments above this need a code, unless the account chose another limit
GATEWAY_CALLBACK_LIFE = timedelta(minutes=5)  # how old a signed callback may be
GATEWAY_ASK_AFTER = timedelta(minutes=3)  # no news of a payment: the gateway is asked, then ever more rarely
GATEWAY_ASK_PAUSE_MAX = timedelta(hours=6)
GATEWAY_LOST_AFTER = timedelta(minutes=30)  # an order that the gateway still does not know is not coming any more
GATEWAY_ASKS_PER_RUN = 50
GATEWAY_RUN_SECONDS = 40  # below the queue's limit for one job
GATEWAY_CALLBACK_BYTES_MAX = 8 * 1024
TOP_UP_LIFE = timedelta(days=7)  # an unpaid one is closed after this
EXPORT_LIFE = timedelta(days=7)  # a finished file can be fetched this long
EXPORT_ROWS_MAX = 1_000_000  # a worksheet holds a little more, and a job's minute is enough for them
UPLOAD_BYTES_MAX = 2 * 1024 * 1024
EXPORT_SILENT_AFTER = timedelta(hours=12)  # all attempts of its job are over by then
EXPORTS_UNDER_WAY_MAX = 3  # per account
UPLOAD_UNPACKED_BYTES_MAX = 32 * 1024 * 1024  # what an Excel file may hold once unpacked
BATCHES_OPEN_KEPT = timedelta(days=7)  # begun and never sent
HOLDERS_SHOWN_MAX = 10  # members with a bar of their own
USAGE_LIFE = timedelta(days=548)  # records of usage older than a year and a half are refused
USAGE_AHEAD = timedelta(minutes=5)  # how far clocks of metering may be ahead
USAGE_PER_CALL_MAX = 10_000
USAGE_PIECE_BYTES = 4 * 1024 * 1024  # of a file, kept at once
USAGE_LINE_BYTES_MAX = 16 * 1024
USAGE_REFUSALS_KEPT = 10_000  # of a file; all are counted
USAGE_RUN_SECONDS = 40  # below the queue's limit for one job
BILLING_DELAY = timedelta(minutes=10)  # how long after its end a cycle's usage may come in without being late
COMMITMENTS_FIRST = env.ordering("COMMITMENTS_FIRST", "kind,ends,begins")  # `deductions` says what each means
VOUCHERS_FIRST = env.ordering("VOUCHERS_FIRST", "scope,ends,left")
BILL_LINE_MOST = Decimal("10000000000.00")  # yuan at list price: more is a mistake of metering and waits
BILL_LINE_UNITS_MOST = 10**15
BILLING_SHARDS_PER_JOB = 8
BILLING_STEP = timedelta(days=1)  # what a job of a minute can bill at once
SHARES_SHOWN_MAX = 10  # bars of the spending page; the rest stands in one
RUNWAY_WINDOW_DAYS = 30
RUNWAY_DAYS_MAX = 3650  # beyond ten years a date means nothing
ORDER_LIFE = timedelta(minutes=30)  # an unpaid one is closed after this; its price holds as long
ORDER_QUANTITY_MOST = 1_000_000
ORDER_MONTHS_MOST = 60
SEAL_AFTER = timedelta(hours=1)  # after midnight, when no transaction of the day can still be open
SEALS_AT_ONCE_MAX = 31
STATEMENT_DELAY = timedelta(hours=36)  # after the month: a statement comes at 12:00 on the 2nd
STATEMENT_DUE_AFTER = timedelta(days=15)  # after it was issued
DAY_SUMS_FROM_LINES = 20_000  # smaller statements are added up at once whenever they are looked at
DAY_SUMS_SECONDS = 40.0
STATEMENTS_PER_RUN_MAX = 2000
STATEMENT_RUN_SECONDS = 40.0  # below the queue's limit for one job
DISPUTE_ANSWER_WITHIN = timedelta(days=7)  # beyond that staff are late
PLAN_ITEMS_MAX = 200
PLANS_PER_RUN_MAX = 500
DEBTS_PER_SWEEP_MAX = 500
TRUST_ANSWER_WITHIN = timedelta(hours=48)  # as an invitation (K4.8)
TRUST_AHEAD_DAYS_MAX = 366  # how far ahead the day of a begin or an end may lie
TRUST_CAP_MOST = Decimal("1000000000.00")
BUDGETS_MAX = 200  # per account
BUDGET_THRESHOLDS_MAX = 8  # of each kind
BUDGET_PERCENT_MOST = 500
BUDGET_MONTHS_SHOWN = 6
FORECAST_WINDOW_DAYS = 7  # what these days cost on average is what each day to come will cost
IN_USE_DAYS = 3  # a product that was used in the last days is in use
LIMITS_AT_ONCE = 500  # alerts, budgets or payers that one transaction looks at
