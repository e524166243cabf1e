"""The first page of the admin: what waits for somebody, and everything by topic.

Higher apps add theirs: `add_waiting(...)` a count with its list, `add_topic(...)` their models.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.models import Certification, Delivery
from config.models import Job

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to do: how many there are and where."""

    label: Text
    icon: str
    permission: str
    list_url: str
    query: str
    count: Callable[[], int]
    tone: str = "info"


@dataclass(frozen=True, slots=True)
class Shown:
    """The same, ready to print."""

    label: Text
    icon: str
    url: str
    count: int
    tone: str


@dataclass(slots=True)
class Topic:
    """Models that belong together for the people who work with them, as `app.model`."""

    key: str
    label: Text
    models: list[str]


NEEDED_NO_MORE = ("closed", "gone")  # what it would have said had been settled before it could leave


def undelivered(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    """Those that did not leave although somebody waits for them."""
    return deliveries.filter(state=Delivery.State.FAILED).exclude(problem__in=NEEDED_NO_MORE)


_waiting: list[Waiting] = [
    Waiting(
        _("Certifications to review"),
        "file-check",
        "accounts.view_certification",
        "admin:accounts_certification_changelist",
        "state__exact=submitted",
        lambda: Certification.objects.filter(state=Certification.State.SUBMITTED).count(),
    ),
    Waiting(
        _("Letters and texts that did not leave"),
        "mail-x",
        "accounts.view_delivery",
        "admin:accounts_delivery_changelist",
        "outcome=failed",
        lambda: undelivered(Delivery.objects.all()).count(),
        "warn",
    ),
    Waiting(
        _("Jobs that need a person"),
        "wrench",
        "config.view_job",
        "admin:config_job_changelist",
        "state=parked",
        lambda: Job.objects.filter(state=Job.State.PARKED).count(),
        "stop",
    ),
]
_topics: list[Topic] = [
    Topic(
        "companies",
        _("Companies and accounts"),
        ["accounts.certification", "accounts.enterprise", "accounts.account", "accounts.apikey"],
    ),
    Topic(
        "links",
        _("Links"),
        ["accounts.relationship", "accounts.invitation", "accounts.folder", "accounts.withheldpoint"],
    ),
    Topic("news", _("Messages and letters"), ["accounts.message", "accounts.delivery"]),
    Topic("people", _("People"), ["accounts.user", "accounts.session", "auth.group"]),
    Topic("records", _("Records and system"), ["accounts.event", "config.job", "config.workerbeat"]),
]


def add_waiting(entry: Waiting) -> None:
    """From now on the first page counts this, for staff with the permission."""
    if entry not in _waiting:
        _waiting.append(entry)


def add_topic(topic: Topic, *, before: str = "news") -> None:
    """From now on these models stand under this heading, before another topic."""
    if all(known.key != topic.key for known in _topics):
        place = next((index for index, known in enumerate(_topics) if known.key == before), len(_topics))
        _topics.insert(place, topic)


def waiting_for(request: HttpRequest) -> list[Shown]:
    """What this member of staff may see of it, noughts included: an empty queue is good news."""
    return [
        Shown(each.label, each.icon, f"{reverse(each.list_url)}?{each.query}", count, each.tone if count else "ok")
        for each in _waiting
        if request.user.has_perm(each.permission)
        for count in [each.count()]
    ]


def grouped(apps: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """The models of all apps by topic, in the order in which they are worked with; what has no topic stays behind."""
    apps = list(apps)
    found = {f"{app['app_label']}.{model['object_name'].lower()}": model for app in apps for model in app["models"]}
    listed = []
    for topic in _topics:
        models = [found.pop(name) for name in topic.models if name in found]
        if models:
            listed.append(_as_app(topic.key, topic.label, models))
    left = {id(model) for model in found.values()}
    rest = [{**app, "models": [model for model in app["models"] if id(model) in left]} for app in apps]
    return [*listed, *(app for app in rest if app["models"])]


def _as_app(key: str, label: Text, models: list[dict[str, Any]]) -> dict[str, Any]:
    """As the admin's templates expect it; a topic has no page of its own."""
    return {
        "name": label,
        "app_label": key,
        "app_url": reverse("admin:index"),
        "has_module_perms": True,
        "models": models,
    }
