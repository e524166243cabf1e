"""What all forms of this app share: fields that answer the stored form, and `show` for what a service refused."""

from collections.abc import Callable
from typing import Any, TypeVar

from django import forms
from django.http import HttpRequest, QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.citizen_id import parse_citizen_id
from accounts.credit_code import parse as parse_credit_code
from accounts.email_address import normalise_email
from accounts.mobile import normalise_mobile
from accounts.names import clean_name, clean_remark, normalise_username
from config.errors import DomainError
from config.forms import refuse

AnyForm = TypeVar("AnyForm", bound=forms.BaseForm)
TYPED_LENGTH_MAX = 500  # what is longer is no typing but an attack; the rules name the real limits
PASSWORD_LENGTH_MAX = 128  # hashing a novel would keep a worker busy


def show(form: forms.BaseForm, error: DomainError) -> int:
    """The refusal stands at its field, or above the form; answers the status for the page that shows the form again."""
    refuse(form, error)
    return error.status


def typed(request: HttpRequest) -> QueryDict | None:
    """What a form is bound to: the posted fields, even none at all; nothing when the page is only being opened."""
    return request.POST if request.method == "POST" else None


def untyped(form_class: type[AnyForm]) -> AnyForm:
    """A form that nobody has filled in yet and that can still carry a refusal."""
    form = form_class({})
    form.errors.clear()
    return form


class RuledField(forms.CharField):
    """A text that one of the pure rules brings into its stored form; the rule's own sentence says what is wrong.

    `attrs` go to the control. Subclasses fix rule, label and attributes.
    """

    def __init__(self, rule: Callable[[str], str], *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        self.rule = rule
        super().__init__(**{"max_length": TYPED_LENGTH_MAX, **kwargs})
        self.widget.attrs.update(attrs or {})

    def to_python(self, value: Any) -> Any:
        """The stored form, or the empty text."""
        text = str(super().to_python(value) or "")
        return self.rule(text) if text and len(text) <= TYPED_LENGTH_MAX else text

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        """The limit stays out of the page: a browser would silently cut off what is pasted."""
        attrs = super().widget_attrs(widget)
        attrs.pop("maxlength", None)
        return attrs


class MobileField(RuledField):
    """Eleven digits, however they were written."""

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        attrs = {"inputmode": "tel", "autocomplete": "tel-national", **(attrs or {})}
        super().__init__(normalise_mobile, attrs=attrs, **{"label": _("Mobile number"), **kwargs})


class EmailField(RuledField):
    """One mailbox."""

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        attrs = {"inputmode": "email", "autocomplete": "email", **_PLAIN, **(attrs or {})}
        super().__init__(normalise_email, attrs=attrs, **{"label": _("E-mail"), **kwargs})


class UsernameField(RuledField):
    """Lower-case letters, digits and a few signs."""

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        attrs = {"autocomplete": "username", **_PLAIN, **(attrs or {})}
        super().__init__(normalise_username, attrs=attrs, **{"label": _("User name"), **kwargs})


class NameField(RuledField):
    """A name that others read; `length` is the most that fits."""

    def __init__(self, *, length: int = 60, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        super().__init__(
            lambda text: clean_name(text, max_length=length), attrs=attrs, **{"label": _("Name"), **kwargs}
        )


class RemarkField(RuledField):
    """Free text of a few lines; may be empty."""

    widget = forms.Textarea

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        settled = {"label": _("Remark"), "required": False, **kwargs}
        super().__init__(clean_remark, attrs={"rows": 3, **(attrs or {})}, **settled)


class CreditCodeField(RuledField):
    """A unified social credit code."""

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "class": "mono", **_PLAIN, **(attrs or {})}
        settled = {"label": _("Unified social credit code"), **kwargs}
        super().__init__(lambda text: parse_credit_code(text).code, attrs=attrs, **settled)


class CitizenIdField(RuledField):
    """The number of an identity card."""

    def __init__(self, *, attrs: dict[str, Any] | None = None, **kwargs: Any) -> None:
        attrs = {"autocomplete": "off", "class": "mono", **_PLAIN, **(attrs or {})}
        settled = {"label": _("Identity number"), **kwargs}
        super().__init__(lambda text: parse_citizen_id(text).number, attrs=attrs, **settled)


class PasswordField(forms.CharField):
    """A password as it is typed: spaces belong to it. `autocomplete` is `current-password` for an existing one."""

    widget = forms.PasswordInput

    def __init__(self, *, autocomplete: str = "new-password", **kwargs: Any) -> None:
        settled = {"label": _("Password"), "strip": False, "max_length": PASSWORD_LENGTH_MAX, **kwargs}
        super().__init__(**settled)
        self.widget.attrs["autocomplete"] = autocomplete
        self.widget.attrs.pop("maxlength", None)


# No help from the keyboard where a sign more or less makes another word.
_PLAIN = {"autocapitalize": "none", "spellcheck": "false"}


class Confirmation(forms.Form):
    """Nothing to type: a page that asks before an act, and a place for what stands in its way."""
