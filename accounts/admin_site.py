"""The admin for support staff: the stock one, behind a second factor.

A member of staff logs in with name, password and the code of an authenticator app. Whoever has no app yet is led to
the page that sets one up and can open nothing else. A log-in to the console alone opens nothing here.
"""

from typing import Any

import django_otp
import segno
from django.contrib.admin import AdminSite
from django.contrib.auth import authenticate, logout
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from accounts import limits
from accounts.actors import Door
from accounts.admin_index import grouped, waiting_for
from accounts.backends import counted_name, login_name
from accounts.entering import enter, wanted
from accounts.forms.base import show
from accounts.forms.staff import SecondFactorForm, StaffLoginForm
from accounts.http import actor_at
from accounts.models import User
from accounts.services import second_factor
from config.errors import DomainError, InputError
from config.web import client_address, own_address, page

KEY = "second_factor_key"  # in the session, until the app has proved that it has it


class WrongStaffLogin(DomainError):
    """One answer for every reason."""

    code = "wrong_login"
    status = 422
    sentence = _("Name and password do not belong together, or this is no staff login.")


class StaffSite(AdminSite):
    """Who may come in, and by which steps."""

    site_header = _("Support")
    site_title = _("Support")
    index_title = _("What waits for you")
    site_url = "/"
    empty_value_display = "—"

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff, and in this log-in proved by the app."""
        return _is_staff(request.user) and bool(request.user.is_verified())  # type: ignore[union-attr]

    def get_urls(self) -> list[URLResolver | URLPattern]:
        """The stock pages and the one that sets the app up."""
        own = [path("second-factor/", self.set_up, name="second_factor")]
        return [*own, *super().get_urls()]

    @method_decorator(never_cache)
    @method_decorator(csrf_protect)
    @method_decorator(sensitive_post_parameters("password", "code"))
    @login_not_required
    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:  # noqa: ARG002
        """Name, password and code; for somebody who is in the console already, the code only."""
        if self.has_permission(request):
            return redirect(own_address(request, wanted(request)) or self._index())
        known = request.user if _is_staff(request.user) else None
        if isinstance(known, User) and second_factor.device_of(user=known) is None:
            return self._lead_to_set_up(request)
        form = (SecondFactorForm if known else StaffLoginForm)(request.POST or None)
        status = 200
        if form.is_bound:
            status = 422
            if form.is_valid():
                try:
                    return self._let_in(request, known, form.cleaned_data)
                except DomainError as error:
                    status = show(form, error)
        context = {"form": form, "next": wanted(request), "known": known}
        return page(request, "admin/login.html", context, status=status)

    def _let_in(self, request: HttpRequest, known: Any, typed: dict[str, str]) -> HttpResponse:
        name = known.username if known else login_name(typed["identifier"])
        counted = counted_name(name)
        limits.logins(counted, client_address(request))
        user = known or authenticate(request, username=name, password=typed["password"])
        if not isinstance(user, User) or not _is_staff(user):
            raise WrongStaffLogin()
        if second_factor.device_of(user=user) is None:
            enter(request, user)
            return self._lead_to_set_up(request)
        if not typed["code"]:
            raise InputError("code", _("Type the six digits that your authenticator app shows."))
        device = second_factor.verify(user=user, code=typed["code"])
        limits.logins_passed(counted)
        target = wanted(request) or self._index()
        response = redirect(target) if known else enter(request, user, target=target)
        django_otp.login(request, device)
        return response

    def _lead_to_set_up(self, request: HttpRequest) -> HttpResponse:
        response = redirect("admin:second_factor")
        if target := wanted(request):
            request.session["second_factor_next"] = target
        return response

    @method_decorator(never_cache)
    @method_decorator(csrf_protect)
    @login_not_required
    def set_up(self, request: HttpRequest) -> HttpResponse:
        """Shows the key as a QR code and takes the first code; from then on every log-in needs one."""
        user = request.user
        if not isinstance(user, User) or not _is_staff(user):
            return redirect("admin:login")
        if second_factor.device_of(user=user) is not None:
            return redirect(self._index())
        key = request.session.setdefault(KEY, second_factor.new_key())
        form, status = SecondFactorForm(request.POST or None), 200
        if form.is_bound:
            status = 422
            if form.is_valid():
                try:
                    return self._confirm(request, user, key, form.cleaned_data["code"])
                except DomainError as error:
                    status = show(form, error)
        device = second_factor.unsaved_device(user=user, key=key)
        picture = segno.make(device.config_url, error="m").svg_data_uri(scale=5, border=2, light="#fff")
        context = {"form": form, "picture": picture, "secret": _in_groups(device.config_url)}
        return page(request, "admin/second_factor.html", context, status=status)

    def _confirm(self, request: HttpRequest, user: User, key: str, code: str) -> HttpResponse:
        limits.logins(user.username, client_address(request))
        device = second_factor.set_up(actor=actor_at(request, Door.STAFF, user=user), key=key, code=code)
        limits.logins_passed(user.username)
        request.session.pop(KEY, None)
        django_otp.login(request, device)
        return redirect(request.session.pop("second_factor_next", "") or self._index())

    @method_decorator(require_POST)
    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:  # noqa: ARG002
        """Nobody is logged in in this browser; the next page asks for the second factor again."""
        logout(request)
        return redirect("admin:login")

    def password_change(
        self,
        request: HttpRequest,  # noqa: ARG002
        extra_context: dict[str, Any] | None = None,  # noqa: ARG002
    ) -> Any:
        """The console's own page, which records the change and ends other log-ins."""
        return redirect("accounts:password-change")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """What waits for somebody, then everything by topic."""
        return super().index(request, {"waiting": waiting_for(request), **(extra_context or {})})

    def get_app_list(self, request: HttpRequest, app_label: str | None = None) -> Any:
        """By topic rather than by app; an app's own page stays as it is."""
        listed = super().get_app_list(request, app_label)
        return listed if app_label else grouped(listed)

    def _index(self) -> str:
        return reverse("admin:index")


def _is_staff(user: Any) -> bool:
    return isinstance(user, User) and user.is_active and user.is_staff


def _in_groups(config_url: str) -> str:
    """The secret as a person types it: four signs at a time."""
    secret = config_url.partition("secret=")[2].partition("&")[0]
    return " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))
