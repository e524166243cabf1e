"""Why a record of usage was not kept, in words."""

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

REASONS: Mapping[str, Promise] = {
    "source_id": _("The number at the source is missing or has more than 100 signs."),
    "unknown_account": _("There is no account with this number."),
    "unknown_product": _("There is no product with this code."),
    "product_not_metered": _("This product is not billed by usage."),
    "instance": _("The instance is missing or has more than 100 signs."),
    "quantity": _("The quantity must be a number that is not negative, with at most 15 digits and 8 decimal places."),
    "time": _("Times are written like 2026-03-10T12:00:00+08:00, with their zone."),
    "ends_before_it_begins": _("The usage ends before it begins."),
    "in_the_future": _("The usage lies in the future."),
    "too_old": _("The usage is older than a year and a half."),
    "corrects": _("The number of the corrected record is not right."),
    "corrects_unknown": _("The corrected record is not there, in the month of this one."),
    "corrects_another": _(
        "The corrected record is of another account, product, instance or cycle, or a correction itself."
    ),
    "source_id_reused": _("This number was used already, with other content."),
    "unreadable": _("The line cannot be read."),
    "line_too_long": _("The line is too long."),
    "columns": _("The line does not have the columns that the first line names."),
}


def words_for(reason: str) -> str | Promise:
    """The sentence, or the bare reason where an old one has none."""
    return REASONS.get(reason, reason)
