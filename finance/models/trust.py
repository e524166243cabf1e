"""Who pays for a member, and whose discount counts, from when to when."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Account, Relationship, User
from accounts.permissions import Inherit
from config.states import StateField, StateModel, states_check, transition


class TrustState(models.TextChoices):
    """Asked, agreed (from then on dates decide whether it is in force), or ended."""

    PROPOSED = "proposed", _("Waiting for the member")
    AGREED = "agreed", _("Agreed")
    REFUSED = "refused", _("Refused by the member")
    EXPIRED = "expired", _("Not answered in time")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    ENDED = "ended", _("Ended")


class TrustQuerySet(models.QuerySet["Trust"]):
    """What may be asked of trusteeships."""

    def visible_to(self, account: Account) -> "TrustQuerySet":
        """Those in which the account is one of the two sides."""
        return self.filter(Q(manager=account) | Q(member=account))

    def in_force(self, *, at: datetime | None = None) -> "TrustQuerySet":
        """Those by which the manager pays at that moment; for usage that is the start of its cycle (A2.15)."""
        moment = at or timezone.now()
        over = Q(ends_at__isnull=False, ends_at__lte=moment)
        return self.filter(state__in=Trust.COUNTS, starts_at__lte=moment).exclude(over)

    def coming_or_in_force(self, *, at: datetime | None = None) -> "TrustQuerySet":
        """The same, and those that are agreed for later."""
        moment = at or timezone.now()
        return self.filter(state=TrustState.AGREED).exclude(ends_at__isnull=False, ends_at__lte=moment)


class Trust(StateModel):
    """A trusteeship (财务托管): the manager pays, with its discounts, for cycles that begin in [starts_at, ends_at).

    By credit only (A2.17), unless the two agree on `from_cash`. `cap` limits a month's charges in yuan (`TrustMonth`).
    `shares_vouchers` lets the manager's general vouchers pay (Q-5). Only between accounts of one enterprise within a
    group (A2.18, Q-24).
    """

    State = TrustState
    COUNTS = (State.AGREED, State.ENDED)  # an ended one still decides over the cycles that began while it ran

    relationship = models.ForeignKey(
        Relationship, models.PROTECT, related_name="trusts", verbose_name=_("relationship")
    )
    manager = models.ForeignKey(Account, models.PROTECT, related_name="pays_for", verbose_name=_("manager"))
    member = models.ForeignKey(Account, models.PROTECT, related_name="trusted_to", verbose_name=_("member"))
    state = StateField(_("state"), choices=State, default=State.PROPOSED)
    starts_at = models.DateTimeField(_("from"), null=True)  # until it is agreed: the chosen day, or none for at once
    ends_at = models.DateTimeField(_("until"), null=True)
    begun_at = models.DateTimeField(_("taken effect"), null=True)  # when what begins with it was done
    from_cash = models.BooleanField(_("also from cash"), default=False)
    shares_vouchers = models.BooleanField(_("general vouchers of the manager may pay"), default=False)
    cap = models.DecimalField(_("limit a month"), max_digits=18, decimal_places=2, null=True)
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    proposed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("proposed by"))
    expires_at = models.DateTimeField(_("to be answered by"))
    answered_at = models.DateTimeField(_("answered"), null=True)
    answered_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("answered by"))

    objects: ClassVar[TrustQuerySet] = TrustQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        verbose_name = _("trusteeship")
        verbose_name_plural = _("trusteeships")
        ordering = ["-id"]
        constraints = [
            states_check("state", TrustState, name="trust_state_known"),
            models.CheckConstraint(name="trust_two_sides", condition=~Q(manager=F("member"))),
            models.UniqueConstraint(
                name="trust_one_open_per_member", fields=["member"], condition=Q(state__in=["proposed", "agreed"])
            ),
            models.CheckConstraint(
                name="trust_agreed_has_a_start",
                condition=~Q(state__in=["agreed", "ended"]) | Q(starts_at__isnull=False),
            ),
            models.CheckConstraint(
                name="trust_ended_has_an_end", condition=~Q(state="ended") | Q(ends_at__gte=F("starts_at"))
            ),
            models.CheckConstraint(name="trust_cap_positive", condition=Q(cap__isnull=True) | Q(cap__gt=0)),
        ]
        indexes = [models.Index(fields=["manager", "-id"]), models.Index(fields=["member", "-id"])]

    def __str__(self) -> str:
        return f"{self.manager_id}⇒{self.member_id}"

    def is_in_force(self, *, at: datetime) -> bool:
        """The manager pays at that moment."""
        began = self.state in self.COUNTS and self.starts_at is not None and self.starts_at <= at
        return began and (self.ends_at is None or at < self.ends_at)

    def is_coming(self, *, at: datetime) -> bool:
        """Agreed for later: no effect yet, so it can be withdrawn."""
        return self.state == self.State.AGREED and self.starts_at is not None and at < self.starts_at

    def is_open(self, *, at: datetime) -> bool:
        """Still waiting for its answer, in time."""
        return self.state == self.State.PROPOSED and at < self.expires_at

    @transition(field=state, source=State.PROPOSED, target=State.AGREED)
    def agree(self, *, at: datetime, by: User | None, starts_at: datetime) -> None:
        """Cycles that begin from then on count on the manager."""
        self.answered_at, self.answered_by, self.starts_at = at, by, starts_at

    @transition(field=state, source=State.PROPOSED, target=State.REFUSED)
    def refuse(self, *, at: datetime, by: User | None) -> None:
        """Everything stays as it is."""
        self.answered_at, self.answered_by = at, by

    @transition(field=state, source=State.PROPOSED, target=State.EXPIRED)
    def expire(self, *, at: datetime) -> None:
        """Nobody answered in time."""
        self.answered_at = at

    @transition(field=state, source=[State.PROPOSED, State.AGREED], target=State.WITHDRAWN)
    def withdraw(self, *, at: datetime) -> None:
        """Taken back before it had any effect."""
        self.ends_at = at

    @transition(field=state, source=State.AGREED, target=State.ENDED)
    def end(self, *, at: datetime) -> None:
        """Cycles that begin from then on count on the member again."""
        self.ends_at = at


class TrustMonth(models.Model):
    """What a month has cost the manager under a trusteeship with a limit: usage of the month, orders paid in it, less
    what came back.

    Whoever adds to it holds the row, and the database lets nothing pass the limit.
    """

    trust = models.ForeignKey(Trust, models.PROTECT, related_name="months", verbose_name=_("trusteeship"))
    month = models.DateField(_("month"))  # its first day
    cap = models.DecimalField(_("limit"), max_digits=18, decimal_places=2)
    spent = models.DecimalField(_("used of it"), max_digits=18, decimal_places=2, default=0)
    reached_at = models.DateTimeField(_("reached"), null=True)  # when the member first paid what was above

    class Meta:
        verbose_name = _("month of a trusteeship with a limit")
        verbose_name_plural = _("months of trusteeships with a limit")
        ordering = ["-month", "-id"]
        constraints = [
            models.UniqueConstraint(name="trust_month_once", fields=["trust", "month"]),
            models.CheckConstraint(name="trust_month_within_cap", condition=Q(spent__lte=F("cap"))),
        ]

    def __str__(self) -> str:
        return f"{self.trust_id}/{self.month:%Y-%m}"

    @property
    def room(self) -> Decimal:
        """What the manager still pays in this month, in yuan."""
        return self.cap - self.spent


class Reseller(models.Model):
    """An account that sells on what it buys (分销账号): it pays for nobody (A2.19). Set and cleared by staff."""

    account = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("account"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    marked_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("marked by"))
    marked_at = models.DateTimeField(_("marked"), default=timezone.now)
    cleared_at = models.DateTimeField(_("no longer since"), null=True, editable=False)

    class Meta:
        verbose_name = _("reseller")
        verbose_name_plural = _("resellers")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(name="reseller_once", fields=["account"], condition=Q(cleared_at__isnull=True))
        ]

    def __str__(self) -> str:
        return str(self.account_id)


class Inheritance(models.Model):
    """What a member has taken over from its manager, in [starts_at, ends_at) (K1.3, K8.11).

    Its inheritable discounts, where a cycle begins within that time, or its credit identity.
    """

    relationship = models.ForeignKey(
        Relationship, models.PROTECT, related_name="inheritances", verbose_name=_("relationship")
    )
    manager = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("manager"))
    member = models.ForeignKey(Account, models.PROTECT, related_name="+", verbose_name=_("member"))
    what = models.CharField(
        _("what"), max_length=8, choices=Inherit, default=Inherit.DISCOUNT, db_default=Inherit.DISCOUNT
    )
    starts_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"), null=True)

    class Meta:
        verbose_name = _("inheritance")
        verbose_name_plural = _("inheritances")
        ordering = ["-id"]
        constraints = [
            # Only within a group is anything inherited, and an account is in one group.
            models.UniqueConstraint(
                name="inheritance_one_open_of_each", fields=["member", "what"], condition=Q(ends_at__isnull=True)
            ),
            models.CheckConstraint(
                name="inheritance_has_a_time", condition=Q(ends_at__isnull=True) | Q(ends_at__gte=F("starts_at"))
            ),
        ]

    def __str__(self) -> str:
        return f"{self.manager_id}→{self.member_id}"
