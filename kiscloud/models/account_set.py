"""Account sets (账套) and the people who were added to them."""

import secrets
from typing import ClassVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User
from config.states import StateField, StateModel, states_check, transition
from kiscloud.models.subscription import Subscription


def new_number() -> str:
    """A set's number (S13.3): drawn, so that nobody guesses another's."""
    return f"A{secrets.randbelow(10**9):09d}"


class AccountSetState(models.TextChoices):
    """From being made to gone."""

    CREATING = "creating", _("Being created")
    READY = "ready", _("Ready to use")
    RESTORING = "restoring", _("Being restored")
    FAILED = "failed", _("Failed")
    DELETED = "deleted", _("Deleted")


class AccountSetQuerySet(models.QuerySet["AccountSet"]):
    """What may be asked of sets."""

    def standing(self) -> "AccountSetQuerySet":
        """Those that were not deleted: they count against the quota (S8.2)."""
        return self.exclude(state=AccountSetState.DELETED)

    def seen_by(self, user: User) -> "AccountSetQuerySet":
        """Those to which an administrator added the person, who was not disabled since (S19.5)."""
        return self.standing().filter(users__user=user, users__state=SetUserState.ENABLED)


class AccountSet(StateModel):
    """The books of a small company. The number is generated and never changes (S13.3)."""

    State = AccountSetState

    subscription = models.ForeignKey(Subscription, models.PROTECT, related_name="sets", verbose_name=_("product"))
    number = models.CharField(_("number"), max_length=16, unique=True, editable=False, default=new_number)
    name = models.CharField(_("name"), max_length=80)
    version = models.CharField(_("version"), max_length=12)
    state = StateField(_("state"), choices=State, default=State.CREATING)
    size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    parameters = models.JSONField(_("created with"), default=dict)  # see kiscloud.set_parameters
    restored_from = models.ForeignKey(
        "kiscloud.Backup", models.PROTECT, null=True, related_name="restores", verbose_name=_("restored from")
    )
    fault = models.CharField(_("why it failed"), max_length=300, blank=True)
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("by"))
    created_at = models.DateTimeField(_("created"), default=timezone.now)
    deleted_at = models.DateTimeField(_("deleted"), null=True)

    objects: ClassVar[AccountSetQuerySet] = AccountSetQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("account set")
        verbose_name_plural = _("account sets")
        ordering = ["-id"]
        constraints = [states_check("state", AccountSetState, name="account_set_state_known")]

    def __str__(self) -> str:
        return self.name

    @transition(field=state, source=State.CREATING, target=State.RESTORING)
    def restore(self) -> None:
        """It comes out of a backup."""

    @transition(field=state, source=[State.CREATING, State.RESTORING], target=State.READY)
    def open(self) -> None:
        """It can be used."""

    @transition(field=state, source=[State.CREATING, State.RESTORING], target=State.FAILED)
    def fail(self, *, fault: str = "") -> None:
        """It did not come about."""
        self.fault = fault[:300]

    @transition(field=state, source=State.FAILED, target=State.CREATING)
    def begin_again(self) -> None:
        """What went wrong is over; it is tried once more."""
        self.fault = ""

    @transition(field=state, source=[State.READY, State.FAILED], target=State.DELETED)
    def delete_for_good(self) -> None:
        """Its data is gone."""
        self.deleted_at = timezone.now()


class SetUserState(models.TextChoices):
    """Whether the person may enter."""

    ENABLED = "enabled", _("Enabled")
    DISABLED = "disabled", pgettext_lazy("a set user", "Disabled")


class SetUser(StateModel):
    """A person in a set. More may be added than were bought: who may enter is decided by the seats (S14.10)."""

    State = SetUserState

    account_set = models.ForeignKey(AccountSet, models.PROTECT, related_name="users", verbose_name=_("account set"))
    user = models.ForeignKey(User, models.PROTECT, related_name="set_users", verbose_name=_("person"))
    name = models.CharField(_("name in the set"), max_length=60)
    state = StateField(_("state"), choices=State, default=State.ENABLED)
    is_admin = models.BooleanField(_("set administrator"), default=False)
    added_at = models.DateTimeField(_("added"), default=timezone.now)
    chosen_at = models.DateTimeField(_("last chosen in the workbench"), null=True)  # the latest is the set at hand

    class Meta:
        verbose_name = _("set user")
        verbose_name_plural = _("set users")
        ordering = ["name", "id"]
        constraints = [
            states_check("state", SetUserState, name="set_user_state_known"),
            models.UniqueConstraint(name="set_user_once", fields=["account_set", "user"]),
        ]

    def __str__(self) -> str:
        return self.name

    @transition(field=state, source=State.ENABLED, target=State.DISABLED)
    def disable(self) -> None:
        """The person no longer sees the set (S14.16)."""

    @transition(field=state, source=State.DISABLED, target=State.ENABLED)
    def enable(self) -> None:
        """The person sees the set again."""
