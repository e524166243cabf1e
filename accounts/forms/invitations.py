"""The two forms of the invitation: whom and as what, then with which permissions."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.forms.base import RemarkField
from accounts.forms.permissions import TermsForm
from accounts.models import Relationship
from accounts.targets import TargetCheck
from accounts.wording import KIND_HINTS
from config.forms import CardSelect


class KindSelect(CardSelect):
    """The two kinds as cards; one that does not work with this account cannot be chosen, and says why."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(hints=KIND_HINTS, **kwargs)
        self.blocked: set[str] = set()

    def block(self, kinds: Iterable[str], reason: Any) -> None:
        """These kinds cannot be chosen; the reason stands in place of what they are."""
        self.blocked = set(kinds)
        self.hints |= dict.fromkeys(self.blocked, reason)

    def create_option(self, name: str, value: Any, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Django's option, disabled where it is blocked."""
        option = super().create_option(name, value, *args, **kwargs)
        if str(value) in self.blocked:
            option["attrs"]["disabled"] = True
        return option


class KindField(forms.ChoiceField):
    """Enterprise group or partner."""

    widget = KindSelect

    def __init__(self, **kwargs: Any) -> None:
        messages = {"required": _("Please choose enterprise group or partner.")}
        super().__init__(
            label=_("Kind of relationship"), choices=Relationship.Kind.choices, error_messages=messages, **kwargs
        )

    def offer(self, check: TargetCheck) -> None:
        """Only what works with this account can be chosen (K3.5, K6.2)."""
        missing = [kind for kind, _label in Relationship.Kind.choices if kind not in check.kinds]
        if check.group_problem is not None and isinstance(self.widget, KindSelect):
            self.widget.block(missing, check.group_problem.sentence)


class StartForm(forms.Form):
    """Step 1 (K4.3). The kind may be left for step 2 (Q-2)."""

    identifier = forms.CharField(
        label=_("Account to invite"),
        max_length=254,
        help_text=_("Its user name, or the e-mail address that it was registered with."),
        error_messages={"required": _("Enter the account's user name or registration e-mail.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}),
    )
    remark = RemarkField(
        help_text=_("For your own list, such as a department or project. The invited account does not see it."),
        attrs={"rows": 2},
    )
    kind = KindField(required=False, help_text=_("You can also choose it in the next step."))

    def fit(self, check: TargetCheck) -> bool:
        """Says at the right field what is wrong with this target; True when nothing is."""
        if check.problem is not None:
            self.add_error("identifier", forms.ValidationError(str(check.problem.sentence), code=check.problem.code))
            return False
        self.offer(check)
        wanted = self.cleaned_data.get("kind")
        if wanted and wanted not in check.kinds and check.group_problem is not None:
            problem = check.group_problem
            self.add_error("kind", forms.ValidationError(str(problem.sentence), code=problem.code))
            return False
        return True

    def offer(self, check: TargetCheck) -> None:
        """The kinds that work with this account."""
        field = self.fields["kind"]
        if isinstance(field, KindField):
            field.offer(check)


class InvitationTermsForm(TermsForm):
    """Step 2: the kind may be given or changed here as well (Q-2), and decides what can be asked for."""

    kind = KindField()
    field_order = ["kind", "preset", "points", "inherits"]

    def __init__(self, *args: Any, check: TargetCheck, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["kind"]
        if isinstance(field, KindField):
            field.offer(check)
