"""The API of a set's books, below `/api/v1/sets/<number>/`."""

from django.urls import URLPattern, path

from kiscloud.books.api import acts, batches, closing, openings, reports, subjects, vouchers

urlpatterns: list[URLPattern] = [
    path("sets/<slug:number>/subjects/", subjects.Subjects.as_view(), name="books-subjects"),
    path("sets/<slug:number>/items/", subjects.Items.as_view(), name="books-items"),
    path("sets/<slug:number>/periods/", subjects.Periods.as_view(), name="books-periods"),
    path("sets/<slug:number>/periods/checks/", closing.Checks.as_view(), name="books-periods-checks"),
    path("sets/<slug:number>/periods/carry-over/", closing.CarryOver.as_view(), name="books-carry-over"),
    path("sets/<slug:number>/periods/carry-over-year/", closing.CarryOverYear.as_view(), name="books-carry-over-year"),
    path("sets/<slug:number>/periods/renumber/", closing.Renumber.as_view(), name="books-renumber"),
    path("sets/<slug:number>/periods/close/", closing.Close.as_view(), name="books-close"),
    path("sets/<slug:number>/periods/reopen/", closing.Reopen.as_view(), name="books-reopen"),
    path("sets/<slug:number>/openings/", openings.Openings.as_view(), name="books-openings"),
    path("sets/<slug:number>/openings/finish/", openings.Finish.as_view(), name="books-openings-finish"),
    path("sets/<slug:number>/openings/resume/", openings.Resume.as_view(), name="books-openings-resume"),
    path("sets/<slug:number>/vouchers/", vouchers.Vouchers.as_view(), name="books-vouchers"),
    path("sets/<slug:number>/vouchers/audit/", batches.AuditMany.as_view(), name="books-vouchers-audit"),
    path("sets/<slug:number>/vouchers/post/", batches.PostMany.as_view(), name="books-vouchers-post"),
    path("sets/<slug:number>/vouchers/<int:pk>/", vouchers.OneVoucher.as_view(), name="books-voucher"),
    path("sets/<slug:number>/vouchers/<int:pk>/audit/", acts.Audit.as_view(), name="books-voucher-audit"),
    path("sets/<slug:number>/vouchers/<int:pk>/unaudit/", acts.Unaudit.as_view(), name="books-voucher-unaudit"),
    path("sets/<slug:number>/vouchers/<int:pk>/post/", acts.Post.as_view(), name="books-voucher-post"),
    path("sets/<slug:number>/vouchers/<int:pk>/void/", acts.MakeVoid.as_view(), name="books-voucher-void"),
    path("sets/<slug:number>/vouchers/<int:pk>/reverse/", acts.Reverse.as_view(), name="books-voucher-reverse"),
    path("sets/<slug:number>/trial-balance/", reports.Trial.as_view(), name="books-trial-balance"),
    path("sets/<slug:number>/balance-sheet/", reports.Sheet.as_view(), name="books-balance-sheet"),
    path("sets/<slug:number>/income-statement/", reports.Income.as_view(), name="books-income-statement"),
    path("sets/<slug:number>/cash-flow/", reports.Flows.as_view(), name="books-cash-flow"),
]
