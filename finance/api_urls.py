"""The API of finance, below `/api/v1/`."""

from django.urls import URLPattern, path

from finance.api import balances, batches, credit, flows, moves, top_ups, usage

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
    path("credit/allotments/", credit.CreditAllotments.as_view(), name="credit-allotments"),
    path("credit/recalls/", credit.CreditRecalls.as_view(), name="credit-recalls"),
]
