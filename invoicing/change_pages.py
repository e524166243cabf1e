"""What the pages of change requests show: which form is for what, what was asked by the address, how far it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.actors import Actor
from accounts.credit_code import normalise
from accounts.history import Moment, moments
from accounts.models import Account, Event
from accounts.wording import mask_middle
from config.errors import DomainError
from config.forms import refuse
from invoicing.forms.changes import IssuingForm, MergeForm, MoveForm, ReceivingForm
from invoicing.models import ChangeRequest, Taxpayer, Tenant
from invoicing.services.changes import ask_merge, ask_move, ask_replacement
from invoicing.services.tenants import tenants_of

Kind, State = ChangeRequest.Kind, ChangeRequest.State
FORMS: Mapping[str, type[forms.Form]] = {
    Kind.ISSUING: IssuingForm,
    Kind.RECEIVING: ReceivingForm,
    Kind.MOVE: MoveForm,
    Kind.MERGE: MergeForm,
}
WORDS: Mapping[str, tuple[str | Promise, str | Promise, str]] = {
    Kind.ISSUING: (
        gettext_lazy("You issue invoices, and name, tax number or tax device are wrong or have changed"),
        gettext_lazy("What is left of the entitlements for issuing goes to the new tax number."),
        "file-pen",
    ),
    Kind.RECEIVING: (
        gettext_lazy("You receive or verify invoices, and they belong to another tax number"),
        gettext_lazy("What is left of the entitlements for receiving and verifying goes to the new tax number."),
        "inbox",
    ),
    Kind.MOVE: (
        gettext_lazy("An enterprise stands in the wrong tenant"),
        gettext_lazy("It moves with all entitlements and received invoices. The other tenant's account must agree."),
        "arrow-right-left",
    ),
    Kind.MERGE: (
        gettext_lazy("Two tenants should be one"),
        gettext_lazy("One ends and everything in it goes to the other. Another account that is concerned must agree."),
        "git-merge",
    ),
}


@dataclass(frozen=True, slots=True)
class Card:
    """One of the four forms to choose from."""

    kind: str
    title: str | Promise
    text: str | Promise
    icon: str
    label: str
    url: str


@dataclass(slots=True)
class Asked:
    """What the address asks for: the form, whom it is about, where to."""

    account: Account
    kind: str | None = None
    number: str = ""
    taxpayer: Taxpayer | None = None  # of this account
    tenants: Sequence[Tenant] = field(default_factory=list)
    ends: str = ""
    to: str = ""

    @classmethod
    def read(cls, query: Mapping[str, str], account: Account) -> "Asked":
        """Nonsense asks for nothing. An enterprise of somebody else leads to the change of tenant."""
        kind = query.get("kind", "")
        asked = cls(account, kind if kind in Kind.values else None, tenants=list(tenants_of(account=account)))
        asked.number = normalise((query.get("tax_number") or query.get("taxpayer", ""))[:40])
        own = Taxpayer.objects.bound().filter(tenant__in=asked.tenants).select_related("tenant__account")
        asked.taxpayer = own.filter(tax_number=asked.number).first() if asked.number else None
        asked.to, asked.ends = asked._tenant(query.get("to", "")), asked._tenant(query.get("tenant", ""))
        if asked.kind == Kind.MOVE and asked.number and asked.taxpayer is None and len(asked.tenants) == 1:
            asked.to = asked.to or asked.tenants[0].number
        return asked

    def _tenant(self, text: str) -> str:
        """The number of an own tenant, by its number or id; any other number as it was typed."""
        for tenant in self.tenants:
            if text in (str(tenant.pk), tenant.number):
                return tenant.number
        return "" if text.isdecimal() and len(text) < 10 else text[:16]

    @property
    def label(self) -> str:
        """The form's own name."""
        return str(Kind(self.kind).label) if self.kind else ""

    def form(self, data: Any) -> forms.Form:
        """The form, filled in as far as the address tells."""
        initial = {"tax_number": self.number, "to_tenant": self.to, "tenant": self.ends}
        form = FORMS[self.kind or ""](data, initial=initial)
        if data is not None and data.get("compared") and isinstance(form, ReceivingForm):
            form.ask_to_compare()
        return form

    def show(self, form: forms.BaseForm, error: DomainError) -> int:
        """The refusal stands in the form; where something looks alike, the tick that it was compared appears."""
        if isinstance(form, ReceivingForm) and hasattr(error, "found"):
            form.ask_to_compare()
        return show_refusal(form, error)

    def ask(self, actor: Actor, form: forms.Form) -> ChangeRequest:
        """By the service of this form."""
        said: dict[str, Any] = {"actor": actor, "account": self.account, **form.cleaned_data}
        if self.kind == Kind.MOVE:
            return ask_move(**said)
        if self.kind == Kind.MERGE:
            return ask_merge(**said)
        assert self.taxpayer is not None  # noqa: S101
        return ask_replacement(kind=str(self.kind), taxpayer_id=self.taxpayer.pk, **said)

    def draft(self) -> ChangeRequest | None:
        """The request that is not asked yet, to look at what it would move; None for what is not this account's."""
        if self.kind == Kind.MERGE:
            ends = next((tenant for tenant in self.tenants if tenant.number == self.ends), None)
            return ChangeRequest(kind=Kind.MERGE, account=self.account, tenant=ends) if ends else None
        if self.taxpayer is None:
            return None
        return ChangeRequest(
            kind=str(self.kind), account=self.account, tenant=self.taxpayer.tenant, taxpayer=self.taxpayer
        )


def show_refusal(form: forms.BaseForm, error: DomainError) -> int:
    """At its field, or above the form with what to do next."""
    refuse(form, error)
    if error.hint:
        form.add_error(None, str(error.hint))
    return error.status


def cards(asked: Asked) -> list[Card]:
    """The four forms, each with its address that keeps what is known already."""
    kept = {name: value for name, value in (("taxpayer", asked.number), ("tenant", asked.ends)) if value}
    return [
        Card(kind, *WORDS[kind], str(Kind(kind).label), "?" + urlencode({"kind": kind, **kept})) for kind in Kind.values
    ]


def tenant_name(tenant: Tenant | None, change: ChangeRequest, viewer: Account) -> str:
    """The tenant's name; who asked sees of another's only the two ends, until that side has agreed."""
    if tenant is None:
        return ""
    known = tenant.account == viewer or change.account != viewer or change.agreed_at is not None
    return tenant.name if known else mask_middle(tenant.name)


def steps_of(change: ChangeRequest) -> tuple[list[str], int]:
    """The way of this request, and which step is the current one; past the last when it is over."""
    way: list[tuple[str, str]] = [(_("Asked"), "")]
    if change.other_account is not None:
        way.append((_("The other side agrees"), State.TO_AGREE))
    if change.fee_order_id is not None:
        way.append((_("Pay the fee"), State.TO_PAY))
    way += [(_("Reviewed"), State.IN_REVIEW), (_("Done"), State.DONE)]
    names, states = [name for name, _state in way], [state for _name, state in way]
    if change.state not in states:
        return [], 0
    return names, states.index(change.state) + (2 if change.state == State.DONE else 1)


def moments_of(change: ChangeRequest, viewer: Account) -> list[Moment]:
    """What happened to it, newest first."""
    events = Event.objects.filter(subject_type=change._meta.label_lower, subject_id=change.pk)
    return moments(events.select_related("account", "counterpart").order_by("-pk")[:50], viewer=viewer)
