"""The two steps that every proof of a number begins with: which number, and the code that it received.

Registration, a forgotten password and a new number differ in their words and in what follows.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.functional import Promise
from django.utils.translation import gettext as _

from accounts.attempt import attempt
from accounts.forms.base import show, typed, untyped
from accounts.forms.codes import CodeForm
from accounts.mobile import mask_mobile
from accounts.proof import NumberProof
from config.errors import DomainError
from config.web import page


@dataclass(frozen=True, slots=True)
class Flow:
    """One way through: where its steps are (URL names) and which templates draw them."""

    proof: Callable[[HttpRequest], NumberProof]
    start: str
    code: str
    send: str
    after: str
    start_template: str
    code_template: str
    steps: Sequence[str | Promise]
    finish: Callable[[HttpRequest, NumberProof], HttpResponse] | None = None  # at once, in place of a third step


def begin(
    request: HttpRequest,
    flow: Flow,
    form: Form,
    context: Mapping[str, Any] | None = None,
    *,
    first: Callable[[], None] | None = None,
) -> HttpResponse:
    """The form that names a number; sent rightly, a code is on its way and the next page asks for it.

    `first` may refuse before anything is sent.
    """

    def act() -> None:
        if first is not None:
            first()
        flow.proof(request).begin(form.cleaned_data["mobile"])

    tried = attempt(request, form, act)
    if tried.done:
        return redirect(flow.code)
    context = {"form": form, "now": 1, "flow": flow, **(context or {})}
    return page(request, flow.start_template, context, status=tried.status)


def ask_code(request: HttpRequest, flow: Flow) -> HttpResponse:
    """The form for the code; the right one leads on."""
    proof = flow.proof(request)
    if not proof.mobile:
        return redirect(flow.start)
    if proof.passed:
        return redirect(flow.after)
    form = CodeForm(typed(request))
    tried = attempt(request, form, lambda: proof.confirm(form.cleaned_data["code"]))
    if tried.done:
        return flow.finish(request, proof) if flow.finish else redirect(flow.after)
    return _code_page(request, flow, proof, form, tried.status)


def send_again(request: HttpRequest, flow: Flow) -> HttpResponse:
    """Another code is on its way to the same number, or the page says when it can be."""
    proof = flow.proof(request)
    if not proof.mobile:
        return redirect(flow.start)
    try:
        proof.send_again()
    except DomainError as error:
        form = untyped(CodeForm)
        return _code_page(request, flow, proof, form, show(form, error))
    messages.success(request, _("A new code is on its way."))
    return redirect(flow.code)


def _code_page(request: HttpRequest, flow: Flow, proof: NumberProof, form: Form, status: int) -> HttpResponse:
    context = {
        "form": form,
        "now": 2,
        "flow": flow,
        "sending": proof.sending,
        "sent_to": mask_mobile(proof.mobile),
    }
    return page(request, flow.code_template, context, status=status)
