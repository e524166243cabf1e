"""The API of finance, below `/api/v1/`."""

from django.urls import URLPattern, path

from finance.api import balances, batches, credit, flows, moves, orders, products, resources, top_ups, usage

urlpatterns: list[URLPattern] = [
    path("balances/", balances.Balances.as_view(), name="balances"),
    path("balances/members/", balances.MemberBalances.as_view(), name="member-balances"),
    path("allotments/", moves.Allotments.as_view(), name="allotments"),
    path("allotments/batch/", batches.AllotmentBatch.as_view(), name="allotment-batch"),
    path("recalls/", moves.Recalls.as_view(), name="recalls"),
    path("recalls/batch/", batches.RecallBatch.as_view(), name="recall-batch"),
    path("flows/", flows.Flows.as_view(), name="flows"),
    path("flows/<int:pk>/", flows.OneFlow.as_view(), name="flow"),
    path("receipts/<int:pk>/", flows.OneReceipt.as_view(), name="receipt"),
    path("usage/", usage.UsageIntake.as_view(), name="usage"),
    path("topups/", top_ups.TopUps.as_view(), name="top-ups"),
    path("topups/<int:pk>/", top_ups.OneTopUp.as_view(), name="top-up"),
    path("credit/", credit.Credit.as_view(), name="credit"),
    path("products/", products.Products.as_view(), name="products"),
    path("quotes/", products.Quotes.as_view(), name="quotes"),
    path("orders/", orders.Orders.as_view(), name="orders"),
    path("orders/<int:pk>/", orders.OneOrder.as_view(), name="order"),
    path("orders/<int:pk>/pay/", orders.Pay.as_view(), name="order-pay"),
    path("orders/<int:pk>/cancel/", orders.Cancel.as_view(), name="order-cancel"),
    path("orders/<int:pk>/refund/", orders.Refund.as_view(), name="order-refund"),
    path("resources/", resources.Resources.as_view(), name="resources"),
    path("vouchers/", resources.Vouchers.as_view(), name="vouchers"),
    path("coupons/", resources.Coupons.as_view(), name="coupons"),
    path("credit/allotments/", credit.CreditAllotments.as_view(), name="credit-allotments"),
    path("credit/recalls/", credit.CreditRecalls.as_view(), name="credit-recalls"),
]
