"""What is told: system messages to publish, letters and texts with what became of them; and what happened."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from accounts.actors import Actor, Door
from accounts.admin.base import Button, StaffAdmin, Text, staff_actor
from accounts.admin.panels import History, Notice, Panel, at, history, link, of_subject, pill, when
from accounts.admin_index import NEEDED_NO_MORE, undelivered
from accounts.delivery_problems import describe_problem
from accounts.event_texts import GROUPS, sentence
from accounts.models import Delivery, Event, Message
from accounts.services.deliveries import resend_delivery
from accounts.services.messages import publish_message

DELIVERY_TONES = {Delivery.State.QUEUED: "wait", Delivery.State.SENT: "ok", Delivery.State.FAILED: "stop"}


if TYPE_CHECKING:
    BaseForm = forms.ModelForm[Message]
else:
    BaseForm = forms.ModelForm


class MessageForm(BaseForm):
    """A message to everybody; without a beginning it appears at once."""

    class Meta:
        model = Message
        fields = ["title", "body", "title_en", "body_en", "published_at", "valid_until"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if field := self.fields.get("published_at"):
            field.required = False
            field.initial = None
            self.initial.pop("published_at", None)  # the moment at which the form was opened would mean nothing
            field.help_text = _("Leave empty to publish at once.")
            self.fields["title_en"].help_text = _("Shown to whoever reads in English; others see the texts above.")
            self.fields["valid_until"].help_text = _("Until then it pops up for whoever has not read it.")

    def clean(self) -> dict[str, Any]:
        """Shape only: the end after the beginning, and English texts whole, as the service asks, said at the field."""
        typed: dict[str, Any] = super().clean() or self.cleaned_data
        begin, end = typed.get("published_at") or timezone.now(), typed.get("valid_until")
        if end is not None and end <= begin:
            self.add_error("valid_until", _("The end must be after the publication."))
        if bool(typed.get("title_en")) != bool(typed.get("body_en")):
            self.add_error("body_en", _("Write both title and text in English, or neither."))
        return typed


@admin.register(Message)
class MessageAdmin(StaffAdmin):
    """System messages: written once, then read-only. Personal ones are nobody else's business."""

    form = MessageForm
    list_display = ["title", "shown_state", at("published_at", _("published")), at("valid_until", _("valid until"))]
    search_fields = ["title"]
    fields = ["title", "body", "title_en", "body_en", "published_at", "valid_until"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Message]:
        """Without personal ones."""
        return super().get_queryset(request).filter(kind=Message.Kind.SYSTEM)

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Staff with that right."""
        return request.user.has_perm("accounts.add_message")

    def save_model(self, request: HttpRequest, obj: Message, form: Any, change: bool) -> None:  # noqa: ARG002
        """By the service."""
        typed = form.cleaned_data
        row = publish_message(
            actor=staff_actor(request),
            title=typed["title"],
            body=typed["body"],
            title_en=typed["title_en"],
            body_en=typed["body_en"],
            published_at=typed["published_at"],
            valid_until=typed["valid_until"],
        )
        obj.pk, obj._state.adding = row.pk, False

    def state(self, row: Message) -> Text:
        """Waits, is shown, or is over."""
        now = timezone.now()
        if row.published_at > now:
            return pill(_("Waits for its time"), "wait")
        over = row.valid_until is not None and row.valid_until <= now
        return pill(_("Over")) if over else pill(_("Published"), "ok")

    @admin.display(description=_("state"))
    def shown_state(self, row: Message) -> Text:
        """In the list."""
        return self.state(row)

    def panels(self, request: HttpRequest, row: Message) -> Sequence[Panel | History]:  # noqa: ARG002
        """How far it got, and who published it."""
        words = _now("Read by %(count)s people.") % {"count": row.reads.count()}
        return [Panel(_("Readers"), empty=words), history(of_subject(row))]


def _resend(actor: Actor, row: Delivery, _typed: Mapping[str, str]) -> Text:
    resend_delivery(actor=actor, delivery_id=row.pk)
    return _now("It goes out once more, with a new link that replaces the old one.")


class OutcomeFilter(admin.SimpleListFilter):
    """What became of it. What was closed before it left needs nobody."""

    title = _("outcome")
    parameter_name = "outcome"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """The states, those that failed in two sorts."""
        states = list(Delivery.State.choices)
        return [*states, ("closed", _("No longer needed"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Delivery]) -> QuerySet[Delivery]:  # noqa: ARG002
        """Of that sort."""
        if self.value() == "failed":
            return undelivered(queryset)
        if self.value() == "closed":
            return queryset.filter(state=Delivery.State.FAILED, problem__in=NEEDED_NO_MORE)
        return queryset.filter(state=self.value()) if self.value() else queryset


@admin.register(Delivery)
class DeliveryAdmin(StaffAdmin):
    """Letters and texts, with masked targets."""

    list_display = [
        "about",
        "shown_state",
        "channel",
        "target",
        "account",
        "attempts",
        at("created_at", _("created")),
        at("sent_at", _("sent")),
    ]
    list_filter = [OutcomeFilter, "channel"]
    list_select_related = ["event__account", "event__counterpart", "account"]
    search_fields = ["letter", "account__name", "=account__number", "=provider_id", "=user__username"]
    search_help_text = _("Letter, account, user name or the provider's id")
    fieldsets = [
        (None, {"fields": ["about", "letter", "channel", "target", "user", "account"]}),
        (_("Course"), {"fields": ["attempts", "created_at", "sent_at", "provider_id"]}),
    ]
    readonly_fields = ["about"]
    buttons = [
        Button(
            "resend",
            _("Send again"),
            _resend,
            "accounts.change_delivery",
            icon="send",
            offered=lambda row: row.state != Delivery.State.QUEUED,
        )
    ]

    def title(self, row: Delivery) -> str:
        """By which way, to whom."""
        return f"{Delivery.Channel(row.channel).label} → {row.target}"

    def state(self, row: Delivery) -> Text:
        """Waiting, sent or failed."""
        return pill(Delivery.State(row.state).label, DELIVERY_TONES[Delivery.State(row.state)])

    def notices(self, request: HttpRequest, row: Delivery) -> Sequence[Notice]:  # noqa: ARG002
        """Why it has not left."""
        if not row.problem:
            return []
        tone = "stop" if row.state == Delivery.State.FAILED else "warn"
        return [Notice(describe_problem(row.problem), tone, _("Why it has not left"))]

    @admin.display(description=_("what it is about"))
    def about(self, row: Delivery) -> str:
        """The event in words."""
        return sentence(row.event, None) if row.event else row.letter

    @admin.display(description=_("state"), ordering="state")
    def shown_state(self, row: Delivery) -> Text:
        """In the list."""
        return self.state(row)

    def panels(self, request: HttpRequest, row: Delivery) -> Sequence[Panel | History]:  # noqa: ARG002
        """Who had it sent again."""
        return [history(of_subject(row))]


class GroupFilter(admin.SimpleListFilter):
    """By topic; the kinds themselves are too many."""

    title = _("topic")
    parameter_name = "topic"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """As in the log of the console."""
        return [(group.key, group.label) for group in GROUPS]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:  # noqa: ARG002
        """Kinds that begin so."""
        wanted = Q()
        for group in GROUPS:
            if group.key == self.value():
                for prefix in group.prefixes:
                    wanted |= Q(kind__startswith=prefix)
        return queryset.filter(wanted)


class DoorFilter(admin.SimpleListFilter):
    """Through which door; asked of the list of doors, not of a table with millions of rows."""

    title = _("door")
    parameter_name = "door"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:  # noqa: ARG002
        """All doors."""
        return list(Door.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet[Event]) -> QuerySet[Event]:  # noqa: ARG002
        """Through that one."""
        return queryset.filter(door=self.value()) if self.value() in Door.values else queryset


@admin.register(Event)
class EventAdmin(StaffAdmin):
    """Everything that happened, never changed. The reference of an error page finds its request."""

    list_display = ["shown_at", "what", "actor_name", "shown_door", "account", "counterpart", "address"]
    list_display_links = ["what"]
    list_filter = [GroupFilter, DoorFilter]
    list_select_related = ["account", "counterpart"]
    search_fields = ["=kind", "=request_id", "account__name", "=account__number", "=actor__username", "=actor__mobile"]
    search_help_text = _("Account, person (user name or whole number), kind, or the reference of a request")
    fields = [
        "shown_at",
        "what",
        "kind",
        "account_link",
        "counterpart_link",
        "actor_link",
        "shown_door",
        "address",
        "request_id",
        "subject_type",
        "subject_id",
        "facts",
    ]
    readonly_fields = ["shown_at", "what", "account_link", "counterpart_link", "actor_link", "shown_door"]

    def title(self, row: Event) -> str:
        """What happened."""
        return self.what(row)

    @admin.display(description=_("time"), ordering="id")
    def shown_at(self, row: Event) -> SafeString | str:
        """Short."""
        return when(row.at)

    @admin.display(description=_("what happened"))
    def what(self, row: Event) -> str:
        """In words."""
        return sentence(row, None)

    @admin.display(description=_("door"))
    def shown_door(self, row: Event) -> str:
        """In words."""
        return str(dict(Door.choices).get(row.door, row.door))

    @admin.display(description=_("account"))
    def account_link(self, row: Event) -> SafeString | str:
        """Its page."""
        return link(row.account)

    @admin.display(description=_("other account"))
    def counterpart_link(self, row: Event) -> SafeString | str:
        """Its page."""
        return link(row.counterpart)

    @admin.display(description=_("person"))
    def actor_link(self, row: Event) -> SafeString | str:
        """The login behind the name."""
        return link(row.actor, row.actor_name) if row.actor else row.actor_name
