"""What every page of staff stands on: read-only, with buttons that call services and panels that tell the story.

A button is a POST form on the object's page. It does one thing by one service, as the member of staff who pressed it,
and says what is true now; a refusal is shown as its sentence, never as an error page.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.forms import ModelForm
from django.http import Http404, HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.text import capfirst
from django.views.decorators.http import require_POST

from accounts.actors import Actor, Door
from accounts.admin.panels import History, Notice, Panel
from accounts.http import actor_at
from accounts.models import User
from config.admin import ReadOnlyAdmin
from config.errors import DomainError

_REFUSAL = "_refusal"  # on a request: why the service refused what was typed
Text = str | Promise
Act = Callable[[Actor, Any, Mapping[str, str]], Text]


def _refused(form: "type[ModelForm[Any]]", error: DomainError) -> "type[ModelForm[Any]]":
    """The same form, not valid: the service's sentence stands at its field, or above all of them."""

    def clean(self: Any) -> Any:
        typed = super(refused, self).clean()
        field = getattr(error, "field", None)
        self.add_error(field if field in self.fields else None, f"{error} {error.hint}".strip())
        return typed

    refused: type[ModelForm[Any]] = type(form.__name__, (form,), {"clean": clean})
    return refused


@dataclass(frozen=True, slots=True)
class Ask:
    """What the person has to write before pressing."""

    name: str
    label: Text
    length: int
    hint: Text = ""
    short: bool = False  # one line


@dataclass(frozen=True, slots=True)
class Button:
    """One act on one object. With `warning` it takes a second press, below what will follow."""

    name: str
    label: Text
    act: Act
    permission: str
    icon: str = ""
    danger: bool = False
    warning: Text = ""
    ask: Ask | None = None
    also: tuple[Ask, ...] = ()  # asked after it
    offered: Callable[[Any], bool] = field(default=lambda _row: True)
    superuser: bool = False

    @property
    def asks(self) -> tuple[Ask, ...]:
        """Everything that has to be written."""
        return (*((self.ask,) if self.ask else ()), *self.also)

    def open_to(self, user: User) -> bool:
        """Whether this member of staff may press it; the service asks again."""
        return user.has_perm(self.permission) and (user.is_superuser or not self.superuser)


def staff_actor(request: HttpRequest) -> Actor:
    """The member of staff behind the request, as services see them."""
    return actor_at(request, Door.STAFF, user=request.user if isinstance(request.user, User) else None)


class StaffAdmin(ReadOnlyAdmin):
    """Read-only. Subclasses name buttons, panels and notices; lists are paged and ask nothing per row."""

    change_form_template = "admin/object.html"
    change_list_template = "admin/list.html"
    actions = None
    show_facets = admin.ShowFacets.NEVER
    list_per_page = 50
    show_full_result_count = False
    buttons: Sequence[Button] = ()

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:  # noqa: ARG002
        """Whoever may see or change rows of this kind."""
        label, name = self.opts.app_label, self.opts.model_name
        return any(request.user.has_perm(f"{label}.{what}_{name}") for what in ("view", "change"))

    def panels(self, request: HttpRequest, row: Any) -> Sequence[Panel | History]:  # noqa: ARG002
        """What belongs to the row."""
        return ()

    def notices(self, request: HttpRequest, row: Any) -> Sequence[Notice]:  # noqa: ARG002
        """What must be read first."""
        return ()

    def title(self, row: Any) -> str:
        """The heading of the row's page. It may ask the database, which `__str__` must not."""
        return str(row)

    def state(self, row: Any) -> Text:  # noqa: ARG002
        """How the row stands, as a pill beside its name."""
        return ""

    def get_urls(self) -> list[URLPattern]:
        """The stock pages, and one address for each press of a button."""
        name = f"{self.opts.app_label}_{self.opts.model_name}_press"
        press = path("<path:object_id>/do/<slug:button>/", self.admin_site.admin_view(self.press), name=name)
        return [press, *super().get_urls()]

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The object's page: name and state, notices, buttons, facts, panels."""
        row = self.get_object(request, unquote(object_id))
        context: dict[str, Any] = dict(extra_context or {})
        if row is not None and self.has_view_permission(request, row):
            context |= {
                "title": self.title(row),
                "subtitle": None,
                "state": self.state(row),
                "notices": self.notices(request, row),
                "buttons": self.offered(request, row),
                "panels": self.panels(request, row),
            }
        return super().change_view(request, object_id, form_url, context)

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """One save button: what is added here is done with. What the service refuses is said in the form, as typed."""
        once = {"show_save_and_add_another": False, "show_save_and_continue": False, **(extra_context or {})}
        try:
            return super().add_view(request, form_url, once)
        except DomainError as error:
            setattr(request, _REFUSAL, error)
            return super().add_view(request, form_url, once)

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any
    ) -> "type[ModelForm[Any]]":
        """The form; once its service has refused what was typed, one that says so."""
        form = super().get_form(request, obj, change=change, **kwargs)
        refusal: DomainError | None = getattr(request, _REFUSAL, None)
        return form if refusal is None else _refused(form, refusal)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Headed by what is listed."""
        title = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, {**title, **(extra_context or {})})

    def offered(self, request: HttpRequest, row: Any) -> list[tuple[Button, str]]:
        """The buttons that fit the row now and are open to this member of staff, each with its address."""
        if not isinstance(request.user, User):
            return []
        user, name = request.user, f"admin:{self.opts.app_label}_{self.opts.model_name}_press"
        fitting = [button for button in self.buttons if button.open_to(user) and button.offered(row)]
        return [(button, reverse(name, args=[quote(row.pk), button.name])) for button in fitting]

    @method_decorator(require_POST)
    def press(self, request: HttpRequest, object_id: str, button: str) -> HttpResponse:
        """Does what the button says, by its service, and shows the object again with what is true now."""
        row: Model | None = self.get_object(request, unquote(object_id))
        wanted = next((each for each in self.buttons if each.name == button), None)
        if row is None or wanted is None:
            raise Http404
        if not self.has_view_permission(request, row) or not wanted.open_to(request.user):  # type: ignore[arg-type]
            raise PermissionDenied
        try:
            said = wanted.act(staff_actor(request), row, request.POST.dict())
        except DomainError as error:
            self.message_user(request, f"{error} {error.hint}".strip(), messages.ERROR)
        else:
            self.message_user(request, str(said), messages.SUCCESS)
        return redirect(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", quote(row.pk))

    def press_form(self, request: HttpRequest, row: Any, button: str, label: Text, **typed: str) -> SafeString:
        """A small form for one row of a panel: presses the button with these values."""
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_press", args=[quote(row.pk), button])
        values = format_html_join("", '<input type="hidden" name="{}" value="{}">', typed.items())
        return format_html(
            '<form class="press-small" method="post" action="{}">'
            '<input type="hidden" name="csrfmiddlewaretoken" value="{}">{}<button type="submit">{}</button></form>',
            address,
            get_token(request),
            values,
            label,
        )
