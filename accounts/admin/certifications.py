"""Certifications to review: what was applied for, what the register says, what looks suspicious, and two buttons."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor
from accounts.admin.base import Ask, Button, StaffAdmin, Text
from accounts.admin.panels import History, Notice, Panel, at, history, link, of_subject, pill, table, when
from accounts.credit_code import near, parse
from accounts.models import Account, Certification, Enterprise
from accounts.names import name_key
from accounts.registry import RegistryEntry, registry
from accounts.services.certifications import approve_certification, reject_certification
from config.errors import DomainError

State = Certification.State
TONES = {State.SUBMITTED: "wait", State.APPROVED: "ok", State.REJECTED: "stop"}
MAY_REVIEW = "accounts.change_certification"
NEIGHBOURS_MAX = 20_000  # codes of one place that are compared; beyond that the register decides alone


def _approve(actor: Actor, row: Certification, _typed: Mapping[str, str]) -> Text:
    approve_certification(actor=actor, certification_id=row.pk)
    return _now("Approved: “%(account)s” is certified as %(name)s.") % {"account": row.account, "name": row}


def _reject(actor: Actor, row: Certification, typed: Mapping[str, str]) -> Text:
    reject_certification(actor=actor, certification_id=row.pk, reason=typed.get("reason", ""))
    return _now("Rejected. The applicant is told the reason and can apply again.")


def _waits(row: Certification) -> bool:
    return bool(row.state == State.SUBMITTED)


@admin.register(Certification)
class CertificationAdmin(StaffAdmin):
    """The queue, oldest first among those that wait, and the review."""

    list_display = [
        "shown_name",
        "shown_state",
        "kind",
        "account",
        "credit_code",
        at("submitted_at", _("submitted")),
        "reviewed_by",
    ]
    list_filter = ["state", "kind"]
    list_select_related = ["account", "reviewed_by"]
    search_fields = ["enterprise_name", "=credit_code", "holder_name", "account__name", "=account__number"]
    search_help_text = _("Company, credit code, person, account name or account number")
    fieldsets = [
        (
            _("Applied for"),
            {
                "fields": [
                    "kind",
                    "account_link",
                    "enterprise_name",
                    "credit_code",
                    "legal_representative",
                    "registered_address",
                    "holder_name",
                    "holder_id_masked",
                ]
            },
        ),
        (_("Course"), {"fields": ["submitted_by", "submitted_at", "reviewed_by", "reviewed_at", "reason"]}),
    ]
    readonly_fields = ["account_link"]
    buttons = [
        Button(
            "approve",
            _("Approve"),
            _approve,
            MAY_REVIEW,
            icon="badge-check",
            warning=_("The account is certified with exactly these data. This cannot be taken back here."),
            offered=_waits,
        ),
        Button(
            "reject",
            _("Reject"),
            _reject,
            MAY_REVIEW,
            icon="file-x",
            danger=True,
            ask=Ask("reason", _("Reason"), 300, _("The applicant reads it: say what has to be different.")),
            offered=_waits,
        ),
    ]

    def get_ordering(self, request: HttpRequest) -> list[str]:
        """First come, first served while looking at the queue; otherwise the latest first."""
        waiting = request.GET.get("state__exact") == State.SUBMITTED
        return ["submitted_at", "pk"] if waiting else ["-submitted_at", "-pk"]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """Only what this kind of application has, and of its course only what has happened."""
        shown = []
        for title, options in super().get_fieldsets(request, obj):
            fields = [name for name in options["fields"] if name == "account_link" or getattr(obj, str(name), None)]
            shown.append((title, {**options, "fields": fields}))
        return shown

    def state(self, row: Certification) -> Text:
        """Waiting, or how it was decided."""
        return pill(State(row.state).label, TONES[State(row.state)])

    def notices(self, request: HttpRequest, row: Certification) -> Sequence[Notice]:  # noqa: ARG002
        """What a reviewer must not overlook."""
        return list(_warnings(row)) if row.kind == Certification.Kind.ENTERPRISE and _waits(row) else []

    def panels(self, request: HttpRequest, row: Certification) -> Sequence[Panel | History]:  # noqa: ARG002
        """What the register says, other applications with the same data, and the course."""
        found: list[Panel | History] = []
        if row.kind == Certification.Kind.ENTERPRISE and _waits(row):
            found.append(_register(row))
        return [*found, _others(row), history(of_subject(row))]

    @admin.display(description=_("name"), ordering="enterprise_name")
    def shown_name(self, row: Certification) -> str:
        """Company or person."""
        return str(row)

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Certification) -> SafeString:
        """As a pill."""
        return pill(State(row.state).label, TONES[State(row.state)])

    @admin.display(description=_("account"))
    def account_link(self, row: Certification) -> SafeString | str:
        """The account's own page."""
        return format_html("{} · {}", link(row.account), row.account.number)


def _warnings(row: Certification) -> Iterator[Notice]:
    known = Enterprise.objects.filter(credit_code=row.credit_code).first()
    if known is not None and known.name != row.enterprise_name:
        words = _now("This credit code is already known as “%(known)s”; with another name it cannot be approved.")
        yield Notice(words % {"known": known.name}, "stop", _("The name differs"), [_as_link(known)])
    elif known is not None:
        count = Account.objects.filter(enterprise=known).count()
        words = _now("%(count)s accounts are already certified as this company. That is allowed.")
        yield Notice(words % {"count": count}, "info", _("A known company"), [_as_link(known)])
    if alike := look_alikes(row.credit_code):
        words = _now("One slip of the hand away from a known code. Compare with the licence, character by character.")
        yield Notice(words, "warn", _("The code looks like another"), [_as_link(other) for other in alike])
    if not parse(row.credit_code).organisation_fits:
        words = _now("The organisation code inside (characters 9 to 17) does not fit its own check character.")
        yield Notice(words, "warn", _("Look at the code again"))


def _as_link(row: Enterprise) -> SafeString:
    return format_html("{} <code>{}</code>", link(row), row.credit_code)


def look_alikes(code: str) -> list[Enterprise]:
    """Known companies whose code is one slip away. A slip leaves the first or the last eight characters as they are,
    so only codes that share one of these are compared."""
    neighbours: QuerySet[Enterprise] = Enterprise.objects.filter(
        Q(credit_code__startswith=code[:8]) | Q(credit_code__endswith=code[-8:])
    ).exclude(credit_code=code)
    codes = neighbours.values_list("credit_code", flat=True)[:NEIGHBOURS_MAX]
    alike = [other for other in codes.iterator() if near(code, other)]
    return list(Enterprise.objects.filter(credit_code__in=alike).order_by("credit_code")) if alike else []


def _register(row: Certification) -> Panel:
    """The register's entry of this code, or else of this name, each value compared with the application."""
    title = _("What the company register says")
    try:
        entry = _entry_of(row)
    except DomainError as error:
        return Panel(title, empty=str(error))
    if entry is None:
        return Panel(title, empty=_("The register knows neither this code nor this name."))
    compared = [
        (_("registered name"), row.enterprise_name, entry.name),
        (_("credit code"), row.credit_code, entry.credit_code),
        (_("legal representative"), row.legal_representative, entry.legal_representative),
        (_("registered address"), row.registered_address, entry.registered_address),
    ]
    rows: list[Sequence[Any]] = [[name, ours, theirs, _verdict(ours, theirs)] for name, ours, theirs in compared]
    active = entry.status == "active"
    words = pill(_("In business"), "ok") if active else pill(_("Deregistered"), "stop")
    rows.append([_("business status"), "", words, "" if active else pill(_("Do not approve"), "stop")])
    return table(title, ["", _("In the application"), _("In the register"), ""], rows)


def _entry_of(row: Certification) -> RegistryEntry | None:
    source = registry()
    for text in (row.credit_code, row.enterprise_name):
        for entry in source.search(text):
            if row.credit_code == entry.credit_code or name_key(row.enterprise_name) == name_key(entry.name):
                return entry
    return None


def _verdict(ours: str, theirs: str) -> SafeString | str:
    if not ours or not theirs:
        return pill(_("Not to compare"))
    same = name_key(ours) == name_key(theirs)
    return pill(_("Same"), "ok") if same else pill(_("Different"), "stop")


def _others(row: Certification) -> Panel:
    same = Q(account=row.account)
    if row.credit_code:
        same |= Q(credit_code=row.credit_code)
    others = Certification.objects.filter(same).exclude(pk=row.pk).select_related("account").order_by("-pk")[:51]
    columns = [_("name"), _("account"), _("state"), _("reason"), _("submitted")]
    rows = [
        [
            link(other),
            link(other.account),
            pill(State(other.state).label, TONES[State(other.state)]),
            other.reason,
            when(other.submitted_at),
        ]
        for other in others
    ]
    return table(_("Other applications of this account or with this code"), columns, rows)
