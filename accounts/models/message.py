"""The message centre of the whole product (S22)."""

from datetime import datetime
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models.event import Event
from accounts.models.user import User
from config.languages import for_reader


class MessageQuerySet(models.QuerySet["Message"]):
    """What may be asked of messages."""

    def for_user(self, user: User, *, at: datetime | None = None) -> "MessageQuerySet":
        """Published system messages and the person's own, each with `is_read`."""
        read = MessageRead.objects.filter(message=models.OuterRef("pk"), user=user)
        mine = models.Q(kind=Message.Kind.SYSTEM) | models.Q(user=user)
        return self.filter(mine, published_at__lte=at or timezone.now()).annotate(is_read=models.Exists(read))

    def unread(self) -> "MessageQuerySet":
        """Not opened yet; after `for_user`."""
        return self.filter(is_read=False)  # type: ignore[misc]  # annotated there

    def valid(self, *, at: datetime | None = None) -> "MessageQuerySet":
        """Not past the end of their validity."""
        return self.filter(models.Q(valid_until__isnull=True) | models.Q(valid_until__gt=at or timezone.now()))


class Message(models.Model):
    """Something to read. Nobody can delete one (S22.6): a trigger refuses it.

    One to everybody is in the language of the site and may be in English, too; a personal one is in the person's own.
    """

    class Kind(models.TextChoices):
        """For everybody, or for one person (S22.1)."""

        SYSTEM = "system", pgettext_lazy("kind of message", "System")
        PERSONAL = "personal", pgettext_lazy("kind of message", "Personal")

    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    user = models.ForeignKey(
        User, models.PROTECT, null=True, blank=True, related_name="messages", verbose_name=_("person")
    )
    title = models.CharField(_("title"), max_length=120)
    body = models.TextField(_("text"), max_length=10_000)
    title_en = models.CharField(_("title in English"), max_length=120, blank=True)
    body_en = models.TextField(_("text in English"), max_length=10_000, blank=True)
    link = models.CharField(_("leads to"), max_length=200, blank=True)
    published_at = models.DateTimeField(_("published"), default=timezone.now)
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    event = models.ForeignKey(Event, models.PROTECT, null=True, related_name="+", verbose_name=_("event"))

    objects: ClassVar[MessageQuerySet] = MessageQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ["-published_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="message_personal_has_person",
                condition=models.Q(kind="system", user__isnull=True) | models.Q(kind="personal", user__isnull=False),
            ),
            models.UniqueConstraint(name="message_once_per_event", fields=["event", "user"]),
        ]
        indexes = [models.Index(fields=["user", "-published_at"])]

    def __str__(self) -> str:
        return self.title

    @property
    def shown_title(self) -> str:
        """In the reader's language."""
        return for_reader(self.title, self.title_en)

    @property
    def shown_body(self) -> str:
        """In the reader's language."""
        return for_reader(self.body, self.body_en)


class MessageRead(models.Model):
    """A person opened a message."""

    message = models.ForeignKey(Message, models.PROTECT, related_name="reads")
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(name="message_read_once", fields=["message", "user"])]

    def __str__(self) -> str:
        return f"{self.message_id}/{self.user_id}"
