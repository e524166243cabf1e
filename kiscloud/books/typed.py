"""Amounts as bookkeepers type them: negative ones too, thousands with commas, nothing for nought. Pure."""

import re
import unicodedata
from decimal import Decimal
from typing import Final

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_PLAIN: Final = re.compile(r"[-+]?\d{1,13}(\.\d{1,2})?", re.ASCII)
_GROUPED: Final = re.compile(r"[-+]?\d{1,3}(,\d{3})+(\.\d{1,2})?", re.ASCII)
_COUNTED: Final = re.compile(r"[-+]?\d{1,12}(\.\d{1,4})?", re.ASCII)


def read_amount(text: str) -> Decimal:
    """Yuan with at most two places; nought where nothing stands. Raises ValidationError."""
    typed = _typed(text)
    if not typed:
        return Decimal("0.00")
    if _GROUPED.fullmatch(typed):
        typed = typed.replace(",", "")
    if not _PLAIN.fullmatch(typed):
        raise ValidationError(_("“%(text)s” is no amount. Write it like 1234.50."), params={"text": text[:30]})
    return Decimal(typed).quantize(Decimal("0.01"))


def read_quantity(text: str) -> Decimal | None:
    """A quantity with at most four places; None where nothing stands. Raises ValidationError."""
    typed = _typed(text)
    if not typed:
        return None
    if not _COUNTED.fullmatch(typed):
        raise ValidationError(_("“%(text)s” is no quantity."), params={"text": text[:30]})
    return Decimal(typed)


def _typed(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().removeprefix("¥").replace("−", "-").replace(" ", "")
