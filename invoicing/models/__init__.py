"""The tables of invoicing, one noun a module."""

from invoicing.models.change_request import ChangeRequest
from invoicing.models.cloud_order import CloudOrder
from invoicing.models.credential import AccessToken, Credential
from invoicing.models.entitlement import Entitlement, EntitlementUse
from invoicing.models.invoice import Invoice, InvoiceFile, InvoiceLine, InvoiceUse
from invoicing.models.invoiceable import CollectedStatement, Invoiceable
from invoicing.models.issue_order import IssueOrder
from invoicing.models.package import Package, Service
from invoicing.models.received import CheckDay, ReceivedInvoice
from invoicing.models.red_letter import RedLetter, RedLine
from invoicing.models.request import InvoiceControl, InvoiceKind, InvoiceRequest
from invoicing.models.simulated import NumberSeries, SimulatedIssue
from invoicing.models.tax_item import ProductTax, TaxItem, ZeroRate
from invoicing.models.tenant import Erp, Taxpayer, Tenant
from invoicing.models.title import Title

__all__ = [
    "AccessToken",
    "ChangeRequest",
    "CheckDay",
    "CloudOrder",
    "CollectedStatement",
    "Credential",
    "Entitlement",
    "EntitlementUse",
    "Erp",
    "Invoice",
    "InvoiceControl",
    "InvoiceFile",
    "InvoiceKind",
    "InvoiceLine",
    "InvoiceRequest",
    "InvoiceUse",
    "Invoiceable",
    "IssueOrder",
    "NumberSeries",
    "Package",
    "ProductTax",
    "ReceivedInvoice",
    "RedLetter",
    "RedLine",
    "Service",
    "SimulatedIssue",
    "TaxItem",
    "Taxpayer",
    "Tenant",
    "Title",
    "ZeroRate",
]
