"""The page between a person and a delicate act: a code to their phone (K4.1, K7.3, K8.12)."""

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.attempt import attempt
from accounts.clearance import Ask, holder_of, kept_fields, onward, read_ask
from accounts.forms.base import show, typed, untyped
from accounts.forms.codes import ClearanceForm
from accounts.http import ConsoleRequest
from accounts.mobile import mask_mobile
from accounts.services.codes import NoMobile, Sending, confirm_code, has_clearance, send_code, sending_of
from config.errors import DomainError
from config.web import client_address, page


def code(request: ConsoleRequest) -> HttpResponse:
    """Asks for the code; the right one leads back to the act, and what had been typed there goes along."""
    ask = read_ask(request.GET.get("state", ""), request.user)
    if request.method == "GET" and has_clearance(
        user=holder_of(ask, request.user), purpose=ask.purpose, binding=ask.binding
    ):
        return redirect(ask.next)
    form = ClearanceForm(typed(request))
    tried = attempt(request, form, lambda: _confirm(request, ask, form.cleaned_data["code"]))
    if tried.done:
        return onward(request, ask)
    return _code_page(request, ask, form, tried.status)


@require_POST
def code_send(request: ConsoleRequest) -> HttpResponse:
    """A code is on its way to the person's own number, or the page says why not."""
    ask = read_ask(request.GET.get("state", ""), request.user)
    try:
        _send(request, ask)
    except DomainError as error:
        form = untyped(ClearanceForm)
        return _code_page(request, ask, form, show(form, error))
    return redirect(f"{reverse('accounts:code')}?{_state(request)}")


def _confirm(request: ConsoleRequest, ask: Ask, digits: str) -> None:
    confirm_code(purpose=ask.purpose, mobile=_mobile(request, ask), code=digits, binding=ask.binding)


def _send(request: ConsoleRequest, ask: Ask) -> None:
    mobile = _mobile(request, ask)
    limits.codes(client_address(request))
    send_code(purpose=ask.purpose, mobile=mobile, binding=ask.binding, user=request.user)


def _mobile(request: ConsoleRequest, ask: Ask) -> str:
    whose = holder_of(ask, request.user)
    if not whose.mobile:
        raise NoMobile(_("%(name)s has no mobile number to send a code to.") if ask.holder else None, name=whose.name)
    return whose.mobile


def _state(request: ConsoleRequest) -> str:
    return urlencode({"state": request.GET.get("state", "")})


def _code_page(request: ConsoleRequest, ask: Ask, form: ClearanceForm, status: int) -> HttpResponse:
    holder = holder_of(ask, request.user)
    mobile = holder.mobile or ""
    context = {
        "form": form,
        "ask": ask,
        "holder": holder if ask.holder else None,
        "kept": kept_fields(request, ask),
        "state": _state(request),
        "mobile": mask_mobile(mobile) if mobile else "",
        "sending": sending_of(purpose=ask.purpose, mobile=mobile, binding=ask.binding) if mobile else Sending(False, 0),
    }
    return page(request, "accounts/codes/code.html", context, status=status)
