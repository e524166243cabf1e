"""The rows of the ground itself: jobs, the workers' heartbeats, rate limits, remembered answers."""

from django.contrib.postgres.fields import ArrayField
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from config.states import states_check


class JobState(models.TextChoices):
    """`sending` is an outside effect under way: it may or may not have happened."""

    READY = "ready", _("Waiting")
    SENDING = "sending", _("Being sent")
    DONE = "done", _("Done")
    PARKED = "parked", _("Parked")


class Job(models.Model):
    """Work that outlives its request: written with the change that asks for it, done once. See `config.jobs`.

    Only `config.jobs` moves a job, always under its row lock, so its state is a plain column.
    """

    State = JobState
    OPEN = (State.READY, State.SENDING)
    ATTEMPTS_MAX = 5

    kind = models.CharField(_("kind"), max_length=100)
    key = models.CharField(_("key"), max_length=200, null=True, blank=True)  # noqa: DJ001  (no key: not unique)
    payload = models.JSONField(_("payload"), default=dict, encoder=DjangoJSONEncoder)
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.READY)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    run_after = models.DateTimeField(_("not before"), default=timezone.now)
    nudged_at = models.DateTimeField(_("nudged"), null=True)
    attempted_at = models.DateTimeField(_("last attempt"), null=True)
    last_error = models.CharField(_("last error"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    done_at = models.DateTimeField(_("done"), null=True)

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["-id"]
        default_permissions = ("view",)
        permissions = [("retry_job", _("Can have a parked job tried again"))]
        constraints = [
            states_check("state", JobState, name="job_state_known"),
            models.CheckConstraint(
                name="job_done_has_time", condition=Q(done_at__isnull=False) | ~Q(state=JobState.DONE)
            ),
            models.UniqueConstraint(name="job_once_per_key", fields=["kind", "key"]),
        ]
        indexes = [
            models.Index(name="job_due", fields=["run_after"], condition=Q(state__in=["ready", "sending"])),
            models.Index(name="job_done", fields=["done_at"], condition=Q(state="done")),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"

    @property
    def is_last_attempt(self) -> bool:
        """While an attempt runs: should this one fail too, the job is parked."""
        return self.attempts >= self.ATTEMPTS_MAX

    @property
    def reference(self) -> str:
        """Names this job to the outside, the same at every attempt: the idempotency key for providers.

        The time in it keeps two installations that share a provider apart.
        """
        return f"job-{self.pk}-{self.created_at.astimezone(timezone.get_default_timezone()):%Y%m%d%H%M%S%f}"


class WorkerBeat(models.Model):
    """One supervised cluster, and when its workers last did something. The row goes when the worker stops cleanly."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    started_at = models.DateTimeField(_("started"), default=timezone.now)
    seen_at = models.DateTimeField(_("last seen"), null=True)
    restarts = models.PositiveIntegerField(_("restarts"), default=0)

    class Meta:
        verbose_name = _("worker")
        verbose_name_plural = _("workers")
        ordering = ["name"]
        default_permissions = ("view",)

    def __str__(self) -> str:
        return self.name


class RateLimit(models.Model):
    """The latest hits of one key, oldest first, never more of them than the limit allows. See `config.limits`."""

    name = models.CharField(_("name"), max_length=60)
    key = models.CharField(_("key"), max_length=64)  # a keyed hash: no address or number is kept
    hits = ArrayField(models.DateTimeField(), verbose_name=_("hits"))
    expires_at = models.DateTimeField(_("expires"), db_index=True)

    class Meta:
        verbose_name = _("rate limit")
        verbose_name_plural = _("rate limits")
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="rate_limit_once", fields=["name", "key"])]

    def __str__(self) -> str:
        return f"{self.name} {self.key[:8]}"


class IdempotentAnswer(models.Model):
    """What a request with this key was answered, written with what it did. See `config.idempotency`."""

    scope = models.CharField(_("scope"), max_length=100)
    key = models.CharField(_("key"), max_length=255)
    digest = models.CharField(_("digest"), max_length=64)
    status = models.PositiveSmallIntegerField(_("status"))
    body = models.JSONField(_("body"), encoder=DjangoJSONEncoder, null=True)
    created_at = models.DateTimeField(_("created"), default=timezone.now, db_index=True)

    class Meta:
        verbose_name = _("remembered answer")
        verbose_name_plural = _("remembered answers")
        default_permissions = ()
        constraints = [models.UniqueConstraint(name="answer_once_per_key", fields=["scope", "key"])]

    def __str__(self) -> str:
        return f"{self.scope} {self.key}"
