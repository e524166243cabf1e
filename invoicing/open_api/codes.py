"""Every error code of the open API, once: its number, its HTTP status, and which refusals it stands for.

The numbers never change. 1101 and 1200 are the contract's; `0000` is success. 12… is about who calls, 13… about the
body, 14… about invoices, 15… about entitlements, 16… about received invoices, 17… about verifying, 19… about load.
"""

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from config.errors import DomainError

OK: Final = "0000"
FAILED: Final = "9999"


@dataclass(frozen=True, slots=True)
class Code:
    """One number of the table; `refusals` are the codes of the domain errors that it stands for."""

    number: str
    status: int
    meaning: str | Promise
    refusals: tuple[str, ...] = ()


TABLE: Final = (
    Code("1101", 403, _("The tax number is none of the enterprises of this client's tenant."), ("not_bound",)),
    Code("1200", 400, _("The client id is empty."), ("client_missing",)),
    Code("1201", 401, _("The client is not known, or the signature is wrong."), ("signature_wrong",)),
    Code("1202", 401, _("The timestamp is more than five minutes away from our time."), ("timestamp_off",)),
    Code("1203", 401, _("A token was made with this timestamp already."), ("timestamp_used",)),
    Code("1204", 403, _("Support blocked the client."), ("client_blocked",)),
    Code("1210", 401, _("The access token is missing."), ("token_missing",)),
    Code("1211", 401, _("The access token is not known, or its time is over."), ("token_wrong",)),
    Code("1212", 400, _("The request id (reqid) is missing or malformed."), ("reqid_wrong",)),
    Code("1300", 400, _("The body is no JSON object."), ("body_unreadable",)),
    Code("1301", 400, _("The body cannot be decrypted with this client's key."), ("cipher_wrong",)),
    Code("1302", 413, _("The body is too large."), ("body_too_large", "too_large")),
    Code("1303", 400, _("The body is nested too deeply."), ("body_too_deep",)),
    Code("1304", 404, _("There is no such address."), ("address_unknown",)),
    Code("1305", 405, _("The address does not offer that method."), ("method_not_allowed",)),
    Code("1400", 422, _("Some fields are not right; data.faults names each with its reason."), ("invalid",)),
    Code("1401", 409, _("The serial was used for another invoice of this seller."), ("serial_used",)),
    Code("1402", 404, _("There is no such invoice or serial in this tenant."), ("not_found",)),
    Code("1403", 409, _("Nothing of the invoice can be taken back."), ("not_reversible", "nothing_left")),
    Code("1404", 422, _("That part cannot be taken back."), ("passes_remainder", "whole_only", "not_issuable")),
    Code("1409", 409, _("Not possible now; the description says why."), ("refused",)),
    Code("1500", 403, _("The tax number has no entitlement for this."), ("no_entitlement",)),
    Code("1501", 403, _("The entitlements of the tax number are used up."), ("entitlement_used_up",)),
    Code("1502", 403, _("The entitlement of the tax number is not valid now."), ("entitlement_ended",)),
    Code("1601", 409, _("The use cannot change in that direction."), ("wrong_state", "changed_meanwhile")),
    Code("1602", 409, _("This invoice was collected before."), ("collected_before",)),
    Code("1700", 429, _("The invoice was verified five times today."), ("checked_too_often",)),
    Code("1701", 409, _("An invoice of today can be verified tomorrow."), ("check_too_fresh",)),
    Code("1702", 409, _("An invoice older than five years cannot be verified."), ("check_too_old",)),
    Code("1703", 503, _("The tax authority did not answer. Nothing was counted; try again later."), ("check_failed",)),
    Code("1900", 429, _("Too many calls; “Retry-After” says how long to wait."), ("too_many",)),
    Code("1901", 503, _("The service was busy and did nothing; repeat the call."), ("busy",)),
    Code(FAILED, 500, _("Something went wrong on our side; ask by the serial what became of it.")),
)
BY_NUMBER: Final = {code.number: code for code in TABLE}
_BY_REFUSAL: Final = {refusal: code for code in TABLE for refusal in code.refusals}
_BY_STATUS: Final = {404: "1402", 405: "1305", 413: "1302", 422: "1400", 429: "1900", 503: "1901", 500: FAILED}


def code_of(error: DomainError) -> Code:
    """The number for a refusal; one that the table does not name goes by its status."""
    return _BY_REFUSAL.get(error.code) or code_for(error.status)


def code_for(status: int) -> Code:
    """The number where nobody said anything better than an HTTP status."""
    return BY_NUMBER[_BY_STATUS.get(status, "1409")]
