"""Delicate acts ask for a code from the person's phone first.

    @needs(Right.MANAGE_LINKS)
    @needs_code(OneTimeCode.Purpose.INVITE, own_account)
    def new(request: ConsoleRequest) -> HttpResponse: ...

Without a passed code the view does not open: the person is led to the code page (`accounts:code`) and from there back
to where they were going. What they had typed into a form goes along and is sent again for them. Having opened, the
view calls a service, and that spends the code in its own transaction.
"""

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.core import signing
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext_lazy as _
from django_htmx.http import HttpResponseClientRedirect

from accounts.http import ConsoleRequest
from accounts.models import OneTimeCode, User
from accounts.services.codes import has_clearance
from config.errors import DomainError

P = ParamSpec("P")
View = Callable[Concatenate[ConsoleRequest, P], HttpResponse]

STATE_SECONDS = 1800
KEPT_KEY = "kept_form"
KEPT_BYTES_MAX = 20_000
# Passwords are typed again rather than kept; the other two belong to the page, which draws its own.
NOT_KEPT = ("password", "csrfmiddlewaretoken", "_account")
_SALT = "accounts.clearance"


class AskStale(DomainError):
    """The address of the code page is too old, cut off, or somebody else's."""

    code = "code_page_stale"
    sentence = _("This page had been open for too long. Start again from where you wanted to go.")


@dataclass(frozen=True, slots=True)
class Ask:
    """What the code page has to know. It travels signed in its address, so nobody can turn it to another purpose."""

    purpose: str
    binding: str
    next: str
    user: int
    kept: str = ""  # names the typed form that waits in the session
    holder: int = 0  # to whose phone the code goes, where it is not the person's own

    @property
    def signed(self) -> str:
        """The form in which it travels."""
        return signing.dumps(asdict(self), salt=_SALT, compress=True)

    @property
    def url(self) -> str:
        """The code page for it."""
        return f"{reverse('accounts:code')}?{urlencode({'state': self.signed})}"

    @property
    def words(self) -> str:
        """What the code is good for, as in “invite an account”."""
        return str(OneTimeCode.Purpose(self.purpose).label)


def read_ask(signed: str, user: User) -> Ask:
    """The question as it was asked of this person; raises AskStale for anything else."""
    try:
        ask = Ask(**signing.loads(signed, salt=_SALT, max_age=STATE_SECONDS))
    except (signing.BadSignature, TypeError, ValueError) as error:
        raise AskStale() from error
    if ask.user != user.pk:
        raise AskStale()
    return ask


def holder_of(ask: Ask, user: User) -> User:
    """The person whose phone gets the code."""
    return User.objects.get(pk=ask.holder) if ask.holder else user


def own_account(request: ConsoleRequest, **_kwargs: object) -> str:
    """Binds a code to the account that the person stands in."""
    return f"account:{request.account.pk}"


def own_relationship(_request: ConsoleRequest, *, pk: int, **_kwargs: object) -> str:
    """Binds a code to the relationship of the address (`<int:pk>`)."""
    return f"relationship:{pk}"


def needs_code(
    purpose: str, binding: Callable[..., str], holder: Callable[..., User] | None = None
) -> Callable[[View[P]], View[P]]:
    """The view opens only while a passed code for this purpose and object is unspent; put it below `needs`.

    `binding(request, **kwargs)` names the object in the same words as the service that spends the code. The code goes
    to the phone of `holder(request, **kwargs)`, who may be somebody else; without, to the person's own.
    """

    def wrap(view: View[P]) -> View[P]:
        @wraps(view)
        def guarded(request: ConsoleRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            bound = binding(request, **kwargs)
            whose = holder(request, **kwargs) if holder else request.user
            if has_clearance(user=whose, purpose=purpose, binding=bound):
                return view(request, *args, **kwargs)
            return _lead_to_code_page(request, purpose, bound, whose)

        guarded.code_purpose = purpose  # type: ignore[attr-defined]
        return guarded

    return wrap


def _lead_to_code_page(request: ConsoleRequest, purpose: str, binding: str, holder: User) -> HttpResponse:
    ask = Ask(
        purpose=str(purpose),
        binding=binding,
        next=request.get_full_path(),
        user=request.user.pk,
        kept=_keep_form(request) if request.method == "POST" else "",
        holder=holder.pk if holder.pk != request.user.pk else 0,
    )
    if request.htmx:
        return HttpResponseClientRedirect(ask.url)
    return HttpResponseRedirect(ask.url)


def _keep_form(request: HttpRequest) -> str:
    """Puts what was typed into the session, in the place of what waited there before, and answers its name."""
    typed = QueryDict(mutable=True)
    for name, values in request.POST.lists():
        if not any(word in name for word in NOT_KEPT):
            typed.setlist(name, values)
    text = typed.urlencode()
    if len(text) > KEPT_BYTES_MAX:
        return ""
    name = secrets.token_urlsafe(8)
    request.session[KEPT_KEY] = {"name": name, "typed": text}
    return name


def kept_fields(request: HttpRequest, ask: Ask) -> list[tuple[str, str]]:
    """The typed form that waits for this question, field by field."""
    waiting = _waiting(request, ask)
    if waiting is None:
        return []
    return [(name, value) for name, values in QueryDict(waiting["typed"]).lists() for value in values]


def _waiting(request: HttpRequest, ask: Ask) -> dict[str, Any] | None:
    """The form that waits for this question; it may have no field but its button."""
    waiting: dict[str, Any] = request.session.get(KEPT_KEY) or {}
    return waiting if ask.kept and waiting.get("name") == ask.kept else None


def onward(request: HttpRequest, ask: Ask) -> HttpResponse:
    """Back to where the person was going; a typed form, which the code page carried, is sent there again (307)."""
    carried = _waiting(request, ask) is not None
    request.session.pop(KEPT_KEY, None)
    return HttpResponseRedirect(ask.next, preserve_request=carried)
