"""Every page of a set's inventory, by noun."""

from django.urls import path

from kiscloud.inventory.views import documents, goods, home, partners, printing, reports

app_name = "inventory"
urlpatterns = [
    path("", home.home, name="home"),
    path("documents/", documents.listing, name="document-list"),
    path("documents/new/<str:kind>/", documents.new, name="document-new"),
    path("documents/vouchers/", documents.post, name="document-post"),
    path("documents/<int:pk>/", documents.detail, name="document-detail"),
    path("documents/<int:pk>/edit/", documents.edit, name="document-edit"),
    path("documents/<int:pk>/act/", documents.act, name="document-act"),
    path("documents/<int:pk>/document.pdf", printing.one, name="document-pdf"),
    path("goods/", goods.listing, name="good-list"),
    path("goods/new/", goods.new, name="good-new"),
    path("goods/<int:pk>/", reports.ledger, name="good-ledger"),
    path("goods/<int:pk>/edit/", goods.edit, name="good-edit"),
    path("goods/<int:pk>/act/", goods.act, name="good-act"),
    path("partners/", partners.listing, name="partner-list"),
    path("partners/new/", partners.new, name="partner-new"),
    path("partners/<int:pk>/edit/", partners.edit, name="partner-edit"),
    path("partners/<int:pk>/act/", partners.act, name="partner-act"),
    path("movements/", reports.report, name="stock-report"),
]
