"""Real-name verification of accounts, as an enterprise or as a person."""

from datetime import datetime

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models.account import Account
from accounts.models.user import User
from config.states import StateField, StateModel, states_check, transition


class CertificationState(models.TextChoices):
    """Waiting for support staff, or answered."""

    SUBMITTED = "submitted", _("Under review")
    APPROVED = "approved", _("Approved")
    REJECTED = "rejected", _("Rejected")


class Certification(StateModel):
    """One application for verification. An account has at most one waiting at a time."""

    class Kind(models.TextChoices):
        """As whom."""

        ENTERPRISE = "enterprise", _("Enterprise")
        INDIVIDUAL = "individual", _("Individual")

    State = CertificationState

    account = models.ForeignKey(Account, models.PROTECT, related_name="certifications", verbose_name=_("account"))
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    state = StateField(_("state"), choices=State, default=State.SUBMITTED)
    enterprise_name = models.CharField(_("registered name"), max_length=120, blank=True)
    credit_code = models.CharField(_("credit code"), max_length=18, blank=True)
    legal_representative = models.CharField(_("legal representative"), max_length=60, blank=True)
    registered_address = models.CharField(_("registered address"), max_length=200, blank=True)
    holder_name = models.CharField(_("person"), max_length=60, blank=True)
    holder_id_masked = models.CharField(_("identity number"), max_length=20, blank=True)
    submitted_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("submitted by"))
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    reviewed_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+", verbose_name=_("reviewed by"))
    reviewed_at = models.DateTimeField(_("reviewed"), null=True)
    reason = models.CharField(_("reason"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("certification")
        verbose_name_plural = _("certifications")
        ordering = ["-submitted_at", "-id"]
        constraints = [
            states_check("state", CertificationState, name="certification_state_known"),
            models.UniqueConstraint(
                name="certification_one_waiting", fields=["account"], condition=models.Q(state="submitted")
            ),
        ]

    def __str__(self) -> str:
        return self.enterprise_name or self.holder_name

    @transition(field=state, source=State.SUBMITTED, target=State.APPROVED)
    def approve(self, *, by: User, at: datetime) -> None:
        """The data is true."""
        self.reviewed_by, self.reviewed_at = by, at

    @transition(field=state, source=State.SUBMITTED, target=State.REJECTED)
    def reject(self, *, by: User, at: datetime, reason: str) -> None:
        """The data is not accepted; the reason is shown to the applicant."""
        self.reviewed_by, self.reviewed_at, self.reason = by, at, reason
