"""Account sets: of a company, of a product, one of them; new ones (S8.2, S8.3, S13)."""

from collections.abc import Iterable, Mapping

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.attempt import attempt
from accounts.forms.base import typed
from accounts.http import ConsoleRequest
from config.errors import NotFound
from config.paging import paginate
from config.web import page
from kiscloud.forms.account_sets import SetForm
from kiscloud.models import AccountSet, Company
from kiscloud.models.account_set import AccountSetQuerySet
from kiscloud.services.account_sets import create_set, listed_sets, retry_set
from kiscloud.services.set_deletion import needs_no_code
from kiscloud.set_operations import Row, refusal_to_create, rows_of
from kiscloud.set_parameters import TaxKind, Template
from kiscloud.views.doors import company_of, frame, subscription_of


def set_of(request: ConsoleRequest, pk: int) -> AccountSet:
    """The set, for one of its company's administrators: 404 outside, 403 for the company's other members."""
    account_set = AccountSet.objects.standing().select_related("subscription", "restored_from").filter(pk=pk).first()
    if account_set is None or account_set.subscription.deleted_at is not None:
        raise NotFound()
    account_set.subscription.company = company_of(request, account_set.subscription.company_id)
    return account_set


@require_safe
def listing(request: ConsoleRequest, pk: int) -> HttpResponse:
    """Every set of the company."""
    company = company_of(request, pk)
    products = company.subscriptions.listed().order_by("pk")
    rows = listed_sets(company=company)
    return _listing(request, company, rows, {"products": products, "product": None})


@require_safe
def of_product(request: ConsoleRequest, pk: int) -> HttpResponse:
    """The sets of one product, and how many more there can be (S8.2)."""
    product = subscription_of(request, pk)
    refusal = refusal_to_create(product, at=timezone.now())
    context = {"product": product, "refusal": refusal, "used": product.sets.standing().count()}
    return _listing(request, product.company, listed_sets(product=product), context)


def _listing(
    request: ConsoleRequest, company: Company, rows: AccountSetQuerySet, more: Mapping[str, object]
) -> HttpResponse:
    found = paginate(rows, request, order=("-id",))
    shown = rows_of(found, user=request.user, at=timezone.now())
    context = {**more, **frame(company, here="sets"), "page": found, "rows": shown, "under_way": _under_way(shown)}
    return page(request, "kiscloud/sets/list.html", context, part="_rows.html")


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A new set of the product; how it comes on is seen on its page."""
    product = subscription_of(request, pk)
    refusal = refusal_to_create(product, at=timezone.now())
    initial = {"company": product.company.name, "start_month": f"{timezone.localdate():%Y-%m}"}
    form = SetForm(typed(request), edition=product.edition, initial=initial)
    tried = attempt(
        request,
        form,
        lambda: create_set(
            actor=request.actor,
            subscription_id=pk,
            name=form.cleaned_data["name"],
            parameters=form.parameters(),
        ),
    )
    if tried.result is not None:
        return redirect("kiscloud:set-detail", tried.result.pk)
    left = max(0, product.sets_total - product.sets.standing().count())
    context = {
        **frame(product.company, here="sets"),
        "product": product,
        "form": form,
        "refusal": refusal,
        "left": left,
    }
    return page(request, "kiscloud/sets/create.html", context, status=tried.status)


@require_safe
def detail(request: ConsoleRequest, pk: int) -> HttpResponse:
    """How the set comes on, then what it is and what can be done with it."""
    account_set = set_of(request, pk)
    (row,) = rows_of([account_set], user=request.user, at=timezone.now())
    context = {
        **frame(account_set.subscription.company, here="sets"),
        "account_set": account_set,
        "product": account_set.subscription,
        "row": row,
        "under_way": row.under_way,
        "facts": _facts(account_set),
        "can_retry": account_set.state == AccountSet.State.FAILED and account_set.restored_from_id is None,
        "no_code": needs_no_code(account_set=account_set),
    }
    return page(request, "kiscloud/sets/detail.html", context, part="_detail.html")


@require_POST
def retry(request: ConsoleRequest, pk: int) -> HttpResponse:
    """A set that failed is being created again."""
    set_of(request, pk)
    account_set = retry_set(actor=request.actor, set_id=pk)
    messages.success(request, _("“%(set)s” is being created again.") % {"set": account_set.name})
    return redirect("kiscloud:set-detail", pk)


def _under_way(rows: Iterable[Row]) -> bool:
    return any(row.under_way for row in rows)


def _facts(account_set: AccountSet) -> list[tuple[str, object]]:
    """What it was created with, in words; of a restored one nothing was chosen."""
    chosen = account_set.parameters
    if not chosen:
        return []
    month = str(chosen["start_month"])
    return [
        (_("Company name"), chosen["company"]),
        (_("Taxpayer"), TaxKind(chosen["tax_kind"]).label),
        (_("First period"), f"{month[:4]}-{month[4:]}"),
        (_("Vouchers are audited before they are posted"), _("Yes") if chosen.get("audit_first", True) else _("No")),
        (_("Chart of subjects"), Template(chosen["template"]).label),
        (_("Digits of each level"), "-".join(map(str, chosen["code_lengths"]))),
    ]
