"""The numbers of invoicing, each in one place."""

from datetime import timedelta
from decimal import Decimal
from typing import Final

LINES_MAX: Final = 2000  # on one invoice
REVIEW_ABOVE: Final = Decimal("100000.00")  # yuan; larger requests wait for staff
RED_LETTER_LIFE: Final = timedelta(hours=72)
LINE_TAX_TOLERANCE: Final = Decimal("0.06")  # between a line's tax and amount × rate
TOTAL_TAX_TOLERANCE: Final = Decimal("1.27")  # summed over an invoice
LINE_AMOUNT_TOLERANCE: Final = Decimal("0.01")  # between a line's amount and quantity × price

# The platform is asked what became of an order: after so long the first, the second … time, then at the last pace.
ASK_PAUSES: Final = tuple(timedelta(seconds=seconds) for seconds in (20, 60, 120, 300, 900, 3600))
ASK_AFTER_DEATH: Final = timedelta(minutes=5)  # a worker died while it was sending
LOST_AFTER: Final = timedelta(minutes=10)  # what the platform does not know so long after it was sent never arrived
STUCK_AFTER: Final = timedelta(hours=2)  # staff see orders that are under way for longer
ASKED_MAX: Final = 32767
ASKED_PER_RUN: Final = 200
ISSUING_RUN_SECONDS: Final = 40.0  # below the time limit of a job
SILENCES_PER_RUN: Final = 3  # calls without an answer, then the platform is left alone until the next run
BUSY_PAUSE: Final = timedelta(seconds=30)

OPERATION_KEY_TRIES: Final = 10  # wrong keys for one letter, then staff send a new one
ASSIGNMENT_UNDO: Final = timedelta(minutes=30)  # while nothing was used
TOKEN_LIFE: Final = timedelta(hours=2)
TIMESTAMP_SKEW: Final = timedelta(minutes=5)
SECRET_OVERLAP: Final = timedelta(hours=24)  # the old secret still works so long after a new one was made
CHECKS_A_DAY: Final = 5  # verifications of one invoice
CHECKED_YEARS: Final = 5  # older invoices cannot be verified
TOKENS_PER_ADDRESS: Final = (60, 60)  # tokens asked for, in so many seconds
OPEN_BODY_MAX: Final = 2 * 1024 * 1024  # bytes; an invoice with all its lines fits
COLLECTED_PER_CALL: Final = 100  # received invoices in one call or file
RECEIVED_FILE_BYTES: Final = 1024 * 1024
CHANGE_ANSWER_LIFE: Final = timedelta(days=30)  # the other account answers until then
CHANGE_ASKS_PER_ACCOUNT: Final = (30, 3600)  # change requests tried

TITLES_MAX: Final = 100  # of one account
CHOICES_MAX: Final = 200  # months and orders that the page of a request offers at once
ITEMS_MAX: Final = 10_000  # amounts in one request
PICTURE_MONTHS: Final = 12
# What products without a tax item of their own are invoiced as, until staff say otherwise.
DEFAULT_ITEM: Final = {
    "name": "云服务费",
    "class_code": "3040201010000000000",
    "class_name": "信息技术服务",
    "rate": Decimal("0.06"),
}
LINK_LIFE: Final = timedelta(days=90)  # of the link in the letter of an issued invoice
LINK_OPENS_PER_ADDRESS: Final = (120, 3600)
SENDS_PER_ACCOUNT: Final = (60, 86400)  # letters of invoices that people ask for
FILE_PAUSE: Final = timedelta(minutes=10)  # until a platform that has no file yet is asked again
FILE_BYTES_MAX: Final = 8 * 1024 * 1024  # of a file that a platform gives
LINES_SHOWN: Final = 100  # on a page; the files have all of them
