"""What a page asks before it opens: a role in the current account, a relationship on which the account may act."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from accounts.actors import PointMissing, require
from accounts.http import ConsoleRequest
from accounts.models import Account, Relationship
from accounts.permissions import Point, Right
from accounts.targets import NO_MANAGER
from config.errors import DomainError, NotFound

P = ParamSpec("P")
View = Callable[Concatenate[ConsoleRequest, P], HttpResponse]


def needs(right: Right) -> Callable[[View[P]], Callable[Concatenate[HttpRequest, P], HttpResponse]]:
    """The view opens only with this right in the current account: 403 without it; without an account, home explains."""

    def wrap(view: View[P]) -> Callable[Concatenate[HttpRequest, P], HttpResponse]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
            account: Account | None = getattr(request, "account", None)
            if account is None:
                return redirect("accounts:home")
            require(request.actor, right, account)  # type: ignore[attr-defined]
            return view(request, *args, **kwargs)  # type: ignore[arg-type]

        guarded.right = right  # type: ignore[attr-defined]
        return guarded

    return wrap


class NotCertified(DomainError):
    """Only an account that is verified as an enterprise has linked accounts (K2.2)."""

    code = NO_MANAGER.code
    rule = NO_MANAGER.rule
    sentence = NO_MANAGER.sentence
    hint = _("Complete enterprise verification for this account first. It is under “Verification”.")


def certified(view: View[P]) -> View[P]:
    """The view opens only for an account that can have linked accounts; put it below `needs`."""

    @wraps(view)
    def guarded(request: ConsoleRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        if not request.account.is_enterprise:
            raise NotCertified()
        return view(request, *args, **kwargs)

    return guarded


def managed(account: Account, relationship_id: int, point: Point | None = None) -> Relationship:
    """The relationship in which the account is the manager: 404 outside, 403 without the point (K1.2, K7.4)."""
    relationship = (
        Relationship.objects.filter(manager=account, pk=relationship_id)
        .select_related("member__enterprise", "manager__enterprise", "folder")
        .first()
    )
    if relationship is None:
        raise NotFound()
    if point is not None and not relationship.grants(point):
        raise PointMissing(point)
    return relationship


def seen_by(account: Account, relationship_id: int) -> Relationship:
    """The relationship of which the account is one of the two sides, or 404."""
    relationship = (
        Relationship.objects.visible_to(account)
        .filter(pk=relationship_id)
        .select_related("member__enterprise", "manager__enterprise", "folder")
        .first()
    )
    if relationship is None:
        raise NotFound()
    return relationship
