"""The numbers of books, each in one place."""

from decimal import Decimal
from typing import Final

AMOUNT_MAX: Final = Decimal("9999999999999.99")  # of one line
LINES_MAX: Final = 500  # of one voucher
LINES_LEAST: Final = 2
SUMMARY_LENGTH: Final = 120
ATTACHMENTS_MAX: Final = 999
MONTHS_AHEAD: Final = 12  # after the current period, in which vouchers can be entered
SUBJECTS_MAX: Final = 5000  # of one set
ITEMS_MAX: Final = 5000  # of one kind in a set
IMPORT_ROWS_MAX: Final = 5000
ROWS_WITHOUT_SCRIPT: Final = 12
TEMPLATES_MAX: Final = 200  # of one set
TEMPLATES_SHOWN: Final = 12  # where a new voucher begins
BATCH_MAX: Final = 500  # vouchers that are audited or posted by one call
