"""The numbers of the inventory, each in one place."""

from decimal import Decimal
from typing import Final

from kiscloud.set_parameters import TaxKind

RATES: Final = (0, 1, 3, 6, 9, 13)  # per cent
USUAL_RATES: Final = {TaxKind.GENERAL: 13, TaxKind.SMALL: 1}  # of a good that names none
QUANTITY_MAX: Final = Decimal("999999999.9999")
AMOUNT_MAX: Final = Decimal("99999999999.99")  # of one line
LINES_MAX: Final = 200  # of one document
ROWS_WITHOUT_SCRIPT: Final = 8
POSTED_AT_ONCE: Final = 500
GOODS_MAX: Final = 5000  # of one set
PARTNERS_MAX: Final = 5000
