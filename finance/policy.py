"""Every number that the business chose, with its unit in the name and its rule beside it."""

from datetime import timedelta
from decimal import Decimal

ALLOTMENT_ABOVE = Decimal("0.01")  # K10.6, Q-4: strictly more than this, in yuan
ALLOTMENTS_PER_BATCH_MAX = 1000
TOP_UP_MOST = Decimal("100000000.00")
TOP_UP_FOUR_EYES_FROM = Decimal("500000.00")  # from here on two people of support confirm a bank transfer
WITHDRAWAL_LEAST = Decimal("1.00")
CODE_ABOVE_DEFAULT = Decimal("50000.00")  # allotments above this need a code, unless the account chose another limit
GATEWAY_CALLBACK_LIFE = timedelta(minutes=5)  # how old a signed callback may be
TOP_UP_LIFE = timedelta(days=7)  # an unpaid one is closed after this
EXPORT_LIFE = timedelta(days=7)  # a finished file can be fetched this long
EXPORT_ROWS_MAX = 1_000_000
UPLOAD_BYTES_MAX = 2 * 1024 * 1024
