"""Rows that staff add by a service, once; afterwards they are read-only but for their buttons."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from django import forms
from django.db.models import Model
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import StaffAdmin, Text, staff_actor
from accounts.admin.panels import History, Panel, history, of_subject, pill
from accounts.models import Account

if TYPE_CHECKING:
    BaseForm = forms.ModelForm[Model]
else:
    BaseForm = forms.ModelForm


class GrantForm(BaseForm):
    """For the account with this number."""

    number = forms.CharField(label=_("account number"), max_length=20)

    def clean_number(self) -> Account:
        """The account of this number."""
        account = Account.objects.filter(number=self.cleaned_data["number"].strip()).first()
        if account is None:
            raise forms.ValidationError(_("There is no account with this number."))
        return account


class AddedAdmin(StaffAdmin):
    """`asked` are the fields of the form, `shown` those of the page; `add` calls the service."""

    asked: ClassVar[Sequence[str]] = ()
    shown: ClassVar[Sequence[str]] = ()

    def add(self, actor: Actor, typed: Mapping[str, Any]) -> Model:
        """The new row."""
        raise NotImplementedError

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:  # noqa: ARG002
        """What is asked, or what was added."""
        return list(self.asked if obj is None else self.shown)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff with that right."""
        return request.user.has_perm(f"{self.opts.app_label}.add_{self.opts.model_name}")

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:  # noqa: ARG002
        """By the service."""
        row = self.add(staff_actor(request), form.cleaned_data)
        for field in row._meta.concrete_fields:
            setattr(obj, field.attname, getattr(row, field.attname))
        obj._state.adding = False

    def panels(self, request: HttpRequest, row: Any) -> Sequence[Panel | History]:  # noqa: ARG002
        """What happened to it."""
        return [history(of_subject(row))]


def account_asked(typed: Mapping[str, Any]) -> dict[str, Any]:
    """The form's values, the account under its own name."""
    return {("account" if name == "number" else name): value for name, value in typed.items()}


def dated(row: Any) -> Text:
    """Whether a row with a time holds now."""
    now: datetime = timezone.now()
    if row.valid_until is not None and row.valid_until <= now:
        return pill(_("Over"))
    return pill(_("Valid"), "ok") if row.valid_from <= now else pill(_("Not yet valid"), "wait")


def runs_on(row: Any) -> bool:
    """It has not ended."""
    return row.valid_until is None or row.valid_until > timezone.now()
