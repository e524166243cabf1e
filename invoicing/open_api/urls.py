"""Every address of the open API, below `/open/`. As in the contract none ends with a slash."""

from django.urls import URLPattern, path, re_path

from invoicing.open_api import entitlements, invoices, received, schema, tokens
from invoicing.open_api.envelope import nothing_here

app_name = "open"
urlpatterns: list[URLPattern] = [
    path("base/oauth/token", tokens.Token.as_view(), name="token"),
    path("m5/bill/invoice/create", invoices.Issue.as_view(), name="invoice-create"),
    path("m5/bill/invoice/invalid", invoices.TakeBack.as_view(), name="invoice-invalid"),
    path("invoice/query", invoices.Query.as_view(), name="invoice-query"),
    path("m3/bill/invoice/img/Check/info", received.Verify.as_view(), name="received-verify"),
    path("m4/fpzs/invoice/collect", received.Collect.as_view(), name="received-collect"),
    path("m4/fpzs/invoice/list", received.Received.as_view(), name="received-list"),
    path("m4/fpzs/expense/invoice/status/update", received.Usage.as_view(), name="received-usage"),
    path("m5/bill/entitlement/query", entitlements.Entitlements.as_view(), name="entitlement-list"),
    path("schema", schema.description, name="schema"),
    path("docs/", schema.docs, name="docs"),
    re_path(r"", nothing_here, name="nothing"),
]
