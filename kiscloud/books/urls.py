"""Every page of a set's books, by noun."""

from django.urls import path

from kiscloud.books.views import closing, imports, items, parameters, printing, reports, set_up, templates, vouchers

app_name = "books"
urlpatterns = [
    path("", closing.home, name="home"),
    path("vouchers/", vouchers.listing, name="voucher-list"),
    path("vouchers/new/", vouchers.new, name="voucher-new"),
    path("vouchers/import/", imports.upload, name="voucher-import"),
    path("vouchers/import/template.<str:file_format>", imports.template, name="voucher-import-template"),
    path("vouchers/acts/", vouchers.batch, name="voucher-batch"),
    path("vouchers/file.<str:file_format>", imports.export, name="voucher-file"),
    path("vouchers/<int:pk>/", vouchers.detail, name="voucher-detail"),
    path("vouchers/<int:pk>/edit/", vouchers.edit, name="voucher-edit"),
    path("vouchers/<int:pk>/act/", vouchers.act, name="voucher-act"),
    path("vouchers/<int:pk>/voucher.pdf", printing.one, name="voucher-pdf"),
    path("vouchers/vouchers.pdf", printing.month, name="voucher-pdf-month"),
    path("vouchers/<int:pk>/template/", templates.new, name="voucher-template"),
    path("templates/", templates.listing, name="template-list"),
    path("templates/<int:pk>/", templates.rename, name="template-rename"),
    path("templates/<int:pk>/delete/", templates.delete, name="template-delete"),
    path("trial-balance/", reports.balances, name="trial-balance"),
    path("ledger/", reports.ledger, name="ledger"),
    path("general-ledger/", reports.general, name="general-ledger"),
    path("balance-sheet/", reports.sheet, name="balance-sheet"),
    path("income-statement/", reports.income, name="income-statement"),
    path("cash-flow/", reports.flows, name="cash-flow"),
    path("closing/", closing.closing, name="closing"),
    path("subjects/", set_up.subjects, name="subject-list"),
    path("subjects/<int:pk>/new/", set_up.new_subject, name="subject-new"),
    path("subjects/<int:pk>/edit/", set_up.edit_subject, name="subject-edit"),
    path("subjects/<int:pk>/act/", set_up.act_subject, name="subject-act"),
    path("items/", items.items, name="item-list"),
    path("items/<int:pk>/", items.edit_item, name="item-edit"),
    path("item-balances/", items.balances, name="item-balances"),
    path("openings/", set_up.openings, name="openings"),
    path("parameters/", parameters.parameters, name="parameters"),
    path("users/", set_up.users, name="user-list"),
    path("users/<int:pk>/", set_up.edit_user, name="user-edit"),
]
