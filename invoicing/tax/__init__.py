"""Issuing invoices: what a tax platform is asked and what it answers. `TAX_BACKEND` names the class.

    backend = tax_platform()
    backend.issue(serial="IR00000001", face=face)                  -> None: taken, the outcome is asked for by `query`
    backend.query(serial="IR00000001", seller_tax_number="91…")    -> Outcome, or None: it knows no such serial
    backend.verify(number="26…", issued_on=…, total=…)             -> Verdict
    backend.download(serial="S1", seller_tax_number="91…", form="pdf") -> bytes, or None: not ready yet; see `forms`

A call that failed says whether it may have had an effect: `NotTaken` had none, after `Unclear` the platform is asked
by `query` and nothing is sent anew.
"""

from invoicing.tax.contract import (
    Busy,
    Fault,
    NotTaken,
    Outcome,
    TaxBackend,
    TaxError,
    Unclear,
    Verdict,
    tax_platform,
)

__all__ = [
    "Busy",
    "Fault",
    "NotTaken",
    "Outcome",
    "TaxBackend",
    "TaxError",
    "Unclear",
    "Verdict",
    "tax_platform",
]
