"""A manager account linked with a member account."""

from datetime import datetime
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.folder import Folder
from accounts.models.user import User
from accounts.permissions import ConsoleRole, Point
from config.states import StateField, StateModel, states_check, transition


class RelationshipQuerySet(models.QuerySet["Relationship"]):
    """What may be asked of relationships."""

    def visible_to(self, account: Account) -> "RelationshipQuerySet":
        """Those in which the account is one of the two sides."""
        return self.filter(models.Q(manager=account) | models.Q(member=account))

    def in_force(self) -> "RelationshipQuerySet":
        """Established, a waiting change included: the old rights stay in force (K9.4)."""
        return self.filter(state__in=Relationship.IN_FORCE)

    def live(self) -> "RelationshipQuerySet":
        """In force or waiting for an answer."""
        return self.filter(state__in=Relationship.LIVE)


class RelationshipState(models.TextChoices):
    """As the database keeps it; pages show the three of K9 with their sub-states (`accounts.standing`)."""

    PENDING = "pending", _("Confirming")
    ESTABLISHED = "established", _("Established")
    CHANGE_PENDING = "change_pending", _("Change confirming")
    REJECTED = "rejected", _("Refused")
    DISSOLVED = "dissolved", _("Dissolved")


class Relationship(StateModel):
    """Manager → member. Rights come only from here, and only while it is in force.

    States: pending → established ⇄ change_pending; pending → rejected; established | change_pending → dissolved.
    """

    class Kind(models.TextChoices):
        """A: within a group; B: between enterprises (K6.1). Never changes (K7.1)."""

        GROUP = "group", _("Enterprise group")
        PARTNER = "partner", _("Partner")

    State = RelationshipState

    class Origin(models.TextChoices):
        """How it came about."""

        INVITED = "invited", _("Invited")
        REGISTERED = "registered", _("Registered by the manager")
        MIGRATED = "migrated", _("From the former account group")

    class End(models.TextChoices):
        """Why it is not, or no longer, established."""

        NONE = "", ""
        REFUSED = "refused", _("Refused by the member")
        EXPIRED = "expired", _("Not answered in time")
        WITHDRAWN = "withdrawn", _("Withdrawn by the manager")
        DISSOLVED = "dissolved", _("Dissolved by the manager")

    IN_FORCE = (State.ESTABLISHED, State.CHANGE_PENDING)
    LIVE = (State.PENDING, *IN_FORCE)

    manager = models.ForeignKey(Account, models.PROTECT, related_name="manages", verbose_name=_("manager"))
    member = models.ForeignKey(Account, models.PROTECT, related_name="managed_by", verbose_name=_("member"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = StateField(_("state"), choices=State, default=State.PENDING)
    origin = models.CharField(_("origin"), max_length=10, choices=Origin, default=Origin.INVITED)
    points = ArrayField(models.CharField(max_length=32, choices=Point), default=list, verbose_name=_("permissions"))
    inherits = ArrayField(models.CharField(max_length=16), default=list, verbose_name=_("inherits"))
    console_role = models.CharField(_("console access"), max_length=16, choices=ConsoleRole, default=ConsoleRole.NONE)
    remark = models.CharField(_("remark"), max_length=200, blank=True)
    folder = models.ForeignKey(
        Folder, models.SET_NULL, null=True, blank=True, related_name="placements", verbose_name=_("folder")
    )
    created_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("created by"))
    created_at = models.DateTimeField(_("created"), db_default=Now(), editable=False)
    established_at = models.DateTimeField(_("established"), null=True)
    ended_at = models.DateTimeField(_("ended"), null=True)
    end = models.CharField(_("end"), max_length=10, choices=End, default=End.NONE, blank=True)

    objects: ClassVar[RelationshipQuerySet] = RelationshipQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("relationship")
        verbose_name_plural = _("relationships")
        constraints = [
            states_check("state", RelationshipState, name="relationship_state_known"),
            models.CheckConstraint(name="relationship_two_sides", condition=~models.Q(manager=models.F("member"))),
            models.UniqueConstraint(
                name="relationship_one_live_per_pair",
                fields=["manager", "member"],
                condition=models.Q(state__in=["pending", "established", "change_pending"]),
            ),
            models.UniqueConstraint(
                name="relationship_one_group_per_member",  # K3.4
                fields=["member"],
                condition=models.Q(kind="group", state__in=["established", "change_pending"]),
            ),
            models.CheckConstraint(
                name="relationship_console_in_group_only",  # K4.4
                condition=models.Q(kind="group") | models.Q(console_role="none"),
            ),
        ]
        indexes = [models.Index(fields=["manager", "-id"]), models.Index(fields=["member", "-id"])]

    def __str__(self) -> str:
        return f"{self.manager_id}→{self.member_id}"

    @property
    def is_in_force(self) -> bool:
        """Rights apply now."""
        return self.state in self.IN_FORCE

    def grants(self, point: str) -> bool:
        """Whether the manager may use this point in the member now."""
        return self.is_in_force and point in self.points

    def take_terms(self, terms: Any) -> None:
        """Puts agreed terms (`points`, `inherits`, `console_role`) in force on this row."""
        self.points, self.inherits = list(terms.points), list(terms.inherits)
        self.console_role = terms.console_role

    @transition(field=state, source=State.PENDING, target=State.ESTABLISHED)
    def establish(self, *, terms: Any, at: datetime) -> None:
        """Accepted, or registered by the manager: rights apply from this moment (K4.7)."""
        self.take_terms(terms)
        self.established_at = at

    @transition(field=state, source=State.PENDING, target=State.REJECTED)
    def reject(self, *, end: str, at: datetime) -> None:
        """Refused, expired or withdrawn; kept with its reason (K4.11)."""
        self.end, self.ended_at = end, at

    @transition(field=state, source=State.ESTABLISHED, target=State.CHANGE_PENDING)
    def open_change(self) -> None:
        """A change waits for the member; the old rights stay (K9.4)."""

    @transition(field=state, source=State.CHANGE_PENDING, target=State.ESTABLISHED)
    def accept_change(self, *, terms: Any) -> None:
        """The new rights apply."""
        self.take_terms(terms)

    @transition(field=state, source=State.CHANGE_PENDING, target=State.ESTABLISHED)
    def drop_change(self) -> None:
        """Refused, expired or withdrawn: the old rights stay."""

    @transition(field=state, source=[State.ESTABLISHED, State.CHANGE_PENDING], target=State.DISSOLVED)
    def dissolve(self, *, at: datetime) -> None:
        """Ended by the manager at once (K8.10); a waiting change becomes void (Q-20)."""
        self.end, self.ended_at = self.End.DISSOLVED, at


class WithheldPoint(models.Model):
    """A point that staff no longer offer in a kind of relationship (Q-3); without rows everything is offered."""

    kind = models.CharField(_("kind"), max_length=10, choices=Relationship.Kind)
    point = models.CharField(_("permission"), max_length=32, choices=Point)

    class Meta:
        verbose_name = _("withheld permission")
        verbose_name_plural = _("withheld permissions")
        ordering = ["kind", "id"]
        constraints = [models.UniqueConstraint(name="withheld_point_once", fields=["kind", "point"])]

    def __str__(self) -> str:
        return f"{self.kind}/{self.point}"
